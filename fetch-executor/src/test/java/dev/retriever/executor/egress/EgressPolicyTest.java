package dev.retriever.executor.egress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.InvalidRequest.Kind;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EgressPolicyTest {
  private static final EgressPolicy STRICT = EgressPolicy.of(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        // IPv4, the first and the last of each block
        "0.0.0.0",
        "0.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.255",
        "192.0.2.0",
        "192.0.2.255",
        "192.88.99.0",
        "192.88.99.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.0",
        "198.51.100.255",
        "203.0.113.0",
        "203.0.113.255",
        "224.0.0.0",
        "239.255.255.255",
        "240.0.0.0",
        "255.255.255.255",
        // metadata services and host agents
        "169.254.169.254",
        "169.254.170.2",
        "168.63.129.16",
        "192.0.0.192",
        "100.100.100.200",
        "fd00:ec2::254",
        // IPv6
        "::",
        "::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "fc00::",
        "fdff::1",
        "ff02::1",
        "100::1",
        "5f00::1",
        "1fff::1",
        "4000::",
        "2001:db8::1",
        "3fff::1",
        "3fff:fff::1",
        // IPv4 in disguise: mapped, compatible, translated, NAT64, 6to4, Teredo
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:1ff:ffff::1"
      })
  void non_public_addresses_are_denied(String address) throws Exception {
    assertThat(STRICT.allows(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.0",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2000::",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2003::1",
        "2606:4700::1111",
        "3ffe::1",
        "3fff:1000::1"
      })
  void public_addresses_are_allowed(String address) throws Exception {
    assertThat(STRICT.allows(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void a_mapped_address_that_kept_its_16_bytes_is_judged_as_ipv4() throws Exception {
    assertThat(STRICT.allows(mapped(127, 0, 0, 1))).isFalse();
    assertThat(STRICT.allows(mapped(169, 254, 169, 254))).isFalse();
    assertThat(STRICT.allows(mapped(8, 8, 8, 8))).isTrue();
    assertThat(EgressPolicy.of(List.of("127.0.0.0/8")).allows(mapped(127, 0, 0, 1))).isTrue();
  }

  /** The platform turns a mapped address into IPv4, except where it is told not to. */
  private static InetAddress mapped(int... quad) throws UnknownHostException {
    var bytes = new byte[16];
    bytes[10] = bytes[11] = (byte) 0xff;
    for (var i = 0; i < quad.length; i++) {
      bytes[12 + i] = (byte) quad[i];
    }
    return Inet6Address.getByAddress("h", bytes, -1);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8,127.9.9.9,true",
    "127.0.0.0/8,10.0.0.1,false",
    "127.0.0.0/8,::1,false",
    "10.1.2.3,10.1.2.3,true",
    "10.1.2.3/32,10.1.2.3,true",
    "10.1.2.3,10.1.2.4,false",
    "0.0.0.0/0,169.254.169.254,true",
    "::1,::1,true",
    "fd00::/8,fd12::1,true",
    "fd00::/8,fc00::1,false",
    "fd00::/8,8.8.8.8,true",
    "127.0.0.0/8,64:ff9b::127.0.0.1,false"
  })
  void an_allowed_block_opens_itself_and_nothing_else(String block, String address, boolean allowed)
      throws Exception {
    assertThat(EgressPolicy.of(List.of(block)).allows(InetAddress.getByName(address)))
        .isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "/8",
        "10",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0.0/255.0.0.0",
        "10.0-9.0.0",
        "0x0a000001",
        "010.0.0.0/8",
        "localhost",
        "example.com",
        "::ffff:10.0.0.0/104",
        "fe80::1%1",
        "1.2.3"
      })
  void an_invalid_address_block_is_refused_by_name(String entry) {
    assertThatThrownBy(() -> EgressPolicy.of(List.of("10.0.0.0/8", entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("egress-allow: \"" + entry + "\" ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "10.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "100.100.100.200",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "x.localhost",
        "metadata.google.internal",
        "Metadata.Google.Internal.",
        "metadata.goog"
      })
  void a_host_that_is_known_to_be_denied_is_refused_before_any_lookup(String host) {
    var request = FetchRequest.get("http://" + host + ":8080/secret?token=s3cret");
    assertThatThrownBy(() -> STRICT.check(request))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e -> {
              assertThat(e.kind()).isEqualTo(Kind.TARGET_NOT_ALLOWED);
              assertThat(e.pointer()).isEqualTo("/url");
              assertThat(e.getMessage()).doesNotContain("secret", "s3cret", host);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.com",
        "8.8.8.8",
        "[2001:4860:4860::8888]",
        "localhost.example.com",
        "mylocalhost",
        "kubernetes.default.svc"
      })
  void other_hosts_are_left_to_the_lookup(String host) {
    assertThatCode(() -> STRICT.check(FetchRequest.get("https://" + host + "/")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.0/8,localhost",
    "127.0.0.0/8,a.localhost",
    "127.0.0.0/8,127.0.0.1",
    "::1,localhost",
    "::1,[::1]",
    "169.254.169.254,metadata.google.internal"
  })
  void a_name_is_fine_when_what_it_stands_for_is_allowed(String block, String host) {
    var policy = EgressPolicy.of(List.of(block));
    assertThatCode(() -> policy.check(FetchRequest.get("http://" + host + "/")))
        .doesNotThrowAnyException();
  }

  @Test
  void one_denied_answer_denies_the_host() throws Exception {
    assertThat(STRICT.screen("a.test", 80, answers("8.8.8.8", "8.8.4.4"))).hasSize(2);
    assertThat(STRICT.screen("a.test", 80, answers("8.8.8.8", "10.0.0.1"))).isEmpty();
    assertThat(STRICT.screen("a.test", 80, answers("::1", "8.8.8.8"))).isEmpty();
  }

  @Test
  void of_localhost_only_the_allowed_addresses_are_called() throws Exception {
    var policy = EgressPolicy.of(List.of("127.0.0.0/8"));
    assertThat(policy.screen("Localhost.", 80, answers("::1", "127.0.0.1")))
        .containsExactly(InetAddress.getByName("127.0.0.1"));
    assertThat(STRICT.screen("localhost", 80, answers("::1", "127.0.0.1"))).isEmpty();
  }

  private static List<InetAddress> answers(String... literals) {
    return Arrays.stream(literals)
        .map(
            literal -> {
              try {
                return InetAddress.getByName(literal);
              } catch (UnknownHostException e) {
                throw new IllegalArgumentException(e);
              }
            })
        .toList();
  }
}
