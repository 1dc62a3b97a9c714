package dev.retriever.loadtest.load;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks one origin of each shard, again and again, until every one has answered. */
public final class Probes {
  /** As many as {@code pekko.cluster.sharding.number-of-shards}. */
  private static final int SHARDS = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Executor SOON =
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

  private final Api api;
  private final Supplier<Optional<URI>> node;

  /**
   * @param api with little patience: what was sent to a node that died is never answered
   * @param node one of those that are up, each in turn
   */
  public Probes(Api api, Supplier<Optional<URI>> node) {
    this.api = api;
    this.node = node;
  }

  /** An origin for each shard; which one an origin is in follows from its id, as Pekko has it. */
  public static List<String> origins() {
    var byShard = new LinkedHashMap<Integer, String>();
    for (var i = 0; byShard.size() < SHARDS; i++) {
      var id = "probe-" + i;
      byShard.putIfAbsent(shard(id), id);
    }
    return List.copyOf(byShard.values());
  }

  public static int shard(String originId) {
    return Math.abs(originId.hashCode() % SHARDS);
  }

  /** False when some did not answer in time. */
  public boolean answered() throws InterruptedException {
    var limit = System.nanoTime() + PATIENCE.toNanos();
    var left = new CountDownLatch(SHARDS);
    origins().forEach(origin -> ask(origin, left, limit));
    return left.await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** One call at a time for each, so that a node that has just started is not buried in them. */
  private void ask(String origin, CountDownLatch left, long limit) {
    node.get()
        .map(at -> api.read(at, origin, "none", Optional.empty()).handle((v, why) -> isAnswer(why)))
        .orElseGet(() -> CompletableFuture.completedFuture(false))
        .thenAcceptAsync(
            answered -> {
              if (answered) {
                left.countDown();
              } else if (System.nanoTime() < limit) {
                ask(origin, left, limit);
              }
            },
            SOON);
  }

  /** There is no such fetch: so says its origin, and nobody else. */
  private static boolean isAnswer(Throwable failure) {
    return Api.Unexpected.in(failure).filter(answer -> answer.status() == 404).isPresent();
  }
}
