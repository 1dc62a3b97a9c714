package dev.retriever.loadtest.pace;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Callers that make one call after the other until they are stopped. */
public final class SteadyCallers {
  private static final Executor A_MOMENT_LATER =
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

  private static final int STOP_SECONDS = 90;

  private final IntFunction<CompletableFuture<?>> call;
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final List<CompletableFuture<Void>> running = new ArrayList<>();
  private volatile boolean stopped;

  private SteadyCallers(IntFunction<CompletableFuture<?>> call) {
    this.call = call;
  }

  /**
   * @param call gets the number of the call, from 0; one that fails is counted, and the caller goes
   *     on with another after a moment
   */
  public static SteadyCallers start(int callers, IntFunction<CompletableFuture<?>> call) {
    var all = new SteadyCallers(call);
    for (var i = 0; i < callers; i++) {
      all.running.add(all.next());
    }
    return all;
  }

  private CompletableFuture<Void> next() {
    if (stopped) {
      return CompletableFuture.completedFuture(null);
    }
    return call.apply(begun.getAndIncrement())
        .handle((value, failure) -> failure == null)
        .thenCompose(
            went -> {
              if (went) {
                return CompletableFuture.<Void>completedFuture(null);
              }
              failed.incrementAndGet();
              return CompletableFuture.runAsync(() -> {}, A_MOMENT_LATER);
            })
        .thenComposeAsync(rested -> next());
  }

  public int failed() {
    return failed.get();
  }

  /** Returns when the calls that are open have ended, or after a while. */
  public void stop() {
    stopped = true;
    CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, STOP_SECONDS, TimeUnit.SECONDS)
        .join();
  }
}
