package dev.retriever.cluster.search;

import dev.retriever.origin.Outcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A fetch as the index has it.
 *
 * @param row the journal row that it is as of
 * @param outcome the name of its kind; empty while it is pending
 * @param labels as texts
 */
record FoundFetch(
    String persistenceId,
    long place,
    long row,
    String fetchId,
    Optional<String> outcome,
    Optional<String> stage,
    Optional<String> reason,
    Optional<Integer> status,
    int attempts,
    String method,
    String host,
    Optional<String> queue,
    List<String> labels,
    Instant acceptedAt,
    Optional<Instant> notBefore,
    Optional<Instant> settledAt) {
  private static final Outcome.Type[] TYPES = Outcome.Type.values();

  static FoundFetch of(ResultSet row) throws SQLException {
    var labels = row.getString(13);
    return new FoundFetch(
        row.getString(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        outcome(row.getInt(5)),
        Optional.ofNullable(row.getString(6)),
        Optional.ofNullable(row.getString(7)),
        Optional.ofNullable(row.getObject(8)).map(it -> ((Number) it).intValue()),
        row.getInt(9),
        row.getString(10),
        row.getString(11),
        Optional.ofNullable(row.getString(12)),
        labels == null ? List.of() : List.of(labels.split("\n")),
        Instant.ofEpochMilli(row.getLong(14)),
        time(row, 15),
        time(row, 16));
  }

  /** The name of a state in the table; empty for a pending fetch. */
  static Optional<String> outcome(int state) {
    return state == 0
        ? Optional.empty()
        : Optional.of(TYPES[state - 1].name().toLowerCase(Locale.ROOT));
  }

  static Optional<Instant> time(ResultSet row, int column) throws SQLException {
    return Optional.ofNullable(row.getObject(column))
        .map(it -> Instant.ofEpochMilli(((Number) it).longValue()));
  }

  IndexSql.Key key() {
    return new IndexSql.Key(settledAt.orElse(acceptedAt).toEpochMilli(), persistenceId, place);
  }
}
