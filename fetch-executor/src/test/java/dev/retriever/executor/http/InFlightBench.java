package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Transport;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Many exchanges at once. Measures, so it is not part of the build; it prints its figures:
 *
 * <pre>{@code
 * mvn -o test -pl fetch-executor -am -Dtest=InFlightBench -Dsurefire.failIfNoSpecifiedTests=false
 * }</pre>
 */
class InFlightBench {
  private static final int MANY = 10_000;

  /** Their queues of connections that are not accepted yet have room for all of them together. */
  private static final int PORTS = 4;

  private static final int TARGETS = 100;
  private static final int SWALLOWED = 2_000;

  /** Many and short: what else the machine does meanwhile then falls on both. */
  private static final int PAIRS = 16;

  /** Of each window; they come at a steady rate, whatever becomes of those before. */
  private static final int REQUESTS = 800;

  private static final long GAP_NANOS = Duration.ofMillis(1000).toNanos() / 400;

  /** What the others answer after, in milliseconds. */
  private static final int ANSWERED_AFTER = 20;

  /** What one way of making requests does with a URL. */
  private interface Client extends Function<String, CompletableFuture<Boolean>> {}

  private static Client transport(Transport transport) {
    return url -> {
      var done = new CompletableFuture<Boolean>();
      transport.start(
          TransportFixture.KEY,
          FetchRequest.get(url),
          TransportFixture.ample(),
          report -> done.complete(report instanceof Report.Answered));
      return done;
    };
  }

  private static Client plain() {
    var client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    return url ->
        client
            .sendAsync(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofByteArray())
            .handle((response, failure) -> failure == null);
  }

  @Test
  void ten_thousand_at_once() throws Exception {
    System.out.printf("%,d requests to /1000 at once; ideal 1.00 s%n", MANY);
    // One after the other: what the first keeps open would be missing at the second.
    try (var target = SlowTarget.start(PORTS);
        var fixture = new TransportFixture()) {
      waves("transport", transport(fixture.transport), target);
    }
    try (var target = SlowTarget.start(PORTS)) {
      waves("plain client", plain(), target);
    }
  }

  private static void waves(String name, Client client, SlowTarget target) throws Exception {
    wave(name + ", cold", client, target);
    for (var i = 0; i < 3; i++) {
      wave(name + ", warm", client, target);
    }
  }

  private static void wave(String name, Client client, SlowTarget target) throws Exception {
    var urls = target.ports.stream().map(port -> "http://127.0.0.1:" + port + "/1000").toList();
    System.gc();
    var pools = ManagementFactory.getMemoryPoolMXBeans();
    pools.forEach(MemoryPoolMXBean::resetPeakUsage);
    var threads = ManagementFactory.getThreadMXBean();
    threads.resetPeakThreadCount();
    var before = heap(pools);
    var cpu = cpu();
    var from = System.nanoTime();
    var all = IntStream.range(0, MANY).mapToObj(i -> client.apply(urls.get(i % PORTS))).toList();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    var seconds = (System.nanoTime() - from) / 1e9;
    var failed = all.stream().filter(done -> !done.join()).count();
    System.out.printf(
        "%-20s %5.2f s, failed %d, most at the target %d, threads %d, heap +%d MiB at its peak,"
            + " cpu %.2f s%n",
        name,
        seconds,
        failed,
        target.most(),
        threads.getPeakThreadCount(),
        (heap(pools) - before) >> 20,
        (cpu() - cpu) / 1e9);
    assertThat(failed).isZero();
  }

