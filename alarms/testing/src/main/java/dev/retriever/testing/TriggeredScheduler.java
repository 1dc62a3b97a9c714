package dev.retriever.testing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import org.apache.pekko.testkit.ExplicitlyTriggeredScheduler;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/**
 * Pekko's scheduler that a test moves, with synchronized methods. Setting a timer for now runs due
 * timers on the calling thread. Without a lock, that thread and the test ran one timer twice.
 */
public final class TriggeredScheduler extends ExplicitlyTriggeredScheduler {
  /** Actor systems call this by reflection. */
  public TriggeredScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {
    super(config, log, threads);
  }

  static Config config() {
    return ConfigFactory.parseString(
        "pekko.scheduler.implementation = \"" + TriggeredScheduler.class.getName() + "\"");
  }

  synchronized void moveTo(long millis) {
    executeTasks(millis);
  }

  @Override
  public synchronized Cancellable schedule(
      FiniteDuration initial, FiniteDuration interval, Runnable task, ExecutionContext executor) {
    return super.schedule(initial, interval, task, executor);
  }

  @Override
  public synchronized Cancellable scheduleOnce(
      FiniteDuration delay, Runnable task, ExecutionContext executor) {
    return super.scheduleOnce(delay, task, executor);
  }
}
