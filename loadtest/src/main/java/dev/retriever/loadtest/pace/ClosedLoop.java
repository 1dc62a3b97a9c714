package dev.retriever.loadtest.pace;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/**
 * A closed loop: makes a number of calls with at most so many open at once. Gives up after a
 * hundred failures, or when no call ends for two minutes.
 */
public final class ClosedLoop {
  private static final int FAILURES_MAX = 100;
  private static final int STALL_SECONDS = 120;

  /**
   * The counts of a loop.
   *
   * @param ended the calls that have ended, failed ones included
   * @param firstFailure the message of the first failed call
   */
  public record LoopResult(
      Duration elapsed, int ended, int failed, Optional<String> firstFailure) {}

  private final int concurrency;
  private final Semaphore open;
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicReference<String> firstFailure = new AtomicReference<>();

  private ClosedLoop(int concurrency) {
    this.concurrency = concurrency;
    open = new Semaphore(concurrency);
  }

  /** Makes the calls 0 to {@code count - 1} and returns when the last has ended. */
  public static LoopResult run(
      int count, int concurrency, IntFunction<CompletableFuture<?>> call, Progress progress)
      throws InterruptedException {
    return new ClosedLoop(concurrency).run(count, call, progress);
  }

  private LoopResult run(int count, IntFunction<CompletableFuture<?>> call, Progress progress)
      throws InterruptedException {
    var from = System.nanoTime();
    for (var i = 0; i < count && failed.get() < FAILURES_MAX && permits(1); i++) {
      call.apply(i).whenComplete((value, failure) -> ended(failure, progress));
    }
    permits(concurrency);
    return new LoopResult(
        Duration.ofNanos(System.nanoTime() - from),
        done.get(),
        failed.get(),
        Optional.ofNullable(firstFailure.get()));
  }

  private boolean permits(int count) throws InterruptedException {
    if (open.tryAcquire(count, STALL_SECONDS, TimeUnit.SECONDS)) {
      return true;
    }
    failed.incrementAndGet();
    firstFailure.compareAndSet(null, "no call ended within " + STALL_SECONDS + " s");
    return false;
  }

  private void ended(Throwable failure, Progress progress) {
    if (failure != null) {
      failed.incrementAndGet();
      firstFailure.compareAndSet(null, String.valueOf(failure.getMessage()));
    }
    progress.to(done.incrementAndGet());
    open.release();
  }
}
