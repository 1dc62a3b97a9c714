package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a target answered. Immutable.
 *
 * @param headers by lower-case name
 * @param body a copy; empty when there was none, or when it was left out
 * @param bodyOmitted how many bytes an event left out; read the fetch to have them
 */
public record HttpAnswer(
    int status, Map<String, List<String>> headers, byte[] body, Optional<Long> bodyOmitted) {

  /** Copies the body. */
  public HttpAnswer {
    headers = Map.copyOf(headers);
    body = body.clone();
  }

  @Override
  public byte[] body() {
    return body.clone();
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The first value of that header, whose name may have any case. */
  public Optional<String> header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
  }

  /** Whether the status is from 200 to 299. */
  public boolean isSuccess() {
    return status >= 200 && status <= 299;
  }

  @Override
  public String toString() {
    return status + ", " + body.length + " bytes";
  }

  /** Of an outcome that has a status. */
  static Optional<HttpAnswer> of(JsonNode outcome) {
    if (!outcome.has("status")) {
      return Optional.empty();
    }
    var headers = new LinkedHashMap<String, List<String>>();
    outcome
        .path("headers")
        .properties()
        .forEach(it -> headers.put(it.getKey(), all(it.getValue())));
    var body =
        outcome.has("bodyBase64")
            ? Base64.getDecoder().decode(outcome.path("bodyBase64").asText())
            : outcome.path("body").asText("").getBytes(StandardCharsets.UTF_8);
    var omitted = Optional.of(outcome.path("bodyOmitted")).filter(JsonNode::isNumber);
    return Optional.of(
        new HttpAnswer(
            outcome.path("status").asInt(), headers, body, omitted.map(JsonNode::asLong)));
  }

  private static List<String> all(JsonNode value) {
    var all = new ArrayList<String>();
    if (value.isArray()) {
      value.forEach(it -> all.add(it.asText()));
    } else {
      all.add(value.asText());
    }
    return List.copyOf(all);
  }
}
