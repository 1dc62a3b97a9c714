package dev.retriever.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a list. Immutable.
 *
 * @param next give it back with the same filters for the next page; empty on the last one
 */
public record Page<T>(List<T> items, Optional<String> next) {
  /** Copies the items. */
  public Page {
    items = List.copyOf(items);
  }

  static <T> Page<T> of(JsonNode json, String cursor, Function<JsonNode, T> read) {
    var items = new ArrayList<T>();
    json.path("items").forEach(it -> items.add(read.apply(it)));
    return new Page<>(items, ApiObject.text(json, cursor));
  }

  static Page<ApiObject> of(JsonNode json) {
    return of(json, "nextCursor", ApiObject::of);
  }
}
