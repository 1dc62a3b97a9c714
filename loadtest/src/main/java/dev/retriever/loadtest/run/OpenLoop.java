package dev.retriever.loadtest.run;

import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Progress;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Makes each call when it is due, whether or not earlier ones have been answered, as independent
 * callers do. The time of a call counts from when it was due, so it includes the wait behind slow
 * answers.
 */
public final class OpenLoop {
  /** The most calls that may be open. A further call waits, and its wait is measured. */
  static final int OPEN_MAX = 10_000;

  private static final int STALL_SECONDS = 120;

  private OpenLoop() {}

  /** When calls are due, in nanoseconds after the beginning. */
  public interface Arrivals {
    long next();

    /** At random, as from many callers: distances have an exponential distribution. */
    static Arrivals random(double perSecond, long seed) {
      var random = new SplittableRandom(seed);
      var at = new double[1];
      return () -> {
        at[0] += -Math.log(1 - random.nextDouble()) * 1e9 / perSecond;
        return Math.round(at[0]);
      };
    }
  }

  /** Makes a call. */
  @FunctionalInterface
  public interface DueCall {
    /**
     * @param due when it was due, by {@link System#nanoTime}
     */
    CompletableFuture<?> make(int index, long due);
  }

  /**
   * Makes so many calls and returns when the last has ended.
   *
   * @param latency takes the times of successful calls from when each was due, in microseconds
   */
  public static ClosedLoop.LoopResult run(
      int count,
      Arrivals arrivals,
      Histogram latency,
      IntFunction<CompletableFuture<?>> call,
      Progress progress)
      throws InterruptedException {
    return run(count, arrivals, latency, (i, due) -> call.apply(i), progress);
  }

  /** The same for calls that are told when they were due. */
  public static ClosedLoop.LoopResult run(
      int count, Arrivals arrivals, Histogram latency, DueCall call, Progress progress)
      throws InterruptedException {
    var open = new Semaphore(OPEN_MAX);
    var done = new AtomicInteger();
    var failed = new AtomicInteger();
    var why = new AtomicReference<String>();
    var from = System.nanoTime();
    for (var i = 0; i < count; i++) {
      var due = from + arrivals.next();
      await(due);
      if (!open.tryAcquire(STALL_SECONDS, TimeUnit.SECONDS)) {
        break;
      }
      call.make(i, due)
          .whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  Phase.record(latency, due);
                } else {
                  failed.incrementAndGet();
                  why.compareAndSet(null, String.valueOf(failure.getMessage()));
                }
                progress.to(done.incrementAndGet());
                open.release();
              });
    }
    if (!open.tryAcquire(OPEN_MAX, STALL_SECONDS, TimeUnit.SECONDS)) {
      failed.addAndGet(count - done.get());
      why.compareAndSet(null, "no answer within " + STALL_SECONDS + " s");
    }
    return new ClosedLoop.LoopResult(
        Duration.ofNanos(System.nanoTime() - from),
        done.get(),
        failed.get(),
        Optional.ofNullable(why.get()));
  }

  private static void await(long due) throws InterruptedException {
    for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }
}
