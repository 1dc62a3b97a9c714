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

/** Calls one origin of each shard again and again, until every one has answered. */
public final class Probes {
  /** As many as {@code pekko.cluster.sharding.number-of-shards}. */
  private static final int SHARDS = 100;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** A node lets one call a second through to a silent shard. More calls would only load it. */
  private static final Executor SOON =
      CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS);

  private final Api api;
  private final Supplier<Optional<URI>> node;

  /**
   * @param api a client with a short time limit, since a dead node never answers
   * @param node gives a running node, each in turn
   */
  public Probes(Api api, Supplier<Optional<URI>> node) {
    this.api = api;
    this.node = node;
  }

  /** An origin id for each shard, by Pekko's rule for shards. */
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

  /** Makes one call at a time for each origin, to spare a node that has just started. */
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

  /** Whether the origin itself answered: only it can say that there is no such fetch. */
  private static boolean isAnswer(Throwable failure) {
    return Api.Unexpected.in(failure).filter(answer -> answer.status() == 404).isPresent();
  }
}
