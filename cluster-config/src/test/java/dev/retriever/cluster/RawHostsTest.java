package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is answered to each way to name a host, on both ports of a node that is open on loopback.
 */
@ExtendWith(SharedNode.class)
class RawHostsTest {
  private static final String END = "Connection: close\r\n\r\n";

  private final RunningNode node;

  RawHostsTest(RunningNode node) {
    this.node = node;
  }

  /** In the requests, PATH is a path that is there, and PORT is the port that is asked. */
  static Stream<Arguments> requests() {
    var all = new ArrayList<Arguments>();
    hosts(all);
    targets(all);
    lines(all);
    return all.stream();
  }

  private static void hosts(List<Arguments> all) {
    host(all, 200, "127.0.0.1:PORT");
    host(all, 200, "127.0.0.1");
    host(all, 200, "127.0.0.1:1");
    host(all, 200, "127.0.0.2:PORT");
    host(all, 200, "localhost:PORT");
    host(all, 200, "LOCALHOST:PORT");
    host(all, 200, "localhost.:PORT");
    host(all, 200, "%6cocalhost:PORT");
    host(all, 200, "[::1]:PORT");
    host(all, 200, "[::ffff:127.0.0.1]:PORT");
    host(all, 200, "[0:0:0:0:0:ffff:7f00:1]:PORT");
    host(all, 421, "localhost");
    host(all, 421, "localhost:1");
    host(all, 421, "localhost..:PORT");
    host(all, 421, "x.localhost:PORT");
    host(all, 421, "127.1:PORT");
    host(all, 421, "0x7f.1:PORT");
    host(all, 421, "2130706433:PORT");
    host(all, 421, "127.0.0.1.:PORT");
    host(all, 421, "0.0.0.0:PORT");
    host(all, 421, "[::]:PORT");
    host(all, 421, "192.0.2.1:PORT");
    host(all, 421, "evil.example:PORT");
    host(all, 421, "127.0.0.1.evil.example:PORT");
    host(all, 421, "localhost.evil.example:PORT");
    host(all, 421, "evil.example%00:PORT");
    host(all, 421, "");
    host(all, 400, "me@127.0.0.1:PORT");
    host(all, 400, "127.0.0.1:PORT,127.0.0.1:PORT");
    host(all, 400, "127.0.0.1:65536");
    host(all, 400, "127.0.0.1:");
    host(all, 400, "127.0.0.1:PORT\0");
    host(all, 400, "[fe80::1%25eth0]:PORT");
    host(all, 400, "127.0.0.1/x");
  }

  private static void targets(List<Arguments> all) {
    var host = "Host: 127.0.0.1:PORT\r\n";
    var evil = "Host: evil.example:PORT\r\n";
    add(all, 200, "absolute form", "GET http://127.0.0.1:PORTPATH HTTP/1.1\r\n" + host);
    add(all, 400, "another host", "GET http://evil.example:PORTPATH HTTP/1.1\r\n" + host);
    add(all, 421, "absolute, evil", "GET http://evil.example:PORTPATH HTTP/1.1\r\n" + evil);
    add(all, 400, "hidden evil", "GET http://127.0.0.1:PORTPATH HTTP/1.1\r\n" + evil);
    add(all, 421, "evil and nothing there", "GET /nothing HTTP/1.1\r\n" + evil);
    add(all, 421, "evil and a problem's page", "GET /problems/internal HTTP/1.1\r\n" + evil);
    add(all, 421, "evil and two slashes", "GET //evil/a HTTP/1.1\r\n" + evil);
    add(all, 404, "two slashes", "GET //evil/a HTTP/1.1\r\n" + host);
    add(all, 421, "all options", "OPTIONS * HTTP/1.1\r\n" + host);
    add(all, 400, "tunnel", "CONNECT 127.0.0.1:PORT HTTP/1.1\r\n" + host);
    add(all, 200, "dots", "GET /v1/..PATH HTTP/1.1\r\n" + host);
  }

