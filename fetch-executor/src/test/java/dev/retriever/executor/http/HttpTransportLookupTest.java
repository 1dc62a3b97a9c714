package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report.Answered;
import dev.retriever.executor.Report.NotSent;
import dev.retriever.executor.Stage;
import dev.retriever.executor.egress.EgressPolicy;
import dev.retriever.executor.egress.OwnNodes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From a host name to the address that is called, or is not. */
class HttpTransportLookupTest {
  @Test
  void an_abort_while_the_name_is_looked_up_leaves_the_target_alone() throws Exception {
    var asked = new CountDownLatch(1);
    var answer = new CountDownLatch(1);
    TargetResolver.Lookup lookup =
        host -> {
          if (host.equals("slow.test")) {
            asked.countDown();
            await(answer);
          }
          return new InetAddress[] {InetAddress.getByName("127.0.0.1")};
        };
    try (var target = RawTarget.answering(RawTarget.OK);
        var slow =
            new TransportFixture(TransportFixture.LOOPBACK, lookup, "resolver-threads = 1")) {
      var call = slow.start(FetchRequest.get("http://slow.test:" + target.port() + "/slow"));
      assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
      call.exchange.abort("timeout");
      assertThat(call.report()).isEqualTo(new NotSent(Stage.RESOLVING, "timeout"));
      answer.countDown();
      // One resolver thread: when this one is answered, the slow one has been dealt with.
      assertThat(slow.get(target.url("/next"))).isInstanceOf(Answered.class);
      assertThat(target.connections()).isEqualTo(1);
      assertThat(target.requests()).noneMatch(request -> request.contains("slow"));
    }
  }

  @Test
  void ipv6_literals_are_looked_up_and_named_like_any_host() throws Exception {
    TargetResolver.Lookup lookup =
        host -> addresses(host.equals("[2001:4860::1]") ? "127.0.0.1" : "::1");
    try (var target = RawTarget.answering(RawTarget.OK);
        var v6 = new TransportFixture(TransportFixture.LOOPBACK, lookup)) {
      assertThat(v6.get("http://[2001:4860::1]:" + target.port() + "/"))
          .isInstanceOf(Answered.class);
      assertThat(target.requests().get(0)).contains("Host: [2001:4860::1]:" + target.port());
      assertThat(v6.get("http://[::1]:" + target.port() + "/"))
          .isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
    }
  }

  @Test
  void an_unresolvable_host_is_not_sent() throws Exception {
    TargetResolver.Lookup lookup =
        host -> {
          throw new UnknownHostException(host);
        };
    try (var nowhere = new TransportFixture(TransportFixture.LOOPBACK, lookup)) {
      assertThat(nowhere.get("http://nowhere.test/"))
          .isEqualTo(new NotSent(Stage.RESOLVING, "unresolvable-host"));
    }
  }

  @Test
  void a_lookup_that_crashes_or_finds_nothing_is_not_sent() throws Exception {
    TargetResolver.Lookup lookup =
        host -> {
          if (host.equals("crash.test")) {
            throw new IllegalStateException("expected in this test");
          }
          return new InetAddress[0];
        };
    try (var odd = new TransportFixture(TransportFixture.LOOPBACK, lookup)) {
      assertThat(odd.get("http://crash.test/")).isEqualTo(new NotSent(Stage.RESOLVING, "io-error"));
      assertThat(odd.get("http://empty.test/"))
          .isEqualTo(new NotSent(Stage.RESOLVING, "unresolvable-host"));
    }
  }

