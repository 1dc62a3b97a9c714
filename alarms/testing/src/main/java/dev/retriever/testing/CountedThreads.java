package dev.retriever.testing;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.pekko.dispatch.DispatcherPrerequisites;
import org.apache.pekko.dispatch.ExecutorServiceConfigurator;
import org.apache.pekko.dispatch.ExecutorServiceFactory;

/**
 * The threads of actor systems whose time a test moves. They count pending tasks. When the count is
 * zero, every message has been handled, and the timers that it asks for are set.
 */
public final class CountedThreads extends ExecutorServiceConfigurator {
  private static final int THREADS = 4;
  private static final boolean FIRST_IN_FIRST_OUT = true;

  /** A test that waits longer than this has a fault. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private static final long LOOK_EVERY = TimeUnit.MICROSECONDS.toNanos(50);

  /** One count for all actor systems, because they send each other messages. */
  private static final AtomicInteger TO_DO = new AtomicInteger();

  private static final String COUNTED =
      """
      counted { type = Dispatcher, executor = "%s" }
      pekko.actor {
        default-dispatcher = ${counted}
        internal-dispatcher = ${counted}
        default-blocking-io-dispatcher = ${counted}
      }
      pekko.persistence.dispatchers {
        default-plugin-dispatcher = ${counted}
        default-replay-dispatcher = ${counted}
        default-stream-dispatcher = ${counted}
      }
      """
          .formatted(CountedThreads.class.getName());

  /** Dispatchers call this by reflection. */
  public CountedThreads(Config config, DispatcherPrerequisites prerequisites) {
    super(config, prerequisites);
  }

  /** The configuration for actor systems. */
  static Config config() {
    return ConfigFactory.parseString(COUNTED).resolve();
  }

  /** Waits until no task is pending. */
  static void rest() {
    var end = System.nanoTime() + PATIENCE;
    while (TO_DO.get() != 0) {
      if (System.nanoTime() > end) {
        throw new AssertionError("actors do not come to rest");
      }
      LockSupport.parkNanos(LOOK_EVERY);
    }
  }

  @Override
  public ExecutorServiceFactory createExecutorServiceFactory(String id, ThreadFactory threads) {
    return Counting::new;
  }

  private static final class Counting extends ForkJoinPool {
    private Counting() {
      super(THREADS, defaultForkJoinWorkerThreadFactory, null, FIRST_IN_FIRST_OUT);
    }

    @Override
    public void execute(Runnable action) {
      TO_DO.incrementAndGet();
      try {
        super.execute(() -> run(action));
      } catch (RejectedExecutionException e) {
        TO_DO.decrementAndGet();
        throw e;
      }
    }

    private static void run(Runnable action) {
      try {
        action.run();
      } finally {
        TO_DO.decrementAndGet();
      }
    }
  }
}
