package dev.retriever.cluster.callbacks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.http.Durations;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.executor.Header;
import dev.retriever.executor.InvalidRequest;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.callback.InvalidEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the settings of an endpoint strictly. What is left out has its default. */
final class EndpointReader {
  private EndpointReader() {}

  /**
   * The settings of that endpoint. The queue of one whose callbacks are ordered is named, and not
   * made.
   *
   * @throws Problem.Found naming the field that is unknown, has another type, or is out of its
   *     range
   */
  static EndpointSettings read(JsonNode json, EndpointKey key) {
    var fields = JsonFields.of(json, "");
    try {
      var settings =
          new EndpointSettings(
              fields.text("url").orElseThrow(() -> JsonFields.invalid("/url", "is missing")),
              keys(fields),
              algorithm(fields),
              fields.texts("events").<Set<String>>map(HashSet::new).orElse(EndpointSettings.EVENTS),
              payload(fields),
              fields
                  .texts("schedule")
                  .map(EndpointReader::schedule)
                  .orElse(EndpointSettings.SCHEDULE),
              fields.duration("timeout").orElse(EndpointSettings.TIMEOUT),
              fields.object("headers").map(EndpointReader::headers).orElse(List.of()),
              queue(fields, key));
      fields.nothingElse();
      return settings;
    } catch (InvalidEndpoint e) {
      throw JsonFields.invalid(e.pointer(), e.rule());
    } catch (InvalidRequest e) {
      throw JsonFields.invalid(e.pointer(), "is wrong: " + e.getMessage());
    }
  }

  private static List<String> keys(JsonFields fields) {
    var json =
        fields
            .field("keys")
            .orElseThrow(
                () ->
                    JsonFields.invalid(
                        "/keys",
                        "is missing; name a secret, such as [{\"secret\": \"cb-orders\"}]"));
    if (!json.isArray()) {
      throw JsonFields.invalid("/keys", "must be an array of {\"secret\": NAME}");
    }
    var keys = new ArrayList<String>();
    for (var i = 0; i < json.size(); i++) {
      var key = JsonFields.of(json.get(i), "/keys/" + i);
      keys.add(
          key.text("secret").orElseThrow(() -> JsonFields.invalid(key.at("secret"), "is missing")));
      key.nothingElse();
    }
    return keys;
  }

  private static Algorithm algorithm(JsonFields fields) {
    var label = fields.text("algorithm").orElse(Algorithm.V1.label());
    return Arrays.stream(Algorithm.values())
        .filter(it -> it.label().equals(label))
        .findAny()
        .orElseThrow(() -> JsonFields.invalid("/algorithm", "must be \"v1\" or \"v1a\""));
  }

  private static Payload payload(JsonFields fields) {
    return switch (fields.text("payload").orElse("thin")) {
      case "thin" -> Payload.THIN;
      case "full" -> Payload.FULL;
      default -> throw JsonFields.invalid("/payload", "must be \"thin\" or \"full\"");
    };
  }

  private static List<Duration> schedule(List<String> texts) {
    var schedule = new ArrayList<Duration>();
    for (var i = 0; i < texts.size(); i++) {
      var at = "/schedule/" + i;
      schedule.add(
          Durations.parse(texts.get(i))
              .orElseThrow(
                  () -> JsonFields.invalid(at, "must be a duration such as \"5s\" or \"24h\"")));
    }
    return schedule;
  }

  private static List<Header> headers(JsonFields fields) {
    var headers = new ArrayList<Header>();
    for (var name : fields.names()) {
      var value = fields.field(name).orElseThrow();
      headers.add(
          value.isTextual()
              ? new Header(name, value.textValue())
              : secret(name, JsonFields.of(value, fields.at(name))));
    }
    return headers;
  }

  private static Header secret(String name, JsonFields fields) {
    var prefix = fields.text("prefix").orElse("");
    var secret =
        fields
            .text("secret")
            .orElseThrow(() -> JsonFields.invalid(fields.at("secret"), "is missing"));
    fields.nothingElse();
    return new Header(name, prefix, Optional.of(secret));
  }

  private static Optional<String> queue(JsonFields fields, EndpointKey key) {
    var queue = fields.text("queue");
    if (queue.filter(name -> !QueueChoice.isName(name) || name.contains(":")).isPresent()) {
      throw JsonFields.invalid(
          "/queue", "must be the name of a queue: 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    return fields.flag("ordered").orElse(false) ? Optional.of(ordered(queue, key)) : queue;
  }

  private static String ordered(Optional<String> named, EndpointKey key) {
    var own =
        CallbackQueues.ordered(key)
            .orElseThrow(
                () ->
                    JsonFields.invalid(
                        "/ordered",
                        "needs a shorter name of the endpoint; or leave it out, and name a queue"
                            + " whose order is strict"));
    if (named.filter(it -> !it.equals(own)).isPresent()) {
      throw JsonFields.invalid(
          "/ordered",
          "has the queue "
              + own
              + "; leave /queue out, or leave /ordered out and name a queue whose order is strict");
    }
    return own;
  }
}