  private static long heap(List<MemoryPoolMXBean> pools) {
    return pools.stream()
        .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** It takes requests, and answers none; there are many already. */
  @Test
  void one_target_that_never_answers_among_a_hundred() throws Exception {
    try (var target = SlowTarget.start(TARGETS)) {
      var hole = "http://127.0.0.1:" + target.ports.get(0) + "/never";
      compare(target, hole, SWALLOWED, Stage.SENT);
    }
  }

  /** It answers no SYN, until the client has had enough. */
  @Test
  void one_target_that_cannot_be_connected_among_a_hundred() throws Exception {
    try (var target = SlowTarget.start(TARGETS);
        var hole = new BlackHole()) {
      compare(target, hole.url(), 100, Stage.CONNECTING);
    }
  }

  /**
   * The hundredth is the hole, or is well; either way it gets as many requests as each other.
   *
   * @param before requests that the hole has when the others begin
   * @param stage at which they stay
   */
  private static void compare(SlowTarget target, String hole, int before, Stage stage)
      throws Exception {
    try (var fixture = new TransportFixture("connect-timeout = 1s")) {
      var client = transport(fixture.transport);
      var well = "http://127.0.0.1:" + target.ports.get(0) + "/" + ANSWERED_AFTER;
      var healthy = target.ports.subList(1, target.ports.size());
      window(client, healthy, () -> client.apply(well)); // warms up
      var without = new ArrayList<Long>();
      var with = new ArrayList<Long>();
      for (var i = 0; i < PAIRS; i++) {
        without.addAll(window(client, healthy, () -> client.apply(well)));
        try (var swallowed = new Swallowed(fixture.transport, hole)) {
          swallowed.begin(before, stage);
          with.addAll(window(client, healthy, swallowed::another));
          assertThat(swallowed.furthest()).isEqualTo(stage);
        }
      }
      System.out.printf(
          "%d targets that answer after %d ms, 400 requests a second, microseconds: p50 %d, p99 %d"
              + " without %s; p50 %d, p99 %d with it and %,d requests in it before: p99 %+.1f %%%n",
          healthy.size(),
          ANSWERED_AFTER,
          percentile(without, 50),
          percentile(without, 99),
          hole,
          percentile(with, 50),
          percentile(with, 99),
          before,
          100.0 * percentile(with, 99) / percentile(without, 99) - 100);
    }
  }

  /** What one target has been sent, and what becomes of it. */
  private static final class Swallowed implements AutoCloseable {
    private final Transport transport;
    private final FetchRequest request;
    private final Queue<Transport.Exchange> exchanges = new ConcurrentLinkedQueue<>();

    Swallowed(Transport transport, String url) {
      this.transport = transport;
      this.request = FetchRequest.get(url);
    }

    /** So many, until they stand there. */
    void begin(int many, Stage stage) throws InterruptedException {
      while (stages().filter(stage::equals).count() < many) {
        var missing = many - stages().count();
        for (var i = 0; i < missing; i++) {
          another();
        }
        Thread.sleep(10);
      }
    }

    void another() {
      exchanges.add(
          transport.start(TransportFixture.KEY, request, TransportFixture.ample(), report -> {}));
    }

    /** How far any came that is under way. */
    Stage furthest() {
      return stages().max(Comparator.naturalOrder()).orElseThrow();
    }

    /** Of those under way. */
    private Stream<Stage> stages() {
      return exchanges.stream()
          .map(exchange -> ((HttpExchange) exchange).stage())
          .filter(Objects::nonNull);
    }

    @Override
    public void close() {
      exchanges.forEach(exchange -> exchange.abort("released"));
    }
  }

  /** Microseconds that requests took which came at a steady rate; each hundredth is another's. */
  private static List<Long> window(Client client, List<Integer> ports, Runnable another)
      throws Exception {
    var micros = new ConcurrentLinkedQueue<Long>();
    var all = new ArrayList<CompletableFuture<?>>();
    var begin = System.nanoTime();
    for (var i = 0; i < REQUESTS; i++) {
      var due = begin + i * GAP_NANOS;
      for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      if (i % TARGETS == 0) {
        another.run();
      } else {
        var url = "http://127.0.0.1:" + ports.get(i % ports.size()) + "/" + ANSWERED_AFTER;
        all.add(
            client
                .apply(url)
                .thenAccept(
                    ok -> {
                      assertThat(ok).isTrue();
                      micros.add((System.nanoTime() - due) / 1_000);
                    }));
      }
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    return List.copyOf(micros);
  }

  /** Requests at a steady rate to one target, with each rest in turn: connections and times. */
  @Test
  void memory_of_an_idle_connection() throws Exception {
    for (var after : List.of(2, ANSWERED_AFTER)) {
      var rests = List.of("0", "20ms", "50ms", "200ms");
      var micros = new TreeMap<String, List<Long>>();
      var opened = new TreeMap<String, Integer>();
      for (var round = 0; round < 5; round++) {
        for (var rest : rests) {
          try (var target = RawTarget.answeringAfter(after, RawTarget.OK);
              var fixture = new TransportFixture("pooled-rest = " + rest)) {
            var client = transport(fixture.transport);
            steady(client, target.url("/"), REQUESTS / 4); // warms up
            var before = target.connections();
            var times = steady(client, target.url("/"), REQUESTS * 2);
            micros.computeIfAbsent(rest, none -> new ArrayList<>()).addAll(times);
            opened.merge(rest + " before", before, Integer::sum);
            opened.merge(rest, target.connections() - before, Integer::sum);
          }
        }
      }
      for (var rest : rests) {
        System.out.printf(
            "answered after %d ms, 400 requests a second to one target, rest %s: %d connections"
                + " opened in half a second, %d more in 4 s; microseconds: p50 %d, p99 %d%n",
            after,
            rest,
            opened.get(rest + " before") / 5,
            opened.get(rest) / 5,
            percentile(micros.get(rest), 50),
            percentile(micros.get(rest), 99));
      }
    }
  }

  private static List<Long> steady(Client client, String url, int many) throws Exception {
    var micros = new ConcurrentLinkedQueue<Long>();
    var all = new ArrayList<CompletableFuture<?>>();
    var begin = System.nanoTime();
    for (var i = 0; i < many; i++) {
      var due = begin + i * GAP_NANOS;
      for (var left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      all.add(
          client
              .apply(url)
              .thenAccept(
                  ok -> {
                    assertThat(ok).isTrue();
                    micros.add((System.nanoTime() - due) / 1_000);
                  }));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    return List.copyOf(micros);
  }

  private static long percentile(List<Long> of, int percent) {
    return of.stream().sorted().toList().get((of.size() - 1) * percent / 100);
  }
}
