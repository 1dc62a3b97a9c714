package dev.retriever.cluster.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.Durations;
import dev.retriever.origin.schedules.ScheduleView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A schedule as the index has it.
 *
 * @param rule a cron expression if there is a zone, else a period
 */
record FoundSchedule(
    String persistenceId,
    String id,
    long generation,
    ScheduleView.State state,
    Optional<Instant> next,
    String rule,
    Optional<String> zone,
    String method,
    String host) {
  private static final ScheduleView.State[] STATES = ScheduleView.State.values();

  /** Of a row with the columns in the order of the components. */
  static FoundSchedule of(ResultSet row) throws SQLException {
    return new FoundSchedule(
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        STATES[row.getInt(4)],
        FoundFetch.time(row, 5),
        row.getString(6),
        Optional.ofNullable(row.getString(7)),
        row.getString(8),
        row.getString(9));
  }

  ScheduleQuery.Key key() {
    return new ScheduleQuery.Key(next.map(Instant::toEpochMilli).orElse(0L), persistenceId, id);
  }

  ObjectNode json() {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("originId", SearchScope.originId(persistenceId))
            .put("id", id)
            .put("generation", generation)
            .put("state", state.name().toLowerCase(Locale.ROOT));
    next.ifPresent(at -> json.put("next", FetchWriter.time(at)));
    zone.ifPresentOrElse(
        it -> json.put("cron", rule).put("zone", it),
        () -> json.put("every", Durations.text(Duration.parse(rule))));
    return json.put("method", method).put("host", host);
  }
}
