package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many exchanges at once. Measures, so it is not part of the build; it prints its figures:
 *
 * <pre>{@code
 * mvn -o test -pl fetch-executor -am -Dtest=InFlightBench -Dsurefire.failIfNoSpecifiedTests=false
 * }</pre>
 */
class InFlightBench {
  private static final int MANY = 9_000;
  private static final int TARGETS = 100;

  /** What one way of making requests does with a URL. */
  private interface Client extends Function<String, CompletableFuture<Boolean>> {}

  private static Client transport(Transport transport) {
    return url -> {
      var done = new CompletableFuture<Boolean>();
      transport.start(
          TransportFixture.KEY,
          FetchRequest.get(url),
          System.nanoTime(),
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
  void as_many_at_once_as_descriptors_allow() throws Exception {
    try (var target = SlowTarget.start(1);
        var fixture = new TransportFixture()) {
      var url = "http://127.0.0.1:" + target.ports.get(0) + "/1000";
      System.out.printf("%d requests to /1000 at once; ideal 1.00 s%n", MANY);
      var own = transport(fixture.transport);
      wave("transport, cold", own, url);
      wave("transport, warm", own, url);
      wave("transport, warm", own, url);
      var plain = plain();
      wave("plain client, cold", plain, url);
      wave("plain client, warm", plain, url);
      wave("plain client, warm", plain, url);
    }
  }

  private static void wave(String name, Client client, String url) throws Exception {
    System.gc();
    var pools = ManagementFactory.getMemoryPoolMXBeans();
    pools.forEach(MemoryPoolMXBean::resetPeakUsage);
    var threads = ManagementFactory.getThreadMXBean();
    threads.resetPeakThreadCount();
    var before = heap(pools);
    var cpu = cpu();
    var from = System.nanoTime();
    var all = IntStream.range(0, MANY).mapToObj(i -> client.apply(url)).toList();
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    var seconds = (System.nanoTime() - from) / 1e9;
    var failed = all.stream().filter(done -> !done.join()).count();
    System.out.printf(
        "%-20s %5.2f s, failed %d, threads %d, heap +%d MiB at its peak, cpu %.2f s%n",
        name,
        seconds,
        failed,
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

  @Test
  void one_black_hole_among_a_hundred_targets() throws Exception {
    try (var target = SlowTarget.start(TARGETS);
        var fixture = new TransportFixture()) {
      var client = transport(fixture.transport);
      var without = new ArrayList<Long>();
      var with = new ArrayList<Long>();
      rounds(client, target.ports, 0);
      for (var i = 0; i < 5; i++) {
        without.add(rounds(client, target.ports, 0));
        with.add(rounds(client, target.ports, 2_000));
      }
      System.out.printf(
          "p99 of 99 targets in microseconds, five times: without a black hole %s, with 2,000"
              + " requests in one %s; medians %d and %d%n",
          without, with, median(without), median(with));
    }
  }

  /** The p99 of requests to all targets but the first, which swallows some meanwhile. */
  private static long rounds(Client client, List<Integer> ports, int swallowed) throws Exception {
    var hole = "http://127.0.0.1:" + ports.get(0) + "/never";
    for (var i = 0; i < swallowed; i++) {
      client.apply(hole);
    }
    Thread.sleep(Duration.ofSeconds(1).toMillis());
    var micros = new long[100 * (ports.size() - 1)];
    var n = 0;
    for (var round = 0; round < 100; round++) {
      for (var port : ports.subList(1, ports.size())) {
        var from = System.nanoTime();
        var index = n++;
        var done = client.apply("http://127.0.0.1:" + port + "/0");
        assertThat(
                done.thenApply(
                        ok -> {
                          micros[index] = (System.nanoTime() - from) / 1_000;
                          return ok;
                        })
                    .get(10, TimeUnit.SECONDS))
            .isTrue();
      }
    }
    Arrays.sort(micros);
    return micros[micros.length * 99 / 100];
  }

  private static long median(List<Long> of) {
    return of.stream().sorted().toList().get(of.size() / 2);
  }
}
