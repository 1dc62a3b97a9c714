package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.contract.ContractGuard;
import dev.retriever.cluster.contract.Exchange;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is no proper HTTP is refused as a problem, and nothing of it is carried out. */
@ExtendWith(SharedNode.class)
class BadWireTest {
  private static final String ORIGIN = "smuggled";
  private static final int PATIENCE_MILLIS = 5_000;
  private static final String HOST = "Host: 127.0.0.1\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";

  private final RunningNode node;

  BadWireTest(RunningNode node) {
    this.node = node;
  }

  @AfterAll
  static void nothing_was_carried_out_and_the_node_is_well(RunningNode node) throws Exception {
    assertThat(node.journaled(ORIGIN)).isZero();
    assertThat(node.management().get("/ready").status()).isEqualTo(200);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("no host", 400, "GET /v1 HTTP/1.1\r\n\r\n"),
        Arguments.of("two hosts", 400, "GET /v1 HTTP/1.1\r\n" + HOST + "Host: b\r\n\r\n"),
        Arguments.of("bad host", 400, "GET /v1 HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Arguments.of("no request line", 501, "what is this?\r\n\r\n"),
        Arguments.of("binary", 400, "\0\1\2\3\4\5\6\7\r\n\r\n"),
        Arguments.of("TLS", 400, "\u0016\u0003\u0001\u0002\0\u0001\0\1\u00fc\u0003\u0003ab\r\n"),
        Arguments.of("bad URI", 400, "GET /%zz HTTP/1.1\r\n" + HOST + "\r\n"),
        Arguments.of("other version", 505, "GET /v1 HTTP/3.0\r\n" + HOST + "\r\n"),
        Arguments.of("HTTP/0.9", 505, "GET /v1\r\n\r\n"),
        Arguments.of("unknown method", 501, "BREW /v1 HTTP/1.1\r\n" + HOST + "\r\n"),
        Arguments.of("bad header name", 400, with("a b: c\r\n")),
        Arguments.of("header without a colon", 400, with("abc\r\n")),
        Arguments.of("9 KB in a header", 431, with("X-A: " + "a".repeat(9_000) + "\r\n")),
        Arguments.of("70 in a name", 431, with("X".repeat(70) + ": a\r\n")),
        Arguments.of("100 headers", 400, with("X-A: a\r\n".repeat(100))),
        Arguments.of("3 KB of URI", 414, "GET /" + "a".repeat(3_000) + " HTTP/1.1\r\n" + HOST),
        Arguments.of("negative length", 400, with("Content-Length: -2\r\n")),
        Arguments.of("huge length", 400, with("Content-Length: 99999999999999999999\r\n")),
        Arguments.of("two in one length", 400, with("Content-Length: 2, 2\r\n")),
        Arguments.of("two lengths", 400, with("Content-Length: 2\r\nContent-Length: 3\r\n")),
        Arguments.of(
            "two codings",
            400,
            with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")),
        Arguments.of("no such coding", 400, with("Transfer-Encoding: xchunked\r\n")),
        Arguments.of(
            "length and coding", 400, with("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n")),
        Arguments.of(
            "no chunk length", 400, with("Transfer-Encoding: chunked\r\n") + "zz\r\n" + SMUGGLED));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void a_request_that_the_parser_refuses_is_answered_with_a_problem(
      String name, int status, String request) throws Exception {
    var answer = exchange(request + SMUGGLED);

    ContractGuard.check(Exchange.onTheWire("", answer));
    assertThat(answer).startsWith("HTTP/1.1 " + status + " ").endsWith("}");
    assertThat(answer).contains("\r\nContent-Type: application/problem+json\r\n");
    assertThat(answer).contains("\"status\":" + status).doesNotContain("Exception");
    assertThat(answer.split("HTTP/1.1 ")).as("one answer, and the end").hasSize(2);
  }

  /** A whole submission, for whoever takes the rest of a request for the next one. */
  private static final String SMUGGLED =
      post("{\"request\": {\"url\": \"http://nobody.invalid/\"}}");

  @Test
  void a_smuggled_request_would_be_seen() throws Exception {
    var answer = exchange(SMUGGLED.replace(ORIGIN, "not-smuggled") + "GET bye\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 202 ");
    assertThat(node.journaled("not-smuggled")).isPositive();
  }

  @Test
  void a_body_that_ends_early_is_not_carried_out() throws Exception {
    var whole = post("{\"request\": {\"url\": \"http://nobody.invalid/\"}}");

    try (var socket = connected()) {
      socket.getOutputStream().write(whole.substring(0, whole.length() - 1).getBytes());
      socket.shutdownOutput();
      var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

      assertThat(answer).startsWith("HTTP/1.1 400 ").contains("/problems/malformed-request");
    }
  }

  private static String with(String headers) {
    return "POST /v1/origins/" + ORIGIN + "/fetches HTTP/1.1\r\n" + HOST + JSON + headers + "\r\n";
  }

  private static String post(String body) {
    return with("Content-Length: " + body.length() + "\r\n") + body;
  }

  /** Everything that comes back until the node closes the connection. */
  private String exchange(String request) throws IOException {
    try (var socket = connected()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private Socket connected() throws IOException {
    var api = URI.create(node.api().url());
    var socket = new Socket(api.getHost(), api.getPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }
}
