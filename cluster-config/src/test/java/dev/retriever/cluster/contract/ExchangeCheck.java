package dev.retriever.cluster.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compares what went over the wire with the contract of its port. An answer must be documented with
 * its status, headers, body and type of problem. A request that was followed must be one that the
 * contract describes. One that was refused need not be: tests send bad ones on purpose.
 */
final class ExchangeCheck {
  /** Headers that HTTP itself defines for every answer. */
  private static final Set<String> OF_HTTP =
      Set.of("connection", "content-length", "content-type", "date", "server", "transfer-encoding");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final OpenApi contract;

  ExchangeCheck(OpenApi contract) {
    this.contract = contract;
  }

  /** Whether the contract knows that path, with any method. */
  boolean hasPath(String rawPath) {
    var path = normalized(rawPath);
    return contract.operations().stream().anyMatch(it -> OpenApi.matches(it.path(), path));
  }

  /** As the server does before it looks for a route (RFC 3986, section 5.2.4). */
  static String normalized(String rawPath) {
    var kept = new ArrayList<String>();
    var segments = rawPath.replace("%2e", ".").replace("%2E", ".").split("/", -1);
    for (var i = 1; i < segments.length; i++) {
      var isLast = i == segments.length - 1;
      if (segments[i].equals("..") && !kept.isEmpty()) {
        kept.remove(kept.size() - 1);
      } else if (!segments[i].equals(".") && !segments[i].equals("..")) {
        kept.add(segments[i]);
        continue;
      }
      if (isLast) {
        kept.add("");
      }
    }
    return "/" + String.join("/", kept);
  }

  /** What the contract does not have, each as a sentence; none when all is well. */
  List<String> breaches(Exchange exchange) {
    var path = normalized(exchange.path());
    var operation = contract.operation(exchange.method(), path);
    var response = response(operation, exchange.status());
    if (response.isEmpty()) {
      return List.of("status " + exchange.status() + " is not documented for " + operation);
    }
    var breaches = new ArrayList<String>();
    if (exchange.status() < 300) {
      if (operation.isEmpty()) {
        return List.of("it was followed, but there is no such operation");
      }
      request(operation.get(), exchange, path, breaches);
    }
    headers(response.get(), exchange, breaches);
    body(response.get(), exchange, breaches);
    return breaches;
  }

  /** Documented for the operation, or for any request. */
  private Optional<List<JsonNode>> response(Optional<OpenApi.Operation> operation, int status) {
    var found = new ArrayList<JsonNode>();
    operation.ifPresent(it -> found.add(it.node().path("responses").path("" + status)));
    found.add(extension("x-retriever-any-request", status));
    if (operation.isEmpty()) {
      found.add(extension("x-retriever-no-operation", status));
    }
    var there = found.stream().filter(it -> !it.isMissingNode()).map(contract::followed).toList();
    return Optional.of(there).filter(it -> !it.isEmpty());
  }

  private JsonNode extension(String name, int status) {
    return contract.root().path(name).path("responses").path("" + status);
  }

  private void request(
      OpenApi.Operation operation, Exchange exchange, String path, List<String> breaches) {
    var inPath = OpenApi.values(operation.path(), path).orElseThrow();
    for (var parameter : operation.parameters()) {
      var name = parameter.path("name").asText();
      var values =
          switch (parameter.path("in").asText()) {
            case "path" -> List.of(decoded(inPath.get(name)));
            case "query" -> query(exchange.target(), name);
            default -> exchange.requestHeaders().getOrDefault(name, List.of());
          };
      if (values.isEmpty() && parameter.path("required").asBoolean()) {
        breaches.add("parameter " + name + " is required, but the request was followed without");
      }
      values.forEach(value -> check("parameter " + name, parameter, value, breaches));
    }
    var body = operation.node().path("requestBody");
    if (!body.isMissingNode() && exchange.requestBody() != null) {
      var schema = body.at("/content/application~1json/schema");
      checkJson("the body of the request", schema, exchange.requestBody(), breaches);
    }
  }

