package dev.retriever.client.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.client.problem.ProblemException.FieldFault;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/**
 * The answer to a call.
 *
 * @param json missing when it has no body
 */
public record CallReply(int status, HttpHeaders headers, JsonNode json) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN_OF_TEXT = 200;

  /**
   * @throws IOException if it should be JSON and is not
   */
  static CallReply of(int status, HttpHeaders headers, byte[] body) throws IOException {
    var isJson = headers.firstValue("content-type").orElse("").contains("json");
    if (body.length > 0 && isJson) {
      return new CallReply(status, headers, parsed(body));
    }
    if (status < 400) {
      return new CallReply(status, headers, MissingNode.getInstance());
    }
    var text = new String(body, StandardCharsets.UTF_8).strip();
    var shown = text.length() > SHOWN_OF_TEXT ? text.substring(0, SHOWN_OF_TEXT) + "…" : text;
    var detail = shown.isEmpty() ? "the answer has no text" : shown;
    return new CallReply(status, headers, JSON.createObjectNode().put("detail", detail));
  }

  private static JsonNode parsed(byte[] body) throws IOException {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      // without the parser's message, which quotes the text
      throw new IOException("the answer is not the JSON that it says it is");
    }
  }

  boolean isFollowed() {
    return status < 300;
  }

  /** When the node asks to be called again; dates are not understood. */
  Optional<Duration> retryAfter() {
    return headers
        .firstValue("retry-after")
        .filter(it -> it.matches("\\d{1,9}"))
        .map(it -> Duration.ofSeconds(Long.parseLong(it)));
  }

  /** The problem that it is. */
  ProblemException problem() {
    var type = json.path("type").asText("");
    var faults = new ArrayList<FieldFault>();
    json.path("errors")
        .forEach(
            it ->
                faults.add(
                    new FieldFault(it.path("pointer").asText(), it.path("detail").asText())));
    return new ProblemException(
        status,
        type.substring(type.lastIndexOf('/') + 1).replace("about:blank", ""),
        json.path("detail").asText(json.path("title").asText("")),
        faults,
        retryAfter());
  }
}
