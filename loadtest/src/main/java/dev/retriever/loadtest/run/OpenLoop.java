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
 * Calls that come when they are due, whether or not earlier ones have been answered, as callers do
 * who know nothing of each other. The time of a call counts from when it was due, so that what
 * waits because of a slow answer is in it.
 */
public final class OpenLoop {
  /** Calls that may be open; one more waits, and its time counts. */
  static final int OPEN_MAX = 10_000;

  private static final int STALL_SECONDS = 120;

  private OpenLoop() {}

  /** Arrivals by nanoseconds after the beginning, for a rate. */
  public interface Arrivals {
    long next();

    /** One after the other at even distances. */
    static Arrivals even(double perSecond) {
      var count = new AtomicInteger();
      return () -> Math.round(count.getAndIncrement() * 1e9 / perSecond);
    }

    /** At random, as of many callers: distances are distributed exponentially. */
    static Arrivals random(double perSecond, long seed) {
      var random = new SplittableRandom(seed);
      var at = new double[1];
      return () -> {
        at[0] += -Math.log(1 - random.nextDouble()) * 1e9 / perSecond;
        return Math.round(at[0]);
      };
    }
  }

  /**
   * Makes so many calls and returns when the last has ended.
   *
   * @param latency from when each was due, in microseconds; of those that succeed
   */
  public static ClosedLoop.Driven run(
      int count,
      Arrivals arrivals,
      Histogram latency,
      IntFunction<CompletableFuture<?>> call,
      Progress progress)
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
      call.apply(i)
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
    return new ClosedLoop.Driven(
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