  private void check(String what, JsonNode documented, String value, List<String> breaches) {
    var schema = documented.path("schema");
    var type = contract.followed(schema).path("type").asText();
    contract
        .breaches(schema, typed(type, value))
        .forEach(breach -> breaches.add(what + " is '" + value + "': " + breach));
  }

  private static JsonNode typed(String type, String value) {
    if (type.equals("integer") && value.matches("\\d{1,18}")) {
      return LongNode.valueOf(Long.parseLong(value));
    }
    return type.equals("boolean")
        ? BooleanNode.valueOf(Boolean.parseBoolean(value))
        : TextNode.valueOf(value);
  }

  private static List<String> query(String target, String name) {
    var query = target.split("\\?", 2);
    var values = new ArrayList<String>();
    for (var pair : query.length < 2 ? new String[0] : query[1].split("&")) {
      var parts = pair.split("=", 2);
      if (parts.length == 2 && decoded(parts[0]).equals(name)) {
        values.add(decoded(parts[1].replace('+', ' ')));
      }
    }
    return values;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void headers(List<JsonNode> responses, Exchange exchange, List<String> breaches) {
    var documented = new TreeMap<String, JsonNode>(String.CASE_INSENSITIVE_ORDER);
    // Those of the answer itself say more, so they come after those of all answers.
    Stream.concat(Stream.of(contract.root().path("x-retriever-every-answer")), responses.stream())
        .forEach(
            response ->
                response
                    .path("headers")
                    .properties()
                    .forEach(it -> documented.put(it.getKey(), contract.followed(it.getValue()))));
    for (var header : exchange.headers().entrySet()) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      if (documented.containsKey(name)) {
        header
            .getValue()
            .forEach(value -> check("header " + name, documented.get(name), value, breaches));
      } else if (!OF_HTTP.contains(name) && !name.startsWith(":")) {
        breaches.add("header " + name + " is not documented");
      }
    }
    documented.forEach(
        (name, header) -> {
          if (header.path("required").asBoolean() && !exchange.headers().containsKey(name)) {
            breaches.add("header " + name + " is missing");
          }
        });
  }

  private void body(List<JsonNode> responses, Exchange exchange, List<String> breaches) {
    if (exchange.method().equals("HEAD")) {
      return;
    }
    var type = exchange.headers().getOrDefault("content-type", List.of("")).get(0).split(";")[0];
    var schemas =
        responses.stream()
            .map(it -> it.path("content").path(type.trim()).path("schema"))
            .filter(it -> !it.isMissingNode())
            .toList();
    if (schemas.isEmpty()) {
      if (!type.isEmpty() || !exchange.text().isEmpty()) {
        breaches.add("a body of type '" + type + "' is not documented");
      }
      return;
    }
    if (!type.endsWith("json")) {
      return;
    }
    var found = new ArrayList<List<String>>();
    for (var schema : schemas) {
      var each = new ArrayList<String>();
      checkJson("the body", schema, exchange.text(), each);
      found.add(each);
    }
    if (found.stream().noneMatch(List::isEmpty)) {
      breaches.addAll(found.get(0));
    }
    if (type.equals("application/problem+json")) {
      status(exchange, breaches);
    }
  }

  private static void status(Exchange exchange, List<String> breaches) {
    var said = parsed(exchange.text()).map(it -> it.path("status").asInt()).orElse(0);
    if (said != exchange.status()) {
      breaches.add("the problem says status " + said);
    }
  }

  void checkJson(String what, JsonNode schema, String text, List<String> breaches) {
    parsed(text)
        .ifPresentOrElse(
            json -> contract.breaches(schema, json).forEach(each -> breaches.add(what + each)),
            () -> breaches.add(what + " is no JSON"));
  }

  static Optional<JsonNode> parsed(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(it -> !it.isMissingNode());
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
