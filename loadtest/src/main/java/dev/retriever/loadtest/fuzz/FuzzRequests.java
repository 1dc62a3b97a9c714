package dev.retriever.loadtest.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Makes requests from the operations of both contracts. Each number gives the same one again. */
final class FuzzRequests {
  private static final List<String> PREFERENCES =
      List.of(
          "wait=1", "wait=0", "wait=x", "respond-async", "wait=1;a, handling=lenient", "wait=-1");

  private static final List<String> ODD_HEADERS =
      List.of(
          "X-HTTP-Method-Override: DELETE",
          "Expect: 100-continue",
          "Accept: text/html",
          "Accept-Encoding: gzip;q=0, br",
          "Content-Encoding: gzip",
          "Range: bytes=0-1",
          "If-None-Match: *",
          "Timeout-Access: 1",
          "Remote-Address: 10.0.0.1",
          "Raw-Request-URI: /admin",
          "Upgrade: h2c",
          "Cookie: a=b",
          "Authorization: Basic YTpi",
          "Last-Event-ID: x",
          "Idempotency-Key: a b",
          "TE: trailers");

  private final ServedContract api;
  private final ServedContract management;
  private final Optional<String> token;
  private final long seed;
  private final String url;

  /**
   * @param token sent as a bearer token with each request
   * @param url a target that may be called
   */
  FuzzRequests(
      ServedContract api,
      ServedContract management,
      Optional<String> token,
      long seed,
      String url) {
    this.api = api;
    this.management = management;
    this.token = token;
    this.seed = seed;
    this.url = url;
  }

  /** The origin that only the request with that number names. */
  static String origin(int number) {
    return "fuzz-" + number;
  }

  /**
   * The request with that number.
   *
   * @param known paths of fetches that were accepted, to ask for
   */
  Request of(int number, List<String> known) {
    return new Making(number, known).request();
  }

  private final class Making {
    private final int number;
    private final List<String> known;
    private final Random random;
    private final boolean isOfManagement;
    private final ServedContract.Operation operation;
    private final Samples samples;
    private final String kind;

    Making(int number, List<String> known) {
      this.number = number;
      this.known = known;
      random = new Random(seed * 1_000_003 + number);
      isOfManagement = random.nextInt(4) == 0;
      var contract = isOfManagement ? management : api;
      samples = new Samples(contract, random, url);
      // Half of those for callers submit: most of what can go wrong is in a body.
      operation =
          contract.operations().stream()
              .filter(it -> it.node().has("requestBody") && random.nextBoolean())
              .findFirst()
              .orElseGet(() -> samples.one(contract.operations()));
      kind =
          samples.one(List.of("valid", "valid", "fault", "fault", "parameter", "header", "bytes"));
    }

    Request request() {
      var target = target();
      var body = body();
      var head = new ArrayList<String>();
      head.add("Host: 127.0.0.1");
      head.add("Connection: close");
      token.ifPresent(it -> head.add("Authorization: Bearer " + it));
      body.ifPresent(it -> head.add("Content-Type: application/json"));
      if (body.isPresent() || operation.method().equals("POST")) {
        head.add("Content-Length: " + body.map(it -> it.length).orElse(0));
      }
      headers(head);
      var method =
          kind.equals("header") && random.nextInt(4) == 0 ? otherMethod() : operation.method();
      var bytes = new ByteArrayOutputStream();
      bytes.writeBytes(latin1(method + " " + target + " HTTP/1.1\r\n"));
      head.forEach(it -> bytes.writeBytes(latin1(it + "\r\n")));
      bytes.writeBytes(latin1("\r\n"));
      body.ifPresent(bytes::writeBytes);
      return kind.equals("bytes")
          ? new Request(number, kind, isOfManagement, "", target, mutated(bytes.toByteArray()))
          : new Request(number, kind, isOfManagement, method, target, bytes.toByteArray());
    }

    private String otherMethod() {
      return samples.one(List.of("HEAD", "PUT", "PATCH", "OPTIONS", "DELETE", "GET", "TRACE"));
    }

