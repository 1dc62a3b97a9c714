package dev.retriever.executor.http;

import static dev.retriever.executor.http.TestCertificates.serving;
import static dev.retriever.executor.http.WireCase.answered;
import static dev.retriever.executor.http.WireCase.failed;
import static dev.retriever.executor.http.WireCase.unknown;
import static dev.retriever.executor.http.WireScripts.answering;
import static dev.retriever.executor.http.WireScripts.dripping;
import static dev.retriever.executor.http.WireScripts.endless;
import static dev.retriever.executor.http.WireScripts.once;
import static dev.retriever.executor.http.WireScripts.plain;
import static dev.retriever.executor.http.WireScripts.saying;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.http.RawTarget.Connection;
import dev.retriever.executor.http.RawTarget.Script;
import dev.retriever.executor.http.WireCase.Seen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What targets do, in the order of how far a request gets with them. */
final class WireCases {
  private static final List<String> ALL = WireCase.ALL;
  private static final List<String> WITH_BODY = List.of("POST", "PUT", "PATCH");
  private static final String CLOSED = FailureReason.CONNECTION_CLOSED;
  private static final String MALFORMED = FailureReason.MALFORMED_RESPONSE;
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private final List<WireCase> cases = new ArrayList<>();

  private final TestCertificates certificates;

  private WireCases(TestCertificates certificates) {
    this.certificates = certificates;
  }

  static List<WireCase> all(TestCertificates certificates) {
    var all = new WireCases(certificates);
    all.connecting();
    all.tls();
    all.sending();
    all.heads();
    all.malformed();
    all.bodies();
    all.whole();
    return all.cases;
  }

  private void connecting() {
    cases.add(
        new WireCase(
            "refuses the connection",
            ALL,
            null,
            null,
            "http",
            "127.0.0.1",
            null,
            failed(Stage.CONNECTING, "connection-refused")));
  }

  private void tls() {
    var good = serving(certificates.good());
    var expired = serving(certificates.expired());
    Script ok = answering(RawTarget.OK);
    https("closes during the TLS handshake", plain(), connection -> {}, "tls-failed");
    https("is silent in the TLS handshake", plain(), Connection::awaitClosed, "tls-timeout");
    https("does not speak TLS", plain(), saying(RawTarget.OK), "tls-failed");
    https("speaks TLS 1.1 at most", serving(certificates.good(), "TLSv1.1"), ok, "tls-failed");
    https("has an expired certificate", expired, ok, "certificate-refused");
    tls(
        "has a certificate for another host",
        "other.test",
        good,
        ok,
        certificates.authorityPem(),
        "certificate-refused");
    tls(
        "has a certificate nobody vouches for",
        TestCertificates.HOST,
        good,
        ok,
        null,
        "certificate-refused");
  }

  private void sending() {
    http(
        "closes without reading the request",
        ALL,
        Connection::awaitArrival,
        unknown(Stage.SENT, CLOSED));
    http(
        "closes after the head of the request",
        WITH_BODY,
        Connection::readHead,
        unknown(Stage.SENT, CLOSED));
    http(
        "closes in the middle of the request's body",
        WITH_BODY,
        c -> {
          c.readHead();
          c.readBytes(1000);
        },
        unknown(Stage.SENT, CLOSED));
    http("closes after the request", ALL, Connection::readRequest, unknown(Stage.SENT, CLOSED));
    http(
        "resets the connection after the request",
        ALL,
        c -> {
          c.readRequest();
          c.reset();
        },
        unknown(Stage.SENT, CLOSED));
    http(
        "never answers",
        ALL,
        c -> {
          c.readRequest();
          c.awaitClosed();
        },
        unknown(Stage.SENT, Report.TIMEOUT));
  }