  @Test
  void more_lookups_than_may_wait_are_refused() throws Exception {
    var answer = new CountDownLatch(1);
    TargetResolver.Lookup lookup =
        host -> {
          await(answer);
          throw new UnknownHostException(host);
        };
    try (var busy =
        new TransportFixture(
            TransportFixture.LOOPBACK, lookup, "resolver-threads = 1", "resolver-queue = 1")) {
      var running = busy.start(FetchRequest.get("http://a.test/"));
      var waiting = busy.start(FetchRequest.get("http://b.test/"));
      assertThat(busy.get("http://c.test/")).isEqualTo(new NotSent(Stage.QUEUED, "resolver-busy"));
      answer.countDown();
      assertThat(running.report()).isInstanceOf(NotSent.class);
      assertThat(waiting.report()).isInstanceOf(NotSent.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.1,93.184.216.34", "93.184.216.34,127.0.0.1"})
  void one_denied_address_among_the_answers_denies_the_host(String answers) throws Exception {
    TargetResolver.Lookup lookup = host -> addresses(answers.split(","));
    try (var target = RawTarget.answering(RawTarget.OK);
        var strict = new TransportFixture(EgressPolicy.of(List.of()), lookup)) {
      assertThat(strict.get("http://public.test:" + target.port() + "/"))
          .isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
      assertThat(strict.get(target.url("/")))
          .isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
      assertThat(target.connections()).isZero();
    }
  }

  @Test
  void a_name_is_looked_up_once_per_connection_and_the_judged_address_is_called() throws Exception {
    var lookups = new AtomicInteger();
    TargetResolver.Lookup rebinding =
        host -> addresses(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254");
    try (var target =
            RawTarget.answering(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        var rebound = new TransportFixture(TransportFixture.LOOPBACK, rebinding)) {
      var url = "http://rebind.test:" + target.port() + "/";
      assertThat(rebound.get(url)).isInstanceOf(Answered.class);
      assertThat(target.requests().get(0)).contains("Host: rebind.test:" + target.port());
      assertThat(lookups).hasValue(1);
      assertThat(rebound.get(url)).isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
    }
  }

  @Test
  void a_name_that_is_rebound_to_a_denied_address_sends_nothing_there() throws Exception {
    var lookups = new AtomicInteger();
    TargetResolver.Lookup rebinding =
        host -> addresses(lookups.getAndIncrement() == 0 ? "127.0.0.2" : "127.0.0.1");
    var policy = EgressPolicy.of(List.of("127.0.0.2"));
    try (var forbidden = RawTarget.answering(RawTarget.OK);
        var fixture = new TransportFixture(policy, rebinding)) {
      var url = "http://rebind.test:" + forbidden.port() + "/";
      assertThat(fixture.get(url)).isEqualTo(new NotSent(Stage.CONNECTING, "connection-refused"));
      assertThat(fixture.get(url)).isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
      assertThat(forbidden.connections()).isZero();
    }
  }

  @Test
  void a_name_of_the_deny_list_is_not_even_looked_up() throws Exception {
    TargetResolver.Lookup lookup =
        host -> {
          throw new IllegalStateException("looked up " + host);
        };
    var policy =
        EgressPolicy.of(List.of("127.0.0.0/8"), List.of("*.internal.test"), List.of("1-65535"));
    try (var fixture = new TransportFixture(policy, lookup)) {
      assertThat(fixture.get("http://a.internal.test/"))
          .isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
    }
  }

  @Test
  void a_port_that_is_not_allowed_is_not_called() throws Exception {
    var policy = EgressPolicy.of(List.of("127.0.0.0/8"), List.of(), List.of("443"));
    try (var target = RawTarget.answering(RawTarget.OK);
        var fixture = new TransportFixture(policy, InetAddress::getAllByName)) {
      assertThat(fixture.get(target.url("/")))
          .isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
      assertThat(target.connections()).isZero();
    }
  }

  @Test
  void a_kept_connection_is_not_used_once_a_node_is_known_to_listen_there() throws Exception {
    var nodes = new AtomicReference<>(OwnNodes.NONE);
    try (var target = RawTarget.answering(RawTarget.OK);
        var fixture =
            new TransportFixture(
                TransportFixture.LOOPBACK.without(nodes::get),
                InetAddress::getAllByName,
                "pooled-rest = 0")) {
      assertThat(fixture.get(target.url("/first"))).isInstanceOf(Answered.class);
      nodes.set(new OwnNodes(Set.of(), Set.of(target.port()), Set.of()));
      assertThat(fixture.get(target.url("/second")))
          .isEqualTo(new NotSent(Stage.EGRESS_DENIED, "egress-denied"));
      assertThat(target.requests()).hasSize(1);
    }
  }

  @Test
  void another_address_is_tried_when_one_refuses() throws Exception {
    TargetResolver.Lookup lookup = host -> addresses("127.0.0.2", "127.0.0.1");
    try (var target = RawTarget.answering(RawTarget.OK);
        var fixture = new TransportFixture(TransportFixture.LOOPBACK, lookup)) {
      assertThat(fixture.get("http://two.test:" + target.port() + "/"))
          .isInstanceOf(Answered.class);
      assertThat(target.requests()).hasSize(1);
    }
  }

  private static InetAddress[] addresses(String... literals) throws UnknownHostException {
    var addresses = new InetAddress[literals.length];
    for (var i = 0; i < literals.length; i++) {
      addresses[i] = InetAddress.getByName(literals[i]);
    }
    return addresses;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