    private String target() {
      var path = operation.path();
      var query = new ArrayList<String>();
      for (var parameter : operation.parameters()) {
        var name = parameter.path("name").asText();
        if (parameter.path("in").asText().equals("path")) {
          path = path.replace("{" + name + "}", encoded(inPath(name, parameter)));
        } else if (parameter.path("in").asText().equals("query")
            && (parameter.path("required").asBoolean() || random.nextInt(3) == 0)) {
          query.add(name + "=" + encoded(value(parameter)));
        }
      }
      if (kind.equals("parameter") && random.nextInt(4) == 0) {
        path =
            path.replaceFirst("/", samples.one(List.of("//", "/../", "/./", "/%2e%2e/", "/;a=b/")));
      }
      return query.isEmpty() ? path : path + "?" + String.join("&", query);
    }

    /** Now and then one that exists. */
    private String inPath(String name, JsonNode parameter) {
      if (kind.equals("parameter") && random.nextInt(3) == 0) {
        return samples.wrongText();
      }
      var exists = random.nextBoolean() && !known.isEmpty() && !operation.node().has("requestBody");
      return switch (name) {
        case "originId" -> exists ? samples.one(known).split("/")[3] : origin(number);
        case "fetchId" -> samples.one(List.of("a", "b", "c"));
        case "type" -> samples.one(List.of("http", "http", "http", "other"));
        case "slug" -> samples.one(List.of("validation-failed", "internal", "nothing"));
        default -> samples.valid(parameter.path("schema")).asText();
      };
    }

    private String value(JsonNode parameter) {
      return kind.equals("parameter") && random.nextBoolean()
          ? samples.wrongText()
          : samples.valid(parameter.path("schema")).asText();
    }

    private void headers(List<String> head) {
      for (var parameter : operation.parameters()) {
        var name = parameter.path("name").asText();
        if (parameter.path("in").asText().equals("header") && random.nextInt(4) == 0) {
          head.add(
              name
                  + ": "
                  + (name.equals("Prefer") ? samples.one(PREFERENCES) : printable(parameter)));
        }
      }
      if (kind.equals("header")) {
        head.add(samples.one(ODD_HEADERS));
      }
    }

    /**
     * In ASCII: behind the first byte of a longer character of UTF-8, the server takes the end of
     * the line for a part of that character, and waits for more.
     */
    private String printable(JsonNode parameter) {
      return value(parameter).replaceAll("[^ -~]", "?");
    }

    private Optional<byte[]> body() {
      var schema = operation.node().at("/requestBody/content/application~1json/schema");
      if (schema.isMissingNode()) {
        return Optional.empty();
      }
      var valid = samples.valid(schema);
      if (valid.has("id")) {
        // Few ids, so that some are there already.
        ((com.fasterxml.jackson.databind.node.ObjectNode) valid)
            .put("id", samples.one(List.of("a", "b", "c")));
      }
      var value = kind.equals("fault") ? samples.broken(valid) : valid;
      // A lone surrogate is written as an escape, as a client could.
      return Optional.of(escaped(value.toString()).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] mutated(byte[] bytes) {
      var out = new ByteArrayOutputStream();
      var at = random.nextInt(bytes.length);
      out.write(bytes, 0, at);
      var way = random.nextInt(4);
      if (way == 0) {
        out.write(random.nextInt(256));
      } else if (way == 1) {
        out.write(bytes[at] ^ (1 << random.nextInt(8)));
        at++;
      } else if (way == 2) {
        out.writeBytes(latin1(samples.one(List.of("\r\n", "\n", "\0", "\r", "\u00ff", ":", " "))));
      } else {
        at++;
      }
      out.write(bytes, at, bytes.length - at);
      return out.toByteArray();
    }
  }

  private static String escaped(String json) {
    var text = new StringBuilder();
    for (var i = 0; i < json.length(); i++) {
      var c = json.charAt(i);
      text.append(Character.isSurrogate(c) ? "\\u%04x".formatted((int) c) : c);
    }
    return text.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
