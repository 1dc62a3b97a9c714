package dev.retriever.loadtest.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Requests that two readers of HTTP may read in two ways, and bodies that two readers of JSON may.
 * Behind each comes a whole submission, which must be an answer of its own or nothing at all.
 */
final class RawCases {
  /** The origin of submissions that hide behind another request. */
  static final String SMUGGLED = "fuzz-smuggled";

  private static final String FETCH = "{\"request\":{\"url\":\"http://nobody.invalid/\"}}";

  /**
   * One of them.
   *
   * @param first the statuses that the first answer may have; empty for any that is documented
   * @param closes whether the connection must end with the first answer
   */
  record Case(String name, byte[] bytes, Set<Integer> first, boolean closes) {}

  private final List<Case> cases = new ArrayList<>();

  private RawCases() {}

  static List<Case> all() {
    var all = new RawCases();
    all.framing();
    all.lines();
    all.paths();
    all.json();
    return all.cases;
  }

  private void framing() {
    var chunked = "Transfer-Encoding: chunked\r\n";
    refused("length and coding", head("Content-Length: 4\r\n" + chunked));
    refused("coding and length", head(chunked + "Content-Length: 4\r\n"));
    refused("two lengths", head("Content-Length: 4\r\nContent-Length: 5\r\n"));
    any("the same length twice", head("Content-Length: 2\r\nContent-Length: 2\r\n") + "{}");
    refused("two lengths in one line", head("Content-Length: 4, 4\r\n"));
    refused("a length with a plus", head("Content-Length: +3\r\n"));
    refused("a negative length", head("Content-Length: -1\r\n"));
    refused("a length in hexadecimal", head("Content-Length: 0x4\r\n"));
    refused("a length of 30 digits", head("Content-Length: " + "9".repeat(30) + "\r\n"));
    refused("an unknown coding", head("Transfer-Encoding: xchunked\r\n"));
    refused("two codings", head(chunked + "Transfer-Encoding: identity\r\n"));
    refused("a blank before the colon", head("Content-Length : 4\r\n"));
    refused("a chunk of no number", head(chunked) + "zz\r\n");
    refused("a chunk too large to count", head(chunked) + "fffffffffffffffff\r\n");
    refused("a negative chunk", head(chunked) + "-1\r\n");
    refused("a chunk longer than it says", head(chunked) + "2\r\nabc\r\n0\r\n\r\n");
    refused("an extension of 1 MB", head(chunked) + "1;" + "x".repeat(1 << 20) + "\r\n");
    any("trailers", head(chunked) + chunk(FETCH) + "0\r\nX-A: b\r\nContent-Length: 3\r\n\r\n");
    any("an extension", head(chunked) + "2;a=b\r\n{}\r\n0\r\n\r\n");
    any("expects to go on", head("Expect: 100-continue\r\nContent-Length: 2\r\n") + "{}");
    any("expects something else", head("Expect: tea\r\nContent-Length: 2\r\n") + "{}");
  }

  private void lines() {
    refused("no host", "GET /v1/me HTTP/1.1\r\n\r\n");
    refused("two hosts", "GET /v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
    refused("a port of no number", "GET /v1/me HTTP/1.1\r\nHost: 127.0.0.1:x\r\n\r\n");
    refused("a zero byte", "GET /v1/me\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    refused("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    refused("a method of nothing", " /v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    refused("a long line", "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    refused("a long header", get("/v1/me", "X-A: " + "a".repeat(1 << 20)));
    refused("many headers", get("/v1/me", "X-A: a\r\n".repeat(5_000) + "X-B: b"));
    any("bare line feeds", "GET /v1/me HTTP/1.1\nHost: 127.0.0.1\n\n");
    any("a folded header", get("/v1/me", "X-A: a\r\n  b"));
    any("another host", "GET http://evil.example/v1/me HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    any("a whole address", "GET http://127.0.0.1/v1/me HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    any("all of the server", "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    any(
        "an upgrade to HTTP/2",
        get("/v1/me", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c"));
    any("another method in a header", get("/v1/me", "X-HTTP-Method-Override: DELETE"));
    any("headers that the server makes itself", get("/v1/me", "Remote-Address: 10.1.1.1"));
    any("two credentials", get("/v1/me", "Authorization: Bearer a\r\nAuthorization: Bearer b"));
    any("a WebSocket of another version", get("/v1/outcomes", socket(7)));
    any(
        "a WebSocket without a key",
        get("/v1/outcomes", "Connection: Upgrade\r\nUpgrade: websocket"));
  }

  private static String socket(int version) {
    return "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
        + version
        + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  }

  private void paths() {
    var origins = "/v1/origins/";
    for (var path :
        List.of(
            origins + "a%2Fb/fetches",
            origins + "../origins/a/fetches",
            origins + "%2e%2e/fetches",
            origins + "a/fetches/..%2f..",
            "//v1/origins/a/fetches",
            origins + "a;b=c/fetches",
            origins + "%C0%AF/fetches",
            origins + "%ED%A0%80/fetches",
            origins + "%00/fetches",
            origins + "a%0d%0aX:b/fetches",
            origins + "a\\b/fetches",
            origins + "\u00e9/fetches",
            "/v1/../admin/keys",
            "/problems/..%2f..%2fetc",
            "/openapi.yaml/")) {
      any("the path " + path, get(path, "X-A: b"));
    }
    refused("a path with a broken escape", get("/v1/origins/%zz/fetches", "X-A: b"));
  }

  private void json() {
    refusedBody("a name twice", "{\"id\":\"a\",\"id\":\"b\"," + FETCH.substring(1));
    refusedBody("a thousand arrays", FETCH.replaceFirst("\\{", "{\"x\":" + nested(1_000) + ","));
    refusedBody("a hundred thousand arrays", nested(100_000));
    refusedBody("a number of a million digits", withRedirects("9".repeat(1_000_000)));
    refusedBody("a number beyond all", withRedirects("1e999999999"));
    refusedBody("a lone surrogate", FETCH.replaceFirst("\\{", "{\"id\":\"\\\\ud800\","));
    refusedBody("UTF-8 that is too long", FETCH.replace("nobody", "\u00c0\u00af"));
    refusedBody("a byte order mark", "\u00ef\u00bb\u00bf" + FETCH);
    refusedBody("two documents", FETCH + FETCH);
    refusedBody("a comment", "/**/" + FETCH);
    refusedBody("no number", withRedirects("NaN"));
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }

  private static String withRedirects(String number) {
    return FETCH.replaceFirst("\\{", "{\"redirects\":" + number + ",");
  }

  private static String head(String headers) {
    return "POST /v1/origins/"
        + SMUGGLED
        + "/fetches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        + headers
        + "\r\n";
  }

  private static String get(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n\r\n";
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private static String post(String body) {
    return head("Content-Length: " + body.length() + "\r\n") + body;
  }

  /** Refused by the parser, which ends the connection: the next bytes are no request. */
  private void refused(String name, String bytes) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(FuzzRequests.latin1(bytes));
    out.writeBytes(FuzzRequests.latin1(post(FETCH)));
    cases.add(new Case(name, out.toByteArray(), Set.of(400, 413, 414, 421, 431, 501, 505), true));
  }

  private void refusedBody(String name, String body) {
    cases.add(new Case(name, FuzzRequests.latin1(post(body)), Set.of(400, 401, 413, 422), false));
  }

  private void any(String name, String bytes) {
    cases.add(new Case(name, FuzzRequests.latin1(bytes), Set.of(), false));
  }
}
