package dev.retriever.cluster.queues;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.http.JsonFields;
import dev.retriever.cluster.http.Problem;
import dev.retriever.origin.queue.QueueOperations.Drain;
import dev.retriever.origin.queue.QueueOperations.Hold;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueOperations.Pause;
import dev.retriever.origin.queue.QueueOperations.Purge;
import dev.retriever.origin.queue.QueueOperations.Release;
import dev.retriever.origin.queue.QueueOperations.Resume;
import dev.retriever.origin.queue.QueueOperations.SetBreaker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Reads operations on a queue, each from its body. */
final class QueueOperationReader {
  private static final Duration LONGEST = Duration.ofDays(366);

  private static final int LONGEST_REASON = 256;

  /** In bytes. The key of a fetch without one is as long as the id of its origin. */
  private static final int LONGEST_KEY = 1_024;

  private final Map<String, Kind> kinds;

  /** Reads one kind of operation at a moment. */
  private interface Kind {
    Operation read(JsonFields fields, Instant now);
  }

  QueueOperationReader() {
    kinds =
        Map.of(
            "pause", (fields, now) -> new Pause(until(fields, now), reason(fields)),
            "resume", (fields, now) -> new Resume(),
            "drain", (fields, now) -> new Drain(),
            "hold",
                (fields, now) ->
                    new Hold(
                        until(fields, now).orElseThrow(() -> missing(fields, "until")),
                        reason(fields)),
            "release", (fields, now) -> new Release(),
            "purge", (fields, now) -> new Purge(before(fields, now), key(fields)),
            "breaker",
                (fields, now) ->
                    new SetBreaker(
                        QueueWords.mode(fields, "mode")
                            .orElseThrow(() -> missing(fields, "mode"))));
  }

  /** Whether there is an operation of that name. */
  boolean knows(String name) {
    return kinds.containsKey(name);
  }

  /**
   * @throws Problem.Found naming the field
   */
  Operation read(String name, JsonNode body, Instant now) {
    var fields = JsonFields.of(body, "");
    var operation = kinds.get(name).read(fields, now);
    fields.nothingElse();
    return operation;
  }

  private static Problem.Found missing(JsonFields fields, String name) {
    return JsonFields.invalid(fields.at(name), "is missing");
  }

  private static Optional<Instant> until(JsonFields fields, Instant now) {
    var until = fields.time("until");
    if (until.filter(at -> !at.isAfter(now)).isPresent()) {
      throw JsonFields.invalid(fields.at("until"), "must be in the future; it is " + now + " here");
    }
    if (until.filter(at -> at.isAfter(now.plus(LONGEST))).isPresent()) {
      throw JsonFields.invalid(
          fields.at("until"), "must be at most " + LONGEST.toDays() + " days ahead");
    }
    return until;
  }

  private static String reason(JsonFields fields) {
    var reason = fields.text("reason").orElseThrow(() -> missing(fields, "reason"));
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw JsonFields.invalid(
          fields.at("reason"), "must be 1 to " + LONGEST_REASON + " characters, not all blank");
    }
    return reason;
  }

  /** Without a time, all that has been accepted by now. */
  private static Instant before(JsonFields fields, Instant now) {
    var before = fields.time("before").orElse(now);
    if (before.isAfter(now)) {
      throw JsonFields.invalid(
          fields.at("before"), "must not be in the future; it is " + now + " here");
    }
    return before;
  }

  private static Optional<String> key(JsonFields fields) {
    var key = fields.text("key");
    if (key.filter(it -> !isKey(it)).isPresent()) {
      throw JsonFields.invalid(fields.at("key"), "must be 1 to " + LONGEST_KEY + " bytes");
    }
    return key;
  }

  private static boolean isKey(String key) {
    var bytes = key.getBytes(StandardCharsets.UTF_8).length;
    return bytes > 0 && bytes <= LONGEST_KEY;
  }
}
