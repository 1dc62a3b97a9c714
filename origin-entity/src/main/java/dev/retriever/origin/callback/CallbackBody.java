package dev.retriever.origin.callback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes the bodies of callbacks: pure functions of the callback, its origin and, for a full one,
 * the answer in the outcome's row. Bodies of a version that was once sent must never change.
 */
public final class CallbackBody {
  /** The most bytes of an answer's body that a full callback has, inclusive. */
  public static final int MOST = 64 * 1024;

  private static final String EVENT = "fetch.settled";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Why a full body has not the body of the answer. */
  private static final String RETENTION = "retention";

  private static final String SIZE = "size";
  private static final String ERASED = "erased";

  private CallbackBody() {}

  /** A body with the facts alone. */
  public static Body thin(String originId, Callback callback) {
    return written(message(originId, callback));
  }

  /**
   * A body with the answer too.
   *
   * @param answer of the outcome; empty when it had none
   */
  public static Body full(String originId, Callback callback, Optional<Response> answer) {
    var message = message(originId, callback);
    answer.ifPresent(it -> response(message.withObject("/data").putObject("response"), it));
    return written(message);
  }

  /** A full body without the answer, which is larger than {@link #MOST}. */
  public static Body tooLarge(String originId, Callback callback) {
    var message = message(originId, callback);
    message.withObject("/data").put("bodyOmitted", SIZE).put("bodyBytes", callback.facts().size());
    return written(message);
  }

  /** A full body without the answer, whose row is gone. */
  public static Body withoutRow(String originId, Callback callback) {
    var message = message(originId, callback);
    message.withObject("/data").put("bodyOmitted", RETENTION);
    return written(message);
  }

  /** A full body without the answer, which was erased. */
  public static Body erased(String originId, Callback callback) {
    var message = message(originId, callback);
    message.withObject("/data").put("bodyOmitted", ERASED);
    return written(message);
  }

  private static Body written(ObjectNode message) {
    try {
      return new Body(JSON.writeValueAsBytes(message));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the body of a callback cannot be written", e);
    }
  }

  private static ObjectNode message(String originId, Callback callback) {
    var facts = callback.facts();
    var message = JsonNodeFactory.instance.objectNode();
    message.put("type", EVENT).put("timestamp", time(facts.at()));
    var data = message.putObject("data");
    data.put("originId", originId).put("fetchId", facts.fetchId());
    data.put("outcome", facts.outcome());
    facts.stage().ifPresent(stage -> data.put("stage", stage));
    facts.reason().ifPresent(reason -> data.put("reason", reason));
    facts.status().ifPresent(status -> data.put("status", status));
    data.put("attempts", facts.attempts()).put("settledAt", time(facts.at()));
    data.put("sequence", facts.sequence()).put("life", time(facts.life()));
    data.putObject("links")
        .put("self", "/v1/origins/" + encoded(originId) + "/fetches/" + encoded(facts.fetchId()));
    return message;
  }

  private static void response(ObjectNode json, Response response) {
    json.put("status", response.status());
    json.set("headers", headers(response.headers()));
    utf8(response.body())
        .ifPresentOrElse(
            text -> json.put("body", text),
            () ->
                json.put(
                    "bodyBase64", Base64.getEncoder().encodeToString(response.body().bytes())));
  }

  /** By lower-case name: a string, or an array when the name came more than once. */
  private static ObjectNode headers(List<Header> headers) {
    var byName = new LinkedHashMap<String, List<String>>();
    for (var header : headers) {
      var name = header.name().toLowerCase(Locale.ROOT);
      byName.computeIfAbsent(name, it -> new ArrayList<>(1)).add(header.value());
    }
    var json = JsonNodeFactory.instance.objectNode();
    byName.forEach(
        (name, values) -> {
          if (values.size() == 1) {
            json.put(name, values.get(0));
          } else {
            values.forEach(json.putArray(name)::add);
          }
        });
    return json;
  }

  private static Optional<String> utf8(Body body) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body.bytes()));
      return Optional.of(text.toString()).filter(it -> it.indexOf('\0') < 0);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static String encoded(String id) {
    return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** RFC 3339 in UTC, to the millisecond. */
  private static String time(Instant at) {
    return DateTimeFormatter.ISO_INSTANT.format(at.truncatedTo(ChronoUnit.MILLIS));
  }
}
