package dev.retriever.cluster.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.egress.AddressBlocks;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.http.javadsl.model.AttributeKeys;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.RemoteAddress;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {
  private static final ClientAddress ADDRESSES =
      new ClientAddress(
          AddressBlocks.of("trusted-proxies", List.of("10.0.0.0/8", "2001:db8::/32")));

  private static String address(String peer, String... forwarded) throws Exception {
    var request =
        HttpRequest.GET("/")
            .addAttribute(
                AttributeKeys.remoteAddress, RemoteAddress.create(InetAddress.getByName(peer)));
    var lines = new ArrayList<HttpHeader>();
    for (var line : forwarded) {
      lines.add(RawHeader.create("X-Forwarded-For", line));
    }
    return ADDRESSES.text(request.withHeaders(lines));
  }

  @Test
  void a_stranger_is_not_believed() throws Exception {
    assertThat(address("198.51.100.1", "203.0.113.9")).isEqualTo("198.51.100.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "203.0.113.9; 203.0.113.9",
        "203.0.113.9, 10.1.1.1; 203.0.113.9",
        "1.2.3.4, 203.0.113.9; 203.0.113.9",
        "nonsense, 203.0.113.9 , 10.9.9.9,2001:db8::5; 203.0.113.9",
        "203.0.113.9:4711; 203.0.113.9",
        "[2001:470::1]:4711; 2001:470:0:0:0:0:0:1",
        "2001:470::1; 2001:470:0:0:0:0:0:1",
        "::ffff:203.0.113.9; 203.0.113.9"
      })
  void a_trusted_proxy_tells_the_last_one_that_is_none(String line, String address)
      throws Exception {
    assertThat(address("10.0.0.1", line)).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unknown",
        "_hidden",
        "203.0.113.9,",
        "203.0.113",
        "0x7f.1",
        "203.0.113.0/24",
        "203.0.113.9, a b",
        "[203.0.113.9",
        "10.1.1.1, 10.2.2.2",
        "203.0.113.9:",
        "fe80::1%eth0"
      })
  void what_is_no_address_leaves_the_peer(String line) throws Exception {
    assertThat(address("10.0.0.1", line)).isEqualTo("10.0.0.1");
  }

  @Test
  void lines_count_in_their_order() throws Exception {
    assertThat(address("10.0.0.1", "1.2.3.4", "203.0.113.9", "10.1.1.1")).isEqualTo("203.0.113.9");
  }

  @Test
  void forged_headers_of_the_server_are_not_looked_at() {
    var request = HttpRequest.GET("/").addHeader(RawHeader.create("Remote-Address", "10.0.0.1"));

    assertThat(ADDRESSES.text(request)).isEqualTo("unknown");
  }
}
