package dev.retriever.loadtest.load;

import dev.retriever.client.BatchResult;
import dev.retriever.client.NewFetch;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.problem.NoAnswerException;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.RetrieverException;
import dev.retriever.loadtest.process.NodeProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The Java client for several nodes, as callers behind a load balancer have it: a call that one
 * node does not answer, or refuses for now, goes to the next one in rotation. So calls must mean
 * the same when they are sent again. Thread-safe; calls block.
 */
public final class NodeClients {
  /** Longer than a node lets a caller wait. */
  private static final Duration TIMEOUT = Duration.ofSeconds(12);

  /** Longer than a cluster takes to go on without a node. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final int AGAIN_MS = 200;

  private final Supplier<List<NodeProcess>> rotation;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final Map<URI, RetrieverClient> clients = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final AtomicInteger repeated = new AtomicInteger();

  /**
   * @param rotation the nodes that take calls now
   */
  public NodeClients(Supplier<List<NodeProcess>> rotation) {
    this.rotation = rotation;
  }

  /** Those of one node. */
  public static NodeClients of(NodeProcess node) {
    return new NodeClients(() -> List.of(node));
  }

  /**
   * Makes a call, again and again while nodes are away.
   *
   * @throws RetrieverException if a node refuses it for good, or none has answered for three
   *     minutes
   */
  public <T> T ask(Function<RetrieverClient, T> call) {
    var end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var nodes = rotation.get();
      if (!nodes.isEmpty()) {
        try {
          return call.apply(client(nodes));
        } catch (RetrieverException failure) {
          if (!isPassing(failure) || System.nanoTime() > end) {
            throw failure;
          }
        }
      } else if (System.nanoTime() > end) {
        throw new IllegalStateException("no node took calls for " + PATIENCE);
      }
      repeated.incrementAndGet();
      rest();
    }
  }

  /**
   * Submits fetches with their ids, each with its origin, until all of them are durable.
   *
   * @throws RetrieverException if one of them is still refused after three minutes
   */
  public void submitMany(List<Map.Entry<String, NewFetch>> fetches) {
    ask(
        client -> {
          var results = client.fetches().submitMany(fetches);
          var open = results.stream().filter(it -> !isDurable(it)).findAny();
          if (open.isPresent()) {
            throw notDurable(open.get());
          }
          return results;
        });
  }

  private static boolean isDurable(BatchResult result) {
    return Set.of("accepted", "existing").contains(result.result());
  }

  private static RetrieverException notDurable(BatchResult result) {
    var why = result.problem().orElse(result.result());
    return new NoAnswerException(
        result.id() + " of a batch is not durable",
        "Repeat the batch.",
        new IllegalStateException(why));
  }

  /** The calls that were made once more. */
  public int repeated() {
    return repeated.get();
  }

  private RetrieverClient client(List<NodeProcess> nodes) {
    var node = nodes.get(Math.floorMod(turn.getAndIncrement(), nodes.size()));
    return clients.computeIfAbsent(
        node.api(),
        api ->
            RetrieverClient.builder(api)
                .management(node.management())
                .http(http)
                .timeout(TIMEOUT)
                // The next try is another node's.
                .repeats(1, Duration.ZERO)
                .build());
  }

  private static boolean isPassing(RetrieverException failure) {
    return !(failure instanceof ProblemException problem)
        || List.of(429, 502, 503, 504).contains(problem.status());
  }

  private static void rest() {
    try {
      Thread.sleep(AGAIN_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted between two calls", e);
    }
  }
}
