package dev.retriever.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.server.TargetServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LinkTest {
  private TargetServer target;
  private Api api;

  @BeforeEach
  void start() throws Exception {
    target = TargetServer.start(0, Optional.empty());
    api = new Api();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
    target.close();
  }

  private static URI through(Link link, String path) {
    return URI.create("http://127.0.0.1:" + link.port() + path);
  }

  @Test
  void bytes_arrive_whole_and_delayed_in_both_directions() throws Exception {
    try (var link = Link.to(target.port(), Latency.fixed(20))) {
      var from = System.nanoTime();

      var length = api.call(through(link, "/bytes/3000000")).join();

      assertThat(length).isEqualTo(3_000_000);
      assertThat(System.nanoTime() - from).isGreaterThan(40_000_000);
      assertThat(link.connections()).isEqualTo(1);
    }
  }

  @Test
  void bytes_sent_in_small_parts_through_jitter_arrive_in_order() throws Exception {
    var sent = new byte[20_000];
    new java.util.Random(1).nextBytes(sent);
    try (var there = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var link = Link.to(there.getLocalPort(), Latency.between(0, 50, 1));
        var here = new Socket(InetAddress.getLoopbackAddress(), link.port());
        var come = there.accept()) {
      here.setTcpNoDelay(true);
      for (var each : sent) {
        here.getOutputStream().write(each);
      }

      assertThat(come.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
    }
  }

  @Test
  void bytes_of_a_node_that_is_cut_off_arrive_when_the_network_has_healed() throws Exception {
    try (var network = new FleetNetwork()) {
      var wire = network.wire();
      try (var there = new ServerSocket(wire.bound(), 1, InetAddress.getLoopbackAddress());
          var here = new Socket(InetAddress.getLoopbackAddress(), wire.port());
          var come = there.accept()) {
        here.getOutputStream().write(1);
        assertThat(come.getInputStream().read()).isEqualTo(1);

        assertThat(network.cut(wire)).isTrue();
        here.getOutputStream().write(2);
        come.setSoTimeout(200);
        assertThatThrownBy(() -> come.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);

        network.heal();
        come.setSoTimeout(10_000);
        assertThat(come.getInputStream().read()).isEqualTo(2);
      }
    }
  }

  @Test
  void the_seed_decides_which_connections_fail_and_the_rate_how_many() {
    var struck = struck(7);

    assertThat(struck).isEqualTo(struck(7)).isNotEqualTo(struck(8));
    assertThat(struck.size()).isBetween(1_900, 2_100);
    assertThat(Faults.strikes(0, 7, "c")).isFalse();
  }

  private static List<Integer> struck(long seed) {
    return IntStream.range(0, 10_000)
        .filter(i -> Faults.strikes(0.2, seed, "c" + i))
        .boxed()
        .toList();
  }

  @Test
  void jitter_is_between_its_bounds_and_follows_from_the_seed() {
    var latency = Latency.between(50, 500, 3);

    var delays = LongStream.generate(latency.delays("a")::getAsLong).limit(1_000).toArray();

    assertThat(delays)
        .isEqualTo(LongStream.generate(latency.delays("a")::getAsLong).limit(1_000).toArray());
    assertThat(LongStream.of(delays).min().getAsLong()).isBetween(50_000_000L, 60_000_000L);
    assertThat(LongStream.of(delays).max().getAsLong()).isBetween(490_000_000L, 500_000_000L);
  }
}
