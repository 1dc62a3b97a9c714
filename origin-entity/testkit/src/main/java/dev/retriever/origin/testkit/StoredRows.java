package dev.retriever.origin.testkit;

import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A journal in memory. It checks that no fetch settles twice. */
final class StoredRows {
  private final List<Object> rows = new ArrayList<>();
  private final Map<String, Outcome> outcomes = new HashMap<>();

  void write(List<Object> more) {
    for (var row : more) {
      rows.add(row);
      if (row instanceof FetchAccepted accepted) {
        outcomes.remove(accepted.fetchId()); // a fetch with that id was forgotten
      }
      if (row instanceof FetchSettled settled) {
        var before = outcomes.putIfAbsent(settled.fetchId(), settled.outcome());
        if (before != null) {
          throw new AssertionError(
              "fetch "
                  + settled.fetchId()
                  + " has settled twice, with "
                  + before
                  + " and with "
                  + settled.outcome()
                  + "; this is a mistake of the library");
        }
      }
    }
  }

  List<Object> all() {
    return List.copyOf(rows);
  }

  /** Counted from 1. */
  Object row(long number) {
    return rows.get((int) number - 1);
  }

  int size() {
    return rows.size();
  }

  /** The users' events, without rows of the library. */
  List<Object> users() {
    return rows.stream().filter(row -> !(row instanceof OriginEvent)).toList();
  }

  Optional<Outcome> outcome(String fetchId) {
    return Optional.ofNullable(outcomes.get(fetchId));
  }
}