  private static void lines(List<Arguments> all) {
    var get = "GET PATH HTTP/1.1\r\n";
    add(all, 400, "no host", get);
    add(all, 400, "two hosts", get + "Host: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\n");
    add(all, 400, "evil behind", get + "Host: 127.0.0.1:PORT\r\nHost: evil.example\r\n");
    add(all, 421, "folded", get + "Host:\r\n evil.example\r\n");
    add(all, 421, "bare line feed", "GET PATH HTTP/1.1\nHost: evil.example\n");
    add(all, 200, "1.0 without a host", "GET PATH HTTP/1.0\r\n");
    add(all, 421, "1.0 with an evil host", "GET PATH HTTP/1.0\r\nHost: evil.example\r\n");
    add(all, 421, "1.0 to localhost elsewhere", "GET PATH HTTP/1.0\r\nHost: localhost\r\n");
    add(all, 421, "1.0, absolute, evil", "GET http://evil.examplePATH HTTP/1.0\r\n");
  }

  private static void host(List<Arguments> all, int status, String host) {
    add(all, status, host, "GET PATH HTTP/1.1\r\nHost: " + host + "\r\n");
  }

  private static void add(List<Arguments> all, int status, String name, String request) {
    all.add(Arguments.of(name, status, request));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("requests")
  void a_request_is_answered_on_both_ports_if_its_host_is_the_node(
      String name, int status, String request) throws Exception {
    for (var port : List.of(node.api(), node.management())) {
      var answer = RawRequest.exchange(port, filledIn(request, port) + END);

      assertThat(RawRequest.status(answer)).as(answer).isEqualTo(status);
      if (status == 421) {
        assertThat(answer).contains("/problems/host-not-allowed", "RETRIEVER_HOSTS");
      }
    }
  }

  private String filledIn(String request, Api port) {
    var path = port.url().equals(node.api().url()) ? "/v1/origins/raw/fetches" : "/stats";
    return request.replace("PATH", path).replace("PORT", "" + URI.create(port.url()).getPort());
  }

  @Test
  void probes_are_answered_by_any_name() throws Exception {
    for (var path : List.of("/alive", "/ready")) {
      var probe = "GET " + path + " HTTP/1.1\r\nHost: 10.1.2.3.pod\r\nVia: 1.1 mesh\r\n" + END;

      assertThat(RawRequest.exchange(node.management(), probe)).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void the_refused_host_is_shown_without_characters_that_mislead() throws Exception {
    var request = "GET / HTTP/1.1\r\nHost: a%E2%80%AEb%0d%0a%E2%80%A8c\r\n" + END;

    var answer = RawRequest.exchange(node.api(), request);

    assertThat(RawRequest.status(answer)).isEqualTo(421);
    assertThat(answer).contains("a\\\\u202eb\\\\ud\\\\ua\\\\u2028c");
  }

  @Test
  void a_request_through_a_proxy_is_refused_because_the_port_has_no_authentication()
      throws Exception {
    var hidden = List.of("Via: 1.1 x", "X-Forwarded-For: 1.2.3.4", "Forwarded: for=1.2.3.4");
    for (var header : hidden) {
      for (var port : List.of(node.api(), node.management())) {
        var request = "GET PATH HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + "\r\n" + END;

        var answer = RawRequest.exchange(port, filledIn(request, port));

        assertThat(RawRequest.status(answer)).isEqualTo(403);
        assertThat(answer)
            .contains("/problems/proxied-without-authentication", "RETRIEVER_TRUSTED_PROXIES");
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "X-None: x, 101",
    "Origin: http://127.0.0.1:PORT, 101",
    "Origin: http://localhost:PORT, 403",
    "Origin: http://127.0.0.1, 403",
    "Origin: https://127.0.0.1:PORT, 403",
    "Origin: null, 403",
    "Origin: http://evil.example, 403",
  })
  void a_socket_is_opened_for_pages_of_this_node_alone(String origin, int status) throws Exception {
    var request =
        "GET /v1/outcomes HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + origin
            + "\r\n";

    var answer = RawRequest.exchange(node.api(), filledIn(request, node.api()) + "\r\n");

    assertThat(RawRequest.status(answer)).as(answer).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "X-None: x, 200",
    "Origin: http://evil.example, 403",
    "Origin: null, 403",
    "Sec-Fetch-Site: cross-site, 403",
    "Sec-Fetch-Site: same-origin, 415",
  })
  void a_page_of_another_origin_triggers_nothing(String header, int status) throws Exception {
    var request =
        "POST /admin/origins/http/raw/trigger HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
            + header
            + "\r\n"
            + END;

    var answer = RawRequest.exchange(node.management(), request);

    assertThat(RawRequest.status(answer)).as(answer).isEqualTo(status);
  }
}
