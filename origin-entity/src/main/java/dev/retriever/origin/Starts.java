package dev.retriever.origin;

import dev.retriever.alarms.Alarm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Room for attempts that are to start.
 *
 * @param granted by fetch id, the executor that has room for its next attempt
 * @param starved there was not room for all of them
 */
record Starts(Map<String, String> granted, boolean starved) {

  /**
   * @param room tells, by fetch id and attempt, which executor has room for it
   */
  static Starts of(
      OriginState state,
      List<Alarm<Guard>> starts,
      BiFunction<String, Integer, Optional<String>> room) {
    var granted = new LinkedHashMap<String, String>();
    for (var start : starts) {
      var id = start.payload().id();
      var executor = room.apply(id, state.pending(id).orElseThrow().nextNumber());
      if (executor.isEmpty()) {
        return new Starts(granted, true);
      }
      granted.put(id, executor.get());
    }
    return new Starts(granted, false);
  }
}
