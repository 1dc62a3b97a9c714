package dev.retriever.loadtest.load;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.pace.Progress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Waits until accepted fetches settle, also when their node dies meanwhile, and records every read
 * in the ledger. It submits nothing.
 */
public final class Follower {
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final Executor A_MOMENT_LATER =
      CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);

  private final Api api;
  private final Supplier<URI> node;
  private final Ledger ledger;
  private volatile boolean stopped;

  /**
   * @param node where the node is now
   */
  public Follower(Api api, Supplier<URI> node, Ledger ledger) {
    this.api = api;
    this.node = node;
    this.ledger = ledger;
  }

  /** Completes when the fetch has settled; never after {@link #stop}. */
  public CompletableFuture<Void> follow(String originId, String fetchId) {
    if (stopped) {
      return new CompletableFuture<>();
    }
    return read(originId, fetchId, Optional.of(WAIT))
        .thenCompose(
            settled ->
                settled
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.supplyAsync(() -> null, A_MOMENT_LATER)
                        .thenCompose(later -> follow(originId, fetchId)));
  }

  /** Follows all of them, each for so long at most, with so many reads at a time; then stops. */
  public void followAll(List<FetchAnswer> fetches, int readers, Duration limit, Progress progress)
      throws InterruptedException {
    try {
      ClosedLoop.run(
          fetches.size(),
          readers,
          i ->
              follow(fetches.get(i).originId(), fetches.get(i).id())
                  .completeOnTimeout(null, limit.toSeconds(), TimeUnit.SECONDS),
          progress);
    } finally {
      stop();
    }
  }

  /** Reads once; true when the fetch has settled. An unreachable node counts as false. */
  public CompletableFuture<Boolean> read(String originId, String fetchId, Optional<Duration> wait) {
    return api.read(node.get(), originId, fetchId, wait)
        .handle(
            (view, failure) -> {
              if (failure == null) {
                ledger.read(view);
                return view.settled();
              }
              Api.Unexpected.in(failure)
                  .filter(answer -> answer.status() == 404)
                  .ifPresent(answer -> ledger.missing(fetchId));
              return false;
            });
  }

  public void stop() {
    stopped = true;
  }
}
