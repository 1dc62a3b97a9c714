package dev.retriever.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes the bodies that {@code bad-input.csv} only names. */
final class BadInputs {
  private static final String URL = "\"url\": \"http://example.test/?token=s3cr3t\"";

  private BadInputs() {}

  /** The bytes that a body cell stands for. */
  static byte[] body(String cell) {
    if (cell.startsWith("@")) {
      var words = cell.substring(1).split(" ");
      return made(words[0], Integer.parseInt(words[1]));
    }
    return utf8(text(cell));
  }

  private static String text(String cell) {
    var colon = cell.indexOf(": ");
    var rest = cell.substring(colon + 1).strip();
    return switch (colon < 0 ? "" : cell.substring(0, colon)) {
      case "url" -> "{\"request\": {\"url\": \"" + cell.substring(colon + 2) + "\"}}";
      case "request" -> request(rest);
      case "header" -> request("\"headers\": {" + rest + "}");
      case "fetch" -> fetch(rest);
      case "retry" -> fetch("\"retry\": {" + rest + "}");
      default -> cell;
    };
  }

  private static byte[] made(String name, int n) {
    return switch (name) {
      case "empty" -> new byte[0];
      case "blanks" -> utf8(" ".repeat(n));
      case "rawNewlineInString" -> utf8(fetch("\"id\": \"a\nb\""));
      case "byteOrderMark" -> utf8("\ufeff" + fetch("\"id\": \"a\""));
      case "utf16" -> fetch("\"id\": \"a\"").getBytes(StandardCharsets.UTF_16BE);
      case "invalidUtf8" -> around(0xc3, 0x28);
      case "latin1" -> around(0xe9);
      case "surrogateUtf8" -> around(0xed, 0xa0, 0x80);
      case "deep" -> utf8(fetch("\"x\": " + "[".repeat(n) + "]".repeat(n)));
      case "deepObjects" -> utf8(fetch("\"x\": " + "{\"a\":".repeat(n) + "1" + "}".repeat(n)));
      case "digits" -> utf8(fetch("\"retry\": {\"maxAttempts\": " + "1".repeat(n) + "}"));
      case "longId" -> utf8(fetch("\"id\": \"" + "a".repeat(n) + "\""));
      case "body" -> utf8(request("\"body\": \"" + "b".repeat(n) + "\""));
      case "base64" -> utf8(request("\"bodyBase64\": \"" + base64(n) + "\""));
      case "statuses" -> utf8(fetch("\"retry\": {\"retryOn\": [" + "500,".repeat(n - 1) + "600]}"));
      case "headers" -> headers(n, "v");
      case "headersOf1000" -> headers(n, "v".repeat(1000));
      case "headerValues" ->
          utf8(request("\"headers\": {\"X-A\": [" + "\"v\", ".repeat(n - 1) + "\"v\"]}"));
      case "headerValue" -> utf8(request("\"headers\": {\"X-A\": \"" + "v".repeat(n) + "\"}"));
      case "headerName" -> utf8(request("\"headers\": {\"" + "n".repeat(n) + "\": \"v\"}"));
      case "context" -> utf8(fetch("\"context\": \"" + "c".repeat(n) + "\""));
      case "tags" -> tags(n);
      case "method" -> utf8(request("\"method\": \"" + "M".repeat(n) + "\""));
      case "url" -> {
        var start = "http://example.test/";
        yield utf8("{\"request\": {\"url\": \"" + start + "u".repeat(n - start.length()) + "\"}}");
      }
      default -> throw new IllegalArgumentException("no such body: @" + name);
    };
  }

  private static String request(String more) {
    return "{\"request\": {" + URL + ", " + more + "}}";
  }

  private static String fetch(String more) {
    return "{\"request\": {" + URL + "}, " + more + "}";
  }

  private static byte[] headers(int n, String value) {
    var headers =
        IntStream.range(0, n)
            .mapToObj(i -> "\"X-" + i + "\": \"" + value + "\"")
            .collect(Collectors.joining(", "));
    return utf8(request("\"headers\": {" + headers + "}"));
  }

  /** Of a key with a line end in it, and of 10 KB. */
  private static byte[] tags(int n) {
    var tags =
        IntStream.range(0, n)
            .mapToObj(i -> "\"k\\n" + i + "\": \"" + "v".repeat(10_240) + "\"")
            .collect(Collectors.joining(", "));
    return utf8(fetch("\"tags\": {" + tags + "}"));
  }

  private static String base64(int bytes) {
    return Base64.getEncoder().encodeToString(new byte[bytes]);
  }

  /** A good fetch, but for those bytes in its body. */
  private static byte[] around(int... bytes) {
    var parts = request("\"body\": \"#\"").split("#");
    var out = new ByteArrayOutputStream();
    out.writeBytes(utf8(parts[0]));
    for (var b : bytes) {
      out.write(b);
    }
    out.writeBytes(utf8(parts[1]));
    return out.toByteArray();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
