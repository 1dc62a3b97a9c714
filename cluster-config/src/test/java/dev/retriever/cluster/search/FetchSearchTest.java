package dev.retriever.cluster.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.search.IndexSql.Place;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.storage.IndexReads;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.IndexRow.End;
import dev.retriever.origin.index.IndexRows;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Searches over rows that were written before, in real databases. */
@ParameterizedClass
@EnumSource
class FetchSearchTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Caller ACME = caller("acme", "*");

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private Storage storage;
  private IndexReads reads;
  private FetchSearch search;

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(directory, database.settings()));
    storage.migrate();
    reads = new IndexReads(storage, Runnable::run);
    search = at(NOON);
  }

  @AfterEach
  void close() {
    reads.close();
  }

  private FetchSearch at(Instant now) {
    var clock = Clock.fixed(now, ZoneOffset.UTC);
    return new FetchSearch(reads, Optional.of(Duration.ofHours(24)), clock);
  }

  private static Caller caller(String tenant, String origins) {
    return new Caller(
        Caller.Method.KEY, "k", new Tenant(tenant), Role.ALL, new OriginPattern(origins));
  }

  /** A row that is changed step by step. */
  private static final class Row {
    private final String originId;
    private final long place;
    private String host = "a.example";
    private List<String> labels = List.of();
    private Optional<String> queue = Optional.empty();
    private Optional<Instant> notBefore = Optional.empty();
    private Optional<End> end = Optional.empty();

    Row(String originId, long place) {
      this.originId = originId;
      this.place = place;
    }

    Row host(String to) {
      host = to;
      return this;
    }

    Row labels(String... all) {
      labels = List.of(all);
      return this;
    }

    Row queue(String to) {
      queue = Optional.of(to);
      return this;
    }

    Row notBefore(Instant to) {
      notBefore = Optional.of(to);
      return this;
    }

    Row settled(Instant at, Outcome.Type type, String reason) {
      end =
          Optional.of(
              new End(at, type, Optional.of("sent"), Optional.of(reason), Optional.of(503), 2));
      return this;
    }

    IndexWrite write() {
      var row =
          new IndexRow(
              place,
              end.isPresent() ? 2 : 1,
              "f" + place,
              NOON.minusSeconds(place),
              notBefore,
              "GET",
              host,
              queue,
              labels,
              end);
      return IndexWrite.of("http|" + originId, new IndexRows(List.of(row)));
    }
  }

  private static Row unknown(String originId, long place, Instant at) {
    return new Row(originId, place).settled(at, Outcome.Type.UNKNOWN, "timeout");
  }

  private void write(Row... rows) throws SQLException {
    try (var connection = storage.connect()) {
      connection.setAutoCommit(false);
      for (var row : rows) {
        row.write().write(connection);
      }
      connection.commit();
    }
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static FetchFilter filter(String... namesAndValues) {
    var terms = new TreeMap<String, String>();
    for (var n = 0; n < namesAndValues.length; n += 2) {
      terms.put(namesAndValues[n], namesAndValues[n + 1]);
    }
    return FilterReader.read(terms);
  }

  private List<String> found(Caller caller, String... filter) {
    return ids(now(search.page(caller, filter(filter), Optional.empty(), 500)).items());
  }

  private static List<String> ids(List<FoundFetch> found) {
    return found.stream()
        .map(it -> SearchScope.originId(it.persistenceId()) + "/" + it.fetchId())
        .toList();
  }

  @Test
  void each_filter_narrows_the_fetches() throws SQLException {
    write(
        unknown("a", 1, NOON.minusSeconds(10)).host("b.example").labels("c=1", "d=1"),
        unknown("a", 2, NOON.minusSeconds(20)).queue("q").labels("c=1"),
        new Row("a", 3).settled(NOON.minusSeconds(30), Outcome.Type.FAILED, "refused"),
        new Row("a", 4).labels("c=1"),
        new Row("b", 5).notBefore(NOON.plusSeconds(60)));

    assertThat(found(Caller.OPEN)).containsExactly("a/f1", "a/f2", "a/f3");
    assertThat(found(Caller.OPEN, "outcome", "failed")).containsExactly("a/f3");
    assertThat(found(Caller.OPEN, "outcome", "answered")).isEmpty();
    assertThat(found(Caller.OPEN, "reason", "timeout", "stage", "sent", "status", "503"))
        .containsExactly("a/f1", "a/f2");
    assertThat(found(Caller.OPEN, "host", "B.example")).containsExactly("a/f1");
    assertThat(found(Caller.OPEN, "queue", "q", "method", "GET")).containsExactly("a/f2");
    assertThat(found(Caller.OPEN, "label.c", "1")).containsExactly("a/f1", "a/f2");
    assertThat(found(Caller.OPEN, "label.c", "1", "label.d", "1")).containsExactly("a/f1");
    assertThat(found(Caller.OPEN, "state", "pending")).containsExactly("a/f4");
    assertThat(found(Caller.OPEN, "state", "pending", "label.c", "1")).containsExactly("a/f4");
    assertThat(found(Caller.OPEN, "state", "scheduled")).containsExactly("b/f5");
    assertThat(found(Caller.OPEN, "settledAfter", "2030-01-01T11:59:40Z")).containsExactly("a/f1");
    assertThat(found(Caller.OPEN, "settledBefore", "2030-01-01T11:59:40Z")).containsExactly("a/f3");
    assertThat(found(Caller.OPEN, "acceptedAfter", "2030-01-01T11:59:58Z")).containsExactly("a/f1");
    assertThat(found(Caller.OPEN, "origin", "b*", "state", "scheduled")).containsExactly("b/f5");
    search = at(NOON.plusSeconds(60));
    assertThat(found(Caller.OPEN, "state", "pending")).containsExactly("a/f4", "b/f5");
  }

  @Test
  void a_caller_finds_what_its_tenant_and_its_pattern_allow_and_nothing_else() throws SQLException {
    write(
        unknown("order-1", 1, NOON.minusSeconds(1)),
        unknown("acme/order-1", 2, NOON.minusSeconds(2)),
        unknown("acme/order-10", 3, NOON.minusSeconds(3)),
        unknown("acme/user-1", 4, NOON.minusSeconds(4)),
        unknown("acme-2/order-1", 5, NOON.minusSeconds(5)),
        unknown("acmf/order-1", 6, NOON.minusSeconds(6)));

    assertThat(found(Caller.OPEN)).containsExactly("order-1/f1");
    assertThat(found(ACME)).containsExactly("order-1/f2", "order-10/f3", "user-1/f4");
    assertThat(found(caller("acme", "order-*"))).containsExactly("order-1/f2", "order-10/f3");
    assertThat(found(caller("acme", "order-1"))).containsExactly("order-1/f2");
    assertThat(found(caller("acme", "order-*"), "origin", "*"))
        .containsExactly("order-1/f2", "order-10/f3");
    assertThat(found(caller("acme", "order-*"), "origin", "order-10"))
        .containsExactly("order-10/f3");
    assertThat(found(caller("acme", "order-*"), "origin", "user-1")).isEmpty();
    assertThat(now(search.count(ACME, filter(), List.of())).total()).isEqualTo(3);
    assertThat(now(search.count(caller("acme", "order-1"), filter(), List.of())).total())
        .isEqualTo(1);
  }

  @Test
  void a_fetch_whose_retention_is_over_is_not_found() throws SQLException {
    write(
        unknown("a", 1, NOON.minus(Duration.ofHours(24))),
        unknown("a", 2, NOON.minus(Duration.ofHours(24)).plusMillis(1)));

    assertThat(found(Caller.OPEN)).containsExactly("a/f2");
    assertThat(now(search.count(Caller.OPEN, filter(), List.of())).total()).isEqualTo(1);
  }

  @Test
  void pages_have_each_fetch_once_though_many_settled_at_the_same_moment() throws SQLException {
    var expected = new ArrayList<String>();
    for (var n = 1; n <= 7; n++) {
      write(unknown("a", n, NOON.minusSeconds(9)), unknown("b", n, NOON.minusSeconds(9)));
      expected.add("a/f" + n);
      expected.add("b/f" + n);
    }

    for (var limit = 1; limit <= 15; limit++) {
      assertThat(walked(limit))
          .as("pages of %d", limit)
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void what_settles_during_a_walk_shifts_no_page() throws SQLException {
    for (var n = 1; n <= 6; n++) {
      write(unknown("a", n, NOON.minusSeconds(10 + n)));
    }
    var first = now(search.page(Caller.OPEN, filter(), Optional.empty(), 3));
    write(unknown("a", 7, NOON.minusSeconds(1)), unknown("a", 8, NOON.plusSeconds(1)));

    search = at(NOON.plusSeconds(5));
    var place = new Place(first.until(), first.next());
    var second = now(search.page(Caller.OPEN, filter(), Optional.of(place), 3));

    assertThat(ids(first.items())).containsExactly("a/f1", "a/f2", "a/f3");
    assertThat(ids(second.items())).containsExactly("a/f4", "a/f5", "a/f6");
    assertThat(second.next()).isEmpty();
    assertThat(second.until()).isEqualTo(first.until());
  }

  private List<String> walked(int limit) {
    var all = new ArrayList<String>();
    Optional<Place> from = Optional.empty();
    do {
      var page = now(search.page(Caller.OPEN, filter(), from, limit));
      all.addAll(ids(page.items()));
      var cursor = page.next().map(key -> SearchCursor.of(filter(), page.until(), key));
      from = cursor.map(text -> SearchCursor.read(text, filter()));
    } while (from.isPresent() && all.size() < 100);
    return all;
  }

  @Test
  void a_count_has_a_group_for_each_combination() throws SQLException {
    write(
        unknown("a", 1, NOON.minusSeconds(1)),
        unknown("a", 2, NOON.minusSeconds(1)),
        unknown("a", 3, NOON.minusSeconds(1)).host("b.example").queue("q"),
        new Row("a", 4).settled(NOON.minusSeconds(1), Outcome.Type.CANCELLED, "not-sent"));

    var count = now(search.count(Caller.OPEN, filter(), List.of(CountBy.OUTCOME, CountBy.HOST)));

    assertThat(count.total()).isEqualTo(4);
    assertThat(count.isAtLeast()).isFalse();
    assertThat(count.groups())
        .containsExactlyInAnyOrder(
            group(2, "unknown", "a.example"),
            group(1, "unknown", "b.example"),
            group(1, "cancelled", "a.example"));
    assertThat(now(search.count(Caller.OPEN, filter(), List.of(CountBy.QUEUE))).groups())
        .containsExactlyInAnyOrder(
            new FetchSearch.Group(List.of(Optional.empty()), 3), group(1, "q"));
    assertThat(now(search.count(Caller.OPEN, filter("host", "none"), List.of())).total()).isZero();
  }

  private static FetchSearch.Group group(long number, String... values) {
    return new FetchSearch.Group(
        java.util.Arrays.stream(values).map(Optional::of).toList(), number);
  }

  @Test
  void two_broad_labels_are_too_broad_and_one_is_not() throws SQLException {
    try (var connection = storage.connect();
        var insert =
            connection.prepareStatement(
                "INSERT INTO \"fetch_label\" (\"label\", \"persistence_id\", \"place\")"
                    + " VALUES (?, ?, ?)")) {
      connection.setAutoCommit(false);
      for (var n = 1; n <= 10_001; n++) {
        for (var label : List.of("a=1", "b=1")) {
          insert.setString(1, label);
          insert.setString(2, "http|x");
          insert.setLong(3, n);
          insert.addBatch();
        }
      }
      insert.executeBatch();
      connection.commit();
    }
    write(unknown("x", 7, NOON.minusSeconds(1)).labels("a=1", "b=1", "c=1"));

    assertThat(found(Caller.OPEN, "label.a", "1", "label.c", "1")).containsExactly("x/f7");
    write(unknown("x", 8, NOON.minusSeconds(2)).labels("a=10", "ba=1"));
    write(unknown("x", 9, NOON.minusSeconds(3)).labels("a=1"));
    assertThat(found(Caller.OPEN, "label.a", "1")).containsExactly("x/f7", "x/f9");
    assertThat(now(search.count(Caller.OPEN, filter("label.a", "1"), List.of())).total())
        .isEqualTo(2);
    assertThatThrownBy(() -> found(Caller.OPEN, "label.a", "1", "label.b", "1"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            Problem.Found.class,
            it -> assertThat(it.problem().type()).isEqualTo(ProblemType.TOO_BROAD));
    assertThat(found(caller("acme", "*"), "label.a", "1", "label.b", "1")).isEmpty();
  }

  @Test
  void a_search_that_takes_too_long_is_too_broad() {
    var slow =
        database == TestDatabase.H2
            ? "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 100000) a, SYSTEM_RANGE(1, 100000) b"
            : "SELECT pg_sleep(30)";

    assertThatThrownBy(
            () ->
                now(
                    reads.read(
                        connection -> {
                          try (var statement = connection.createStatement()) {
                            return statement.execute(slow);
                          }
                        })))
        .cause()
        .isInstanceOf(IndexReads.TookTooLong.class);
  }

  @Test
  void every_statement_begins_with_the_range_of_the_tenant_and_the_retention() {
    var scope = SearchScope.of(ACME, Optional.empty(), Optional.of(NOON));
    var filter = filter("outcome", "unknown", "label.a", "1");
    var place = new Place(NOON, Optional.empty());

    assertThat(List.of(scope.from(), scope.to())).containsExactly("http|acme/", "http|acme0");
    var subject = new IndexSql.Subject(scope, filter, Set.of(), NOON);
    for (var sql :
        List.of(
            IndexSql.page(subject, place, 5),
            IndexSql.walk(subject, place, 5),
            IndexSql.count(subject, List.of(CountBy.HOST), 5, 5))) {
      assertThat(sql.toString())
          .contains(
              "WHERE f.\"persistence_id\" >= ? AND f.\"persistence_id\" < ?"
                  + " AND f.\"settled_at\" IS NOT NULL AND f.\"settled_at\" > ?")
          .doesNotContain("OFFSET");
    }
    assertThat(Map.of("x", SearchScope.of(Caller.OPEN, Optional.empty(), Optional.empty())))
        .allSatisfy((name, of) -> assertThat(of.isDefault()).isTrue());
  }
}
