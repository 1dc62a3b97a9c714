package dev.retriever.cluster.search;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.cluster.api.FetchWriter;
import dev.retriever.cluster.http.Durations;
import dev.retriever.origin.index.ScheduleRow.Standing;
import dev.retriever.origin.schedules.ScheduleView;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** A schedule as the index has it. */
record FoundSchedule(String persistenceId, String id, Standing standing) {
  private static final ScheduleView.State[] STATES = ScheduleView.State.values();

  /** Of a row with the columns of {@link IndexSql#schedules}. */
  static FoundSchedule of(ResultSet row) throws SQLException {
    return new FoundSchedule(
        row.getString(1),
        row.getString(2),
        new Standing(
            row.getLong(3),
            STATES[row.getInt(4)],
            FoundFetch.time(row, 5),
            row.getString(6),
            Optional.ofNullable(row.getString(7)),
            row.getString(8),
            row.getString(9)));
  }

  ScheduleQuery.Key key() {
    var nextAt = standing.next().map(Instant::toEpochMilli).orElse(0L);
    return new ScheduleQuery.Key(nextAt, persistenceId, id);
  }

  ObjectNode json() {
    var json =
        JsonNodeFactory.instance
            .objectNode()
            .put("originId", SearchScope.originId(persistenceId))
            .put("id", id)
            .put("generation", standing.generation())
            .put("state", standing.state().name().toLowerCase(Locale.ROOT));
    standing.next().ifPresent(at -> json.put("next", FetchWriter.time(at)));
    standing
        .zone()
        .ifPresentOrElse(
            it -> json.put("cron", standing.rule()).put("zone", it),
            () -> json.put("every", Durations.text(Duration.parse(standing.rule()))));
    return json.put("method", standing.method()).put("host", standing.host());
  }
}
