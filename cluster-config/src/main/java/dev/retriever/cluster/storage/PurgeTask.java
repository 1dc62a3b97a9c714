package dev.retriever.cluster.storage;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the purge at intervals, on threads that may block, and counts. Thread-safe. */
public final class PurgeTask {
  private static final Logger LOG = LoggerFactory.getLogger(PurgeTask.class);

  private final Purge purge;
  private final Clock clock;
  private volatile Purge.Count total = Purge.Count.NONE;
  private volatile boolean stopped;

  /** Held during a run, so that a stopping node can wait for its last statement. */
  private final Object running = new Object();

  public PurgeTask(Purge purge, Clock clock) {
    this.purge = purge;
    this.clock = clock;
  }

  /**
   * Runs the purge from now on, until the system stops.
   *
   * @param random from [0, 1): nodes that started together do not purge together
   */
  public void start(ActorSystem<?> system, Duration interval, double random) {
    var threads = system.dispatchers().lookup(DispatcherSelector.blocking());
    var first = Duration.ofMillis((long) (interval.toMillis() * (0.5 + random / 2)));
    system.scheduler().scheduleWithFixedDelay(first, interval, this::run, threads);
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
            "stop-purge",
            () -> stop(system));
  }

  private CompletionStage<Done> stop(ActorSystem<?> system) {
    stopped = true;
    return CompletableFuture.supplyAsync(
        () -> {
          synchronized (running) {
            return Done.getInstance();
          }
        },
        system.dispatchers().lookup(DispatcherSelector.blocking()));
  }

  /** One run. Never throws: the next run tries again. */
  void run() {
    synchronized (running) {
      if (stopped) {
        return;
      }
      var before = total;
      try {
        purge.run(clock.instant(), () -> stopped, deleted -> total = total.plus(deleted));
      } catch (SQLException | RuntimeException e) {
        LOG.warn("The purge of {} failed; its rows stay until the next run", purge.storage(), e);
      }
      var count = total.minus(before);
      if (!count.equals(Purge.Count.NONE)) {
        LOG.info("Purged {} journal rows and {} snapshots", count.rows(), count.snapshots());
      }
    }
  }

  /** The rows and snapshots deleted since the start. */
  public Purge.Count total() {
    return total;
  }
}
