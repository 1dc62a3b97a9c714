package dev.retriever.cluster.fleet;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many callbacks are dead, in all tenants. The database is asked when somebody looks, once in
 * ten seconds at most. Thread-safe.
 */
final class DeadCallbacks {
  private static final Duration EVERY = Duration.ofSeconds(10);

  private final Supplier<CompletionStage<Long>> count;
  private final LongSupplier nanos;
  private CompletableFuture<Optional<Long>> latest = CompletableFuture.completedFuture(null);
  private boolean isBegun;
  private long begun;

  /**
   * @param count asks the database
   * @param nanos a clock that never goes back, in nanoseconds
   */
  DeadCallbacks(Supplier<CompletionStage<Long>> count, LongSupplier nanos) {
    this.count = count;
    this.nanos = nanos;
  }

  /** As they were ten seconds ago at most; empty if the database does not tell. Never fails. */
  synchronized CompletionStage<Optional<Long>> count() {
    var now = nanos.getAsLong();
    if (!isBegun || latest.isDone() && now - begun >= EVERY.toNanos()) {
      isBegun = true;
      begun = now;
      latest =
          count
              .get()
              .thenApply(Optional::of)
              .exceptionally(failure -> Optional.empty())
              .toCompletableFuture();
    }
    return latest.copy();
  }
}
