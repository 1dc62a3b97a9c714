package dev.retriever.cluster.search;

import dev.retriever.cluster.search.IndexSql.Key;
import dev.retriever.cluster.search.IndexSql.Place;
import dev.retriever.cluster.search.IndexSql.Subject;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.storage.IndexReads;
import dev.retriever.origin.labels.Labels;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** Finds and counts fetches of a caller. Thread-safe. */
public final class FetchSearch {
  /** A label of more fetches is broad, and a search may have one such label. */
  private static final int BROAD = 10_000;

  /** Fetches that are counted at most; then the answer is that there are at least so many. */
  static final int MOST_COUNTED = 100_000;

  /** Groups of a count that are told at most. */
  private static final int MOST_GROUPS = 1_000;

  private final SearchReads reads;
  private final Optional<Duration> retention;
  private final Clock clock;

  /**
   * @param retention of settled fetches; empty for ever
   */
  public FetchSearch(IndexReads reads, Optional<Duration> retention, Clock clock) {
    this.reads = new SearchReads(reads, "by times, an outcome, or a rarer label.");
    this.retention = retention;
    this.clock = clock;
  }

  /**
   * A page.
   *
   * @param next where the next one begins; empty if this is the last
   */
  record Page(List<FoundFetch> items, Instant until, Optional<Key> next, Instant now) {}

  /** One more than asked for is read, so that the last page is known to be the last. */
  CompletionStage<Page> page(Caller caller, FetchFilter filter, Optional<Place> from, int limit) {
    var now = clock.instant();
    var place = from.orElseGet(() -> new Place(now, Optional.empty()));
    var scope = SearchScope.of(caller, filter.origin(), oldest(now));
    return reads.read(
        connection -> {
          var subject = subject(connection, scope, filter, now);
          var found = fetches(connection, IndexSql.page(subject, place, limit + 1));
          var isLast = found.size() <= limit;
          var items = isLast ? found : found.subList(0, limit);
          var next =
              isLast ? Optional.<Key>empty() : Optional.of(items.get(items.size() - 1).key());
          return new Page(items, place.until(), next, now);
        });
  }

  /** The next fetches in the order of their keys. */
  CompletionStage<List<FoundFetch>> walk(Caller caller, FetchFilter filter, Place from, int limit) {
    var now = clock.instant();
    var scope = SearchScope.of(caller, filter.origin(), oldest(now));
    return reads.read(
        connection -> {
          var subject = subject(connection, scope, filter, now);
          return fetches(connection, IndexSql.walk(subject, from, limit));
        });
  }

  /**
   * A count.
   *
   * @param isAtLeast whether there may be more, also in groups that are not told
   */
  record Count(long total, boolean isAtLeast, List<Group> groups) {}

  /** The values in the order of what is counted by. */
  record Group(List<Optional<String>> values, long number) {}

  CompletionStage<Count> count(Caller caller, FetchFilter filter, List<CountBy> by) {
    var now = clock.instant();
    var scope = SearchScope.of(caller, filter.origin(), oldest(now));
    return reads.read(
        connection -> {
          var subject = subject(connection, scope, filter, now);
          var sql = IndexSql.count(subject, by, MOST_COUNTED + 1, MOST_GROUPS + 1);
          return counted(groups(connection, sql, by));
        });
  }

  private static Count counted(List<Group> all) {
    var total = all.stream().mapToLong(Group::number).sum();
    var told = all.subList(0, Math.min(all.size(), MOST_GROUPS));
    return new Count(
        Math.min(total, MOST_COUNTED), total > MOST_COUNTED || all.size() > MOST_GROUPS, told);
  }

  private Optional<Instant> oldest(Instant now) {
    return retention.map(now::minus);
  }

  /**
   * @throws dev.retriever.cluster.http.Problem.Found if two labels are broad
   */
  private static Subject subject(
      Connection connection, SearchScope scope, FetchFilter filter, Instant now)
      throws SQLException {
    var broad = new TreeSet<String>();
    for (var label : Labels.texts(filter.labels())) {
      if (width(connection, scope, label) > BROAD) {
        broad.add(label);
      }
    }
    if (broad.size() > 1) {
      throw FilterReader.tooBroad(
          "Each of these labels has more than %d fetches: %s. Search by one of them, and by others that are rarer."
              .formatted(BROAD, broad));
    }
    return new Subject(scope, filter, broad, now);
  }

  private static long width(Connection connection, SearchScope scope, String label)
      throws SQLException {
    try (var query = IndexSql.width(scope, label, BROAD + 1).prepare(connection);
        var rows = query.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static List<FoundFetch> fetches(Connection connection, IndexSql sql) throws SQLException {
    try (var query = sql.prepare(connection);
        var rows = query.executeQuery()) {
      var found = new ArrayList<FoundFetch>();
      while (rows.next()) {
        found.add(FoundFetch.of(rows));
      }
      return found;
    }
  }

  private static List<Group> groups(Connection connection, IndexSql sql, List<CountBy> by)
      throws SQLException {
    try (var query = sql.prepare(connection);
        var rows = query.executeQuery()) {
      var groups = new ArrayList<Group>();
      while (rows.next()) {
        var values = new ArrayList<Optional<String>>();
        for (var n = 0; n < by.size(); n++) {
          values.add(by.get(n).read(rows, n + 1));
        }
        groups.add(new Group(values, rows.getLong(by.size() + 1)));
      }
      return groups;
    }
  }
}
