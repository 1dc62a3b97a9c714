package dev.retriever.cluster.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.executor.Utf8;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one JSON object field by field, and refuses unknown fields. Each error names the field by
 * its JSON pointer. Nothing is converted: a number is no string.
 */
public final class JsonFields {
  private final ObjectNode json;
  private final String pointer;
  private final Set<String> asked = new HashSet<>();

  private JsonFields(ObjectNode json, String pointer) {
    this.json = json;
    this.pointer = pointer;
  }

  public static JsonFields of(JsonNode json, String pointer) {
    if (json instanceof ObjectNode object) {
      return new JsonFields(object, pointer);
    }
    throw invalid(pointer, "must be an object");
  }

  public Optional<String> text(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isTextual()) {
                throw invalid(at(name), "must be a string");
              }
              return checked(name, node.textValue());
            });
  }

  /** Refuses unpaired surrogates. They have no UTF-8, so they could not be stored as sent. */
  private String checked(String name, String text) {
    if (!Utf8.isEncodable(text)) {
      throw invalid(at(name), "must be valid Unicode");
    }
    return text;
  }

  public Optional<Integer> integer(String name) {
    return field(name).map(node -> integer(node, at(name)));
  }

  /** {@code true} or {@code false}. */
  public Optional<Boolean> flag(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isBoolean()) {
                throw invalid(at(name), "must be true or false");
              }
              return node.booleanValue();
            });
  }

  public Optional<List<Integer>> integers(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isArray()) {
                throw invalid(at(name), "must be an array");
              }
              var list = new ArrayList<Integer>();
              for (var i = 0; i < node.size(); i++) {
                list.add(integer(node.get(i), at(name) + "/" + i));
              }
              return list;
            });
  }

  public Optional<List<String>> texts(String name) {
    return field(name)
        .map(
            node -> {
              if (!node.isArray()) {
                throw invalid(at(name), "must be an array");
              }
              var list = new ArrayList<String>();
              for (var i = 0; i < node.size(); i++) {
                if (!node.get(i).isTextual()) {
                  throw invalid(at(name) + "/" + i, "must be a string");
                }
                list.add(checked(name + "/" + i, node.get(i).textValue()));
              }
              return list;
            });
  }

  private static int integer(JsonNode node, String at) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw invalid(at, "must be a whole number");
    }
    return node.intValue();
  }

  public Optional<Duration> duration(String name) {
    return text(name)
        .map(
            text ->
                Durations.parse(text)
                    .orElseThrow(
                        () ->
                            invalid(
                                at(name),
                                "must be a duration such as \"250ms\", \"30s\", \"5m\", \"24h\" or"
                                    + " \"PT1M30S\"")));
  }

  /** A time as RFC 3339 has it, with any offset. */
  public Optional<Instant> time(String name) {
    return text(name)
        .map(
            text -> {
              try {
                return OffsetDateTime.parse(text).toInstant();
              } catch (DateTimeParseException e) {
                throw invalid(at(name), "must be a time such as \"2026-01-15T10:00:00Z\"");
              }
            });
  }

  public Optional<JsonFields> object(String name) {
    return field(name).map(node -> JsonFields.of(node, at(name)));
  }

  public Optional<JsonNode> field(String name) {
    asked.add(name);
    var node = json.get(name);
    if (node != null && node.isNull()) {
      throw invalid(at(name), "must not be null; leave it out instead");
    }
    return Optional.ofNullable(node);
  }

  /** All names, for an object whose names are data. */
  public List<String> names() {
    var names = new ArrayList<String>();
    json.fieldNames().forEachRemaining(names::add);
    asked.addAll(names);
    return names;
  }

  /** To be called last: a field that was not read is most likely misspelt. */
  public void nothingElse() {
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!asked.contains(name)) {
                throw invalid(
                    at(name), "is unknown; known here are " + asked.stream().sorted().toList());
              }
            });
  }

  public String at(String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  public static Problem.Found invalid(String at, String rule) {
    // The caller chooses the names, too.
    var pointer = Utf8.repaired(at);
    var field = pointer.isEmpty() ? "The body" : pointer;
    return Problem.of(ProblemType.VALIDATION_FAILED, pointer, field + " " + rule).found();
  }
}