  private void heads() {
    http(
        "closes in the middle of the head",
        ALL,
        once("HTTP/1.1 200 OK\r\nContent-Le"),
        unknown(Stage.SENT, CLOSED));
    http(
        "sends the head a byte at a time",
        ALL,
        dripping("HTTP/1.1 200 OK\r\nX: ", "x"),
        unknown(Stage.SENT, Report.TIMEOUT));
    http(
        "promises an answer (`100`), and is silent",
        ALL,
        c -> {
          c.readRequest();
          c.write("HTTP/1.1 100 Continue\r\n\r\n");
          c.awaitClosed();
        },
        unknown(Stage.SENT, Report.TIMEOUT));
    http(
        "sends interim answers (`103`) without end",
        ALL,
        endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "changes the protocol (`101`)",
        ALL,
        once("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
  }

  private void malformed() {
    http(
        "sends what is not HTTP",
        ALL,
        once("SSH-2.0-Server\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends random bytes",
        ALL,
        once("\u0000\u00ff\u0016\u0003\u0001\r\n\u0000\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends a status of letters",
        ALL,
        once("HTTP/1.1 abc OK\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends a header of 9 KB",
        ALL,
        once("HTTP/1.1 200 OK\r\nX: " + "x".repeat(9 << 10) + "\r\nContent-Length: 0\r\n\r\n"),
        answered(200));
    http(
        "sends a header of 40 KB",
        ALL,
        once("HTTP/1.1 200 OK\r\nX: " + "x".repeat(40 << 10) + "\r\nContent-Length: 0\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends headers without end",
        ALL,
        endless("HTTP/1.1 200 OK\r\n", "X: y\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends a status of its own, 999",
        ALL,
        once("HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends two lengths",
        ALL,
        once("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "has another version of HTTP",
        ALL,
        once("HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends 10,000 header fields",
        ALL,
        once("HTTP/1.1 200 OK\r\n" + "a:\r\n".repeat(10_000) + "\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends a body in another transfer coding (`chunked, gzip`)",
        ALL,
        once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n2\r\nok\r\n"),
        unknown(Stage.SENT, MALFORMED));
    http(
        "sends a negative length",
        ALL,
        once("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
  }

  private void bodies() {
    body(
        "sends a length and chunks",
        once(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "2\r\nok\r\n0\r\n\r\n"),
        unknown(Stage.SENT, MALFORMED));
    body(
        "closes in the middle of the body",
        once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
        unknown(Stage.BODY, CLOSED));
    body(
        "closes in the middle of a chunked body",
        once(CHUNKED + "4\r\nhalf\r\n"),
        unknown(Stage.BODY, CLOSED));
    body(
        "sends the body a byte at a time",
        dripping("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x"),
        unknown(Stage.BODY, Report.TIMEOUT));
    body(
        "sends a body without end",
        endless("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(1000)),
        unknown(Stage.BODY, FailureReason.RESPONSE_TOO_LARGE));
    body(
        "sends chunks without end",
        endless(CHUNKED, "3e8\r\n" + "x".repeat(1000) + "\r\n"),
        unknown(Stage.BODY, FailureReason.RESPONSE_TOO_LARGE));
    body(
        "sends a chunk with text behind its size",
        once(CHUNKED + "2 x\r\nok\r\n0\r\n\r\n"),
        unknown(Stage.BODY, MALFORMED));
    body("sends a chunk of no size", once(CHUNKED + "zz\r\n"), unknown(Stage.BODY, MALFORMED));
    body(
        "sends a chunk of an absurd size",
        once(CHUNKED + "fffffffffffffffff\r\n"),
        unknown(Stage.BODY, MALFORMED));
  }

  private void whole() {
    http(
        "sends more than the length it stated",
        ALL,
        once("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok, and more"),
        answered(200));
    http("answers twice", ALL, once(RawTarget.OK + RawTarget.OK), answered(200));
    http(
        "sends interim answers, then the answer",
        ALL,
        once("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + RawTarget.OK),
        answered(200));
    http(
        "answers before it has read the body",
        WITH_BODY,
        c -> {
          c.readHead();
          c.write("HTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n");
          c.awaitClosed();
        },
        answered(413));
    http(
        "answers before it has read the body, and closes",
        WITH_BODY,
        c -> {
          c.readHead();
          c.write("HTTP/1.1 413 x\r\nContent-Length: 0\r\n\r\n");
        },
        answered(413));
    http(
        "redirects",
        ALL,
        once("HTTP/1.1 307 x\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
        answered(307));
    http(
        "asks for a password",
        ALL,
        once("HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm=a\r\nContent-Length: 0\r\n\r\n"),
        answered(401));
  }

  private void http(String does, List<String> methods, Script script, Seen expected) {
    cases.add(new WireCase(does, methods, plain(), script, "http", "127.0.0.1", null, expected));
  }

  /** The answer to a {@code HEAD} is whole after its head. */
  private void body(String does, Script script, Seen expected) {
    http(does, ALL.stream().filter(method -> !method.equals("HEAD")).toList(), script, expected);
    http(does, List.of("HEAD"), script, answered(200));
  }

  private void https(String does, RawTarget.Layer layer, Script script, String reason) {
    tls(does, TestCertificates.HOST, layer, script, certificates.authorityPem(), reason);
  }

  private void tls(
      String does, String host, RawTarget.Layer layer, Script script, Path trusted, String reason) {
    cases.add(
        new WireCase(does, ALL, layer, script, "https", host, trusted, failed(Stage.TLS, reason)));
  }
}
