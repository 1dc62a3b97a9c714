package dev.retriever.cluster.storage;

import dev.retriever.cluster.formation.LastTasks;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the purge at intervals, on threads that may block, and counts. Thread-safe. */
public final class PurgeTask {
  private static final Logger LOG = LoggerFactory.getLogger(PurgeTask.class);

  private final Purge purge;
  private final Optional<Forgetting> forgetting;
  private final Clock clock;

  /** H2 may give the same ordering again after it was killed, so the mark is good for one start. */
  private boolean begun;

  private volatile Purge.Count total = Purge.Count.NONE;
  private volatile boolean stopped;

  /** Held during a run, so that a stopping node can wait for its last statement. */
  private final Object running = new Object();

  public PurgeTask(Purge purge, Clock clock) {
    this(purge, Optional.empty(), clock);
  }

  PurgeTask(Purge purge, Optional<Forgetting> forgetting, Clock clock) {
    this.purge = purge;
    this.forgetting = forgetting;
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
    LastTasks.await(system, "stop-purge", () -> stop(system));
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
  public void run() {
    synchronized (running) {
      if (stopped) {
        return;
      }
      var before = total;
      try {
        var now = clock.instant();
        purge.run(now, () -> stopped, this::deleted);
        if (forgetting.isPresent()) {
          var whole = !begun && !purge.storage().isPostgres();
          forgetting.get().run(now, whole, () -> stopped, this::deleted);
          begun = true;
        }
      } catch (SQLException | RuntimeException e) {
        LOG.warn("The purge of {} failed; its rows stay until the next run", purge.storage(), e);
      }
      var count = total.minus(before);
      if (!count.equals(Purge.Count.NONE)) {
        LOG.info(
            "Purged {} journal rows and {} snapshots, and forgot {} origins",
            count.rows(),
            count.snapshots(),
            count.origins());
      }
    }
  }

  private void deleted(Purge.Count count) {
    total = total.plus(count);
  }

  /** The rows and snapshots deleted since the start. */
  public Purge.Count total() {
    return total;
  }
}
