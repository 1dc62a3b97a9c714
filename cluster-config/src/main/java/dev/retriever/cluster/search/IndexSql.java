package dev.retriever.cluster.search;

import dev.retriever.cluster.search.FetchFilter.Span;
import dev.retriever.cluster.search.FetchFilter.State;
import dev.retriever.origin.labels.Labels;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A statement on the index. This is the only place that makes one: each begins with the range of
 * ids of a tenant, and with the retention.
 */
final class IndexSql {
  private static final String COLUMNS =
      """
      f."persistence_id", f."place", f."row_number", f."fetch_id", f."state", f."stage",
      f."reason", f."status", f."attempts", f."method", f."host", f."queue", f."labels",
      f."accepted_at", f."not_before", f."settled_at"
      """;

  private static final String SCHEDULE =
      """
      f."persistence_id", f."schedule_id", f."generation", f."state", f."next_at", f."rule",
      f."zone", f."method", f."host"
      """;

  private final StringBuilder sql = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  private IndexSql() {}

  /**
   * What a statement is about.
   *
   * @param broad texts of those labels that have many fetches; they are not looked up, but compared
   */
  record Subject(SearchScope scope, FetchFilter filter, Set<String> broad, Instant now) {}

  /**
   * Where a page begins: after the fetch with that time, id and place, in descending order.
   *
   * @param until no later fetch is found; the same for all pages of a walk
   */
  record Place(Instant until, Optional<Key> after) {}

  /** The key of a fetch in the order of a list. */
  record Key(long time, String persistenceId, long place) {}

  /** A page of fetches, the newest first. */
  static IndexSql page(Subject of, Place from, int limit) {
    var it = new IndexSql();
    var time = of.filter().isSettled() ? "\"settled_at\"" : "\"accepted_at\"";
    it.add("SELECT " + COLUMNS);
    it.where(of);
    it.add(" AND f." + time + " <= ?", from.until().toEpochMilli());
    from.after().ifPresent(key -> it.after(time, key));
    it.add(
        " ORDER BY f." + time + " DESC, f.\"persistence_id\" DESC, f.\"place\" DESC LIMIT ?",
        limit);
    return it;
  }

  private void after(String time, Key key) {
    // The first condition is for H2, which finds no rows by the second one.
    add(" AND f." + time + " <= ?", key.time());
    add(
        " AND (f." + time + ", f.\"persistence_id\", f.\"place\") < (?, ?, ?)",
        key.time(),
        key.persistenceId(),
        key.place());
  }

  /** The fetches after a key, in the order of keys. What is written meanwhile is not missed. */
  static IndexSql walk(Subject of, Place from, int limit) {
    var it = new IndexSql();
    var time = of.filter().isSettled() ? "\"settled_at\"" : "\"accepted_at\"";
    it.add("SELECT " + COLUMNS);
    it.where(of);
    it.add(" AND f." + time + " <= ?", from.until().toEpochMilli());
    from.after()
        .ifPresent(
            key -> {
              it.add(" AND f.\"persistence_id\" >= ?", key.persistenceId());
              it.add(
                  " AND (f.\"persistence_id\", f.\"place\") > (?, ?)",
                  key.persistenceId(),
                  key.place());
            });
    it.add(" ORDER BY f.\"persistence_id\", f.\"place\" LIMIT ?", limit);
    return it;
  }

  /**
   * Counts by group, the largest first.
   *
   * @param most rows that are counted at most
   * @param groups that are told at most
   */
  static IndexSql count(Subject of, List<CountBy> by, int most, int groups) {
    var it = new IndexSql();
    var columns = by.stream().map(CountBy::column).collect(Collectors.joining(", "));
    it.add("SELECT " + columns + (by.isEmpty() ? "" : ", ") + "COUNT(*) AS \"number\" FROM (");
    it.add("SELECT " + (by.isEmpty() ? "f.\"place\"" : "f." + columns.replace(", ", ", f.")));
    it.where(of);
    it.add(" LIMIT ?) AS c", most);
    if (!by.isEmpty()) {
      it.add(" GROUP BY " + columns + " ORDER BY \"number\" DESC, " + columns + " LIMIT ?", groups);
    }
    return it;
  }

  /** How many fetches have that label, up to a limit. */
  static IndexSql width(SearchScope scope, String label, int most) {
    var it = new IndexSql();
    it.add("SELECT COUNT(*) FROM (SELECT 1 FROM \"fetch_label\" f WHERE");
    it.within(scope);
    it.add(" AND f.\"label\" = ? LIMIT ?) AS c", label, most);
    return it;
  }

