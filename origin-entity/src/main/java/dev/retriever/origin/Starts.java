package dev.retriever.origin;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Room for the attempts that are due to start.
 *
 * @param granted by fetch id, the executor that has room for its next attempt
 * @param starved there was not room for all of them
 */
record Starts(Map<String, String> granted, boolean starved) {

  /**
   * @param limit look at so many of them at most
   * @param room tells, by fetch id and attempt, which executor has room for it
   */
  static Starts due(
      OriginState state,
      Instant now,
      int limit,
      BiFunction<String, Integer, Optional<String>> room) {
    var granted = new LinkedHashMap<String, String>();
    for (var start : state.starts().due(now, limit)) {
      var id = start.payload().fetchId();
      var executor = room.apply(id, state.pending(id).orElseThrow().nextNumber());
      if (executor.isEmpty()) {
        return new Starts(granted, true);
      }
      granted.put(id, executor.get());
    }
    return new Starts(granted, false);
  }
}
