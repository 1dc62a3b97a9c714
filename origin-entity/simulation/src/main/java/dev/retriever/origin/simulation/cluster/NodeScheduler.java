package dev.retriever.origin.simulation.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** The scheduler of a simulated node, in the world's time. */
public final class NodeScheduler extends AbstractScheduler {
  private static final double MAX_FREQUENCY = 1_000_000;

  private final SimulatedNode node = NodeTasks.current();

  /** As actor systems make one, by reflection. */
  public NodeScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {}

  @Override
  public Cancellable scheduleOnce(
      FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
    return node.after(Duration.ofNanos(delay.toNanos()), () -> executor.execute(runnable));
  }

  @Override
  @SuppressWarnings("deprecation") // what is not deprecated comes down to this
  public Cancellable schedule(
      FiniteDuration initialDelay,
      FiniteDuration interval,
      Runnable runnable,
      ExecutionContext executor) {
    var repeated = new Repeated(Duration.ofNanos(interval.toNanos()), runnable, executor);
    repeated.next(Duration.ofNanos(initialDelay.toNanos()));
    return repeated;
  }

  private final class Repeated implements Cancellable {
    private final Duration interval;
    private final Runnable runnable;
    private final ExecutionContext executor;
    private SimulatedTime.Timer timer;
    private boolean cancelled;

    private Repeated(Duration interval, Runnable runnable, ExecutionContext executor) {
      this.interval = interval;
      this.runnable = runnable;
      this.executor = executor;
    }

    private void next(Duration delay) {
      timer =
          node.after(
              delay,
              () -> {
                executor.execute(runnable);
                next(interval);
              });
    }

    @Override
    public boolean cancel() {
      var was = !cancelled;
      cancelled = true;
      timer.cancel();
      return was;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }

  @Override
  public double maxFrequency() {
    return MAX_FREQUENCY;
  }
}
