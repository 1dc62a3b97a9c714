package dev.retriever.cluster.search;

import dev.retriever.origin.schedules.ScheduleView;
import java.util.Map;
import java.util.Optional;

/**
 * Which schedules are listed, and in which order. Immutable.
 *
 * @param origin an id, or the beginning of ids and {@code *}
 * @param soonest whether those whose next tick comes first are listed first; otherwise by origin
 */
record ScheduleQuery(Optional<String> origin, Optional<ScheduleView.State> state, boolean soonest) {
  /** The key of a schedule in either order. */
  record Key(long nextAt, String persistenceId, String id) {}

  private static final String ORDER = "order";
  private static final String BY_ORIGIN = "origin";
  private static final String BY_TIME = "next";

  /**
   * Reads the terms of a query.
   *
   * @throws dev.retriever.cluster.http.Problem.Found if one is unknown or wrong
   */
  static ScheduleQuery read(Map<String, String> terms) {
    var reader = FilterReader.of(terms, "origin", "state", ORDER);
    var state = reader.oneOf("state", ScheduleView.State.values());
    var order = reader.term(ORDER).orElse(BY_ORIGIN);
    if (!order.equals(BY_ORIGIN) && !order.equals(BY_TIME)) {
      throw FilterReader.malformed("order must be one of [origin, next].");
    }
    var soonest = order.equals(BY_TIME);
    if (soonest && state.filter(it -> it != ScheduleView.State.ACTIVE).isPresent()) {
      throw FilterReader.malformed(
          "Only an active schedule has a next tick: leave out state, or order=next.");
    }
    var listed = soonest ? Optional.of(ScheduleView.State.ACTIVE) : state;
    return new ScheduleQuery(reader.origins(), listed, soonest);
  }

  /** What a cursor is bound to. */
  String terms() {
    return origin.orElse("") + " " + state + " " + soonest;
  }
}
