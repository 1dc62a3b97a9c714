package dev.retriever.executor.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.InvalidRequest.Kind;
import dev.retriever.executor.http.TransportFixture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What settings add to the policy: a deny list, ports, and the node's own addresses. */
class EgressRulesTest {
  private static final EgressPolicy STRICT =
      EgressPolicy.of(
          List.of("10.0.0.0/8"),
          List.of("10.9.0.0/16", "8.8.8.8", "2606:4700::/32", "Pay.example.com", "*.internal.test"),
          List.of("80", "443", " 1024-65535 "));

  private static InetAddress ip(String literal) throws Exception {
    return InetAddress.getByName(literal);
  }

  @ParameterizedTest
  @CsvSource({
    "10.8.255.255,true",
    "10.9.0.0,false",
    "10.9.255.255,false",
    "10.10.0.0,true",
    "8.8.8.8,false",
    "8.8.4.4,true",
    "2606:4700::1,false",
    "2606:4701::1,true",
    "127.0.0.1,false"
  })
  void an_address_of_the_deny_list_is_denied_also_when_it_is_allowed(String ip, boolean allowed)
      throws Exception {
    assertThat(STRICT.allows(ip(ip))).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "pay.example.com,false",
    "PAY.Example.com.,false",
    "a.pay.example.com,true",
    "xpay.example.com,true",
    "a.internal.test,false",
    "a.b.INTERNAL.test.,false",
    "internal.test,true",
    "notinternal.test,true"
  })
  void a_name_of_the_deny_list_is_that_name_and_a_domain_is_what_is_below(
      String host, boolean allowed) {
    assertThat(STRICT.allowsName(host)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "1,false",
    "25,false",
    "79,false",
    "80,true",
    "81,false",
    "443,true",
    "1023,false",
    "1024,true",
    "65535,true"
  })
  void ports_are_allowed_one_by_one_or_by_range(int port, boolean allowed) {
    assertThat(STRICT.allowsPort(port)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.test:25/",
        "https://a.test:444/",
        "http://pay.example.com/",
        "http://8.8.8.8/",
        "http://10.9.1.1/",
        "http://[2606:4700::1]/",
        "https://a.internal.test./"
      })
  void a_denied_url_is_refused_before_anything_is_persisted(String url) {
    assertThatThrownBy(() -> STRICT.check(FetchRequest.get(url)))
        .isInstanceOfSatisfying(
            InvalidRequest.class, e -> assertThat(e.kind()).isEqualTo(Kind.TARGET_NOT_ALLOWED));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.test/",
        "HTTPS://a.test/",
        "http://a.test:443/",
        "http://10.1.1.1:9000/"
      })
  void the_rest_is_not(String url) {
    assertThatCode(() -> STRICT.check(FetchRequest.get(url))).doesNotThrowAnyException();
  }

  @Test
  void one_denied_answer_denies_the_host() throws Exception {
    assertThat(STRICT.screen("a.test", 80, List.of(ip("8.8.4.4"), ip("8.8.8.8")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "*.",
        "10.0.0.1/8",
        "1.2.3",
        "256.1.1.1",
        "0x7f000001",
        "a b",
        "a..b",
        "http://a.test",
        "a.test:80",
        "-a.test",
        "::ffff:10.0.0.1"
      })
  void an_entry_that_is_neither_block_nor_name_is_refused(String entry) {
    assertThatThrownBy(() -> EgressPolicy.of(List.of(), List.of(entry), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("egress-deny: \"" + entry + "\" ");
  }

  @ParameterizedTest
  @CsvSource({"80,true", "2000,true", "2551,true", "2552,false", "6000,false", "6100,false"})
  void ports_can_be_left_out_wherever_it_is_said(int port, boolean allowed) {
    var ports = List.of("!2552", "80", "1024-65535", " !6000-6100 ", "6050");

    assertThat(EgressPolicy.of(List.of(), List.of(), ports).allowsPort(port)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "80,true",
    "443,true",
    "8080,true",
    "22,false",
    "25,false",
    "465,false",
    "587,false",
    "2552,false",
    "5432,false",
    "6379,false",
    "7626,false",
    "8558,false",
    "11211,false",
    "17355,false"
  })
  void by_default_databases_caches_and_cluster_nodes_are_left_out(int port, boolean allowed) {
    var policy = TransportFixture.settings().egress(List.of("10.0.0.0/8"));

    assertThat(policy.allowsPort(port)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "65536", "80-79", "80,443", "http", "-1", "1-", "!", "!!80", "! 80"})
  void an_invalid_port_is_refused(String entry) {
    assertThatThrownBy(() -> EgressPolicy.of(List.of(), List.of(), List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("egress-ports: \"" + entry + "\" ");
  }

  @Test
  void without_any_port_nothing_is_called() {
    assertThat(EgressPolicy.of(List.of(), List.of(), List.of()).allowsPort(443)).isFalse();
  }

  @Test
  void our_own_addresses_are_denied_unless_they_are_named_singly() throws Exception {
    var own = List.of(ip("10.1.2.3"), ip("10.1.2.4"), ip("198.41.0.4"), ip("127.0.0.1"));
    var policy =
        EgressPolicy.of(List.of("10.0.0.0/8", "10.1.2.4", "127.0.0.0/8"))
            .without(() -> new OwnNodes(Set.copyOf(own), Set.of(), Set.of()));
    assertThat(policy.allows(ip("10.1.2.3"))).isFalse();
    assertThat(policy.allows(ip("198.41.0.4"))).isFalse();
    assertThat(policy.allows(ip("10.1.2.4"))).isTrue();
    assertThat(policy.allows(ip("10.1.2.5"))).isTrue();
    assertThat(policy.allows(ip("127.0.0.1"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,8080",
    "127.0.0.2,8080",
    "127.0.0.1,9000",
    "[::1],8080",
    "[::ffff:127.0.0.1],8080",
    "localhost,8080",
    "a.localhost.,9000",
    "10.1.2.3,8080",
    "10.1.2.3,9000",
    "10.1.2.4,17355",
    "[::ffff:10.1.2.4],17355"
  })
  void the_ports_of_our_nodes_are_denied_whatever_is_allowed(String host, int port)
      throws Exception {
    var nodes =
        new OwnNodes(
            Set.of(ip("10.1.2.3"), ip("127.0.0.1")),
            Set.of(8080, 9000),
            Set.of(new InetSocketAddress(ip("10.1.2.4"), 17355)));
    var policy =
        EgressPolicy.of(List.of("10.0.0.0/8", "10.1.2.3", "10.1.2.4", "127.0.0.0/8", "::1"))
            .without(() -> nodes);
    var beside = port + 1;

    assertThatThrownBy(() -> policy.check(FetchRequest.get("http://" + host + ":" + port + "/")))
        .isInstanceOf(InvalidRequest.class);
    policy.check(FetchRequest.get("http://" + host + ":" + beside + "/"));
    if (!host.contains("localhost")) {
      var address = InetAddress.getByName(host);
      assertThat(policy.screen("name.test", port, List.of(address))).isEmpty();
      assertThat(policy.screen("name.test", beside, List.of(address))).containsExactly(address);
    }
  }

  @Test
  void nodes_that_come_later_are_denied_too() throws Exception {
    var nodes = new AtomicReference<>(OwnNodes.NONE);
    var policy = EgressPolicy.of(List.of("10.0.0.0/8")).without(nodes::get);
    var answers = List.of(ip("10.1.2.4"));
    assertThat(policy.screen("name.test", 8080, answers)).isEqualTo(answers);

    nodes.set(
        new OwnNodes(Set.of(), Set.of(), Set.of(new InetSocketAddress(ip("10.1.2.4"), 8080))));

    assertThat(policy.screen("name.test", 8080, answers)).isEmpty();
  }
}