  /** A page of schedules: those with the soonest tick first, or by origin and id. */
  static IndexSql schedules(
      SearchScope scope, ScheduleQuery query, Optional<ScheduleQuery.Key> after, int limit) {
    var it = new IndexSql();
    it.add("SELECT " + SCHEDULE + " FROM \"schedule\" f WHERE");
    it.within(scope);
    query.state().ifPresent(state -> it.add(" AND f.\"state\" = " + state.ordinal()));
    var order = query.soonest() ? "f.\"next_at\", " : "";
    if (query.soonest()) {
      // The first condition is for H2, which finds no rows by the second one.
      after.ifPresent(key -> it.add(" AND f.\"next_at\" >= ?", key.nextAt()));
      after.ifPresent(
          key ->
              it.add(
                  " AND (f.\"next_at\", f.\"persistence_id\", f.\"schedule_id\") > (?, ?, ?)",
                  key.nextAt(),
                  key.persistenceId(),
                  key.id()));
    } else {
      after.ifPresent(key -> it.add(" AND f.\"persistence_id\" >= ?", key.persistenceId()));
      after.ifPresent(
          key ->
              it.add(
                  " AND (f.\"persistence_id\", f.\"schedule_id\") > (?, ?)",
                  key.persistenceId(),
                  key.id()));
    }
    it.add(" ORDER BY " + order + "f.\"persistence_id\", f.\"schedule_id\" LIMIT ?", limit);
    return it;
  }

  private void where(Subject of) {
    var filter = of.filter();
    var scope = of.scope();
    add(" FROM \"fetch_index\" f WHERE");
    within(scope);
    if (filter.isSettled()) {
      add(" AND f.\"settled_at\" IS NOT NULL");
      scope.oldest().ifPresent(at -> add(" AND f.\"settled_at\" > ?", at.toEpochMilli()));
    } else {
      pending(filter.state(), of.now());
    }
    filter.outcome().ifPresent(type -> add(" AND f.\"state\" = " + (type.ordinal() + 1)));
    filter.stage().ifPresent(it -> add(" AND f.\"stage\" = ?", it));
    filter.reason().ifPresent(it -> add(" AND f.\"reason\" = ?", it));
    filter.status().ifPresent(it -> add(" AND f.\"status\" = ?", it));
    filter.method().ifPresent(it -> add(" AND f.\"method\" = ?", it));
    filter.host().ifPresent(it -> add(" AND f.\"host\" = ?", it));
    filter.queue().ifPresent(it -> add(" AND f.\"queue\" = ?", it));
    span("\"settled_at\"", filter.settled());
    span("\"accepted_at\"", filter.accepted());
    for (var label : Labels.texts(filter.labels())) {
      if (of.broad().contains(label)) {
        compared(label);
      } else {
        label(label);
      }
    }
  }

  private void within(SearchScope scope) {
    add(" f.\"persistence_id\" >= ? AND f.\"persistence_id\" < ?", scope.from(), scope.to());
    if (scope.isDefault()) {
      add(" AND POSITION('/' IN f.\"persistence_id\") = 0");
    }
  }

  private void pending(State state, Instant now) {
    add(" AND f.\"settled_at\" IS NULL");
    if (state == State.SCHEDULED) {
      add(" AND f.\"not_before\" > ?", now.toEpochMilli());
    } else {
      add(" AND (f.\"not_before\" IS NULL OR f.\"not_before\" <= ?)", now.toEpochMilli());
    }
  }

  private void span(String column, Span span) {
    span.after().ifPresent(at -> add(" AND f." + column + " > ?", at.toEpochMilli()));
    span.before().ifPresent(at -> add(" AND f." + column + " < ?", at.toEpochMilli()));
  }

  /** Looking up each of many rows takes longer than reading what the rows themselves have. */
  private void compared(String label) {
    add(" AND POSITION(? IN CHR(10) || f.\"labels\" || CHR(10)) > 0", "\n" + label + "\n");
  }

  private void label(String label) {
    add(
        " AND EXISTS (SELECT 1 FROM \"fetch_label\" l WHERE l.\"label\" = ?"
            + " AND l.\"persistence_id\" = f.\"persistence_id\" AND l.\"place\" = f.\"place\")",
        label);
  }

  private void add(String text, Object... parameters) {
    sql.append(text);
    values.addAll(List.of(parameters));
  }

  /** The statement, for the caller to execute and close. */
  PreparedStatement prepare(Connection connection) throws SQLException {
    var statement = connection.prepareStatement(sql.toString());
    try {
      for (var n = 0; n < values.size(); n++) {
        statement.setObject(n + 1, values.get(n));
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /** The statement without its values. */
  @Override
  public String toString() {
    return sql.toString();
  }
}
