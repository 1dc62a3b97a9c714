package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.storage.IndexRebuild;
import dev.retriever.cluster.storage.IndexRebuild.Count;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origins;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.erasure.ErasedRow;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.IndexRows;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.TickRule;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The index is the same when it is made anew from the journal, in real databases. */
@ParameterizedClass
@EnumSource
class IndexRebuildTest {
  private static final String ALL_SCHEDULES =
      "SELECT * FROM \"schedule\" ORDER BY \"persistence_id\", \"schedule_id\"";

  private static final String ALL =
      "SELECT * FROM \"fetch_index\" ORDER BY \"persistence_id\", \"place\"";
  private static final String LABELS = "SELECT * FROM \"fetch_label\" ORDER BY 1, 2, 3";

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private final TestTarget target = new TestTarget();
  private ActorSystem<Void> system;
  private Retriever retriever;
  private Origins<Void> orders;
  private String limits = "";

  @BeforeEach
  void start() {
    var config =
        Retriever.prepare(
            RunningNode.config(directory, database.settings(), RunningNode.MAY_CALL_LOOPBACK));
    system = ActorSystem.create(Behaviors.empty(), "indexed", config);
    retriever = Retriever.on(system);
    orders = retriever.origins(Tenant.ORIGIN_TYPE, new HttpOrigin());
    retriever.joinAlone();
    retriever.start();
  }

  @AfterEach
  void stop() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
    target.close();
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private FetchSpec spec(String path) {
    return FetchSpec.of(FetchRequest.get(target.url(path))).label("path", path);
  }

  private void settled(String origin, String fetch, FetchSpec spec) {
    Eventually.becomes(
        true,
        () -> {
          try {
            now(orders.submit(origin, fetch, spec));
            return now(orders.await(origin, fetch, Duration.ofSeconds(10)))
                .fetch()
                .flatMap(it -> it.outcome())
                .isPresent();
          } catch (RuntimeException e) {
            return false;
          }
        });
  }

  private Storage storage() {
    return Storage.from(ConfigFactory.parseString(limits).withFallback(system.settings().config()));
  }

  private List<String> read(String sql) throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = storage().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        var text = new StringBuilder();
        for (var n = 1; n <= rows.getMetaData().getColumnCount(); n++) {
          text.append(rows.getString(n)).append('|');
        }
        found.add(text.toString());
      }
    }
    return found;
  }

  private void execute(String sql) throws SQLException {
    try (var connection = storage().connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Count rebuilt(Predicate<String> indexed, Optional<Instant> oldest) throws SQLException {
    var counts = new ArrayList<Count>();
    new IndexRebuild(storage(), retriever::types, SerializationExtension.get(system), indexed)
        .run(oldest, () -> false, counts::add);
    return counts.stream().reduce(Count.NONE, Count::plus);
  }

  private void write(String id, IndexRow row) throws SQLException {
    try (var connection = storage().connect()) {
      connection.setAutoCommit(false);
      IndexWrite.of(id, new IndexRows(List.of(row))).write(connection);
      connection.commit();
    }
  }

  private static IndexRow row(long place, long row) {
    return new IndexRow(
        place,
        row,
        "other",
        Instant.EPOCH,
        Optional.empty(),
        "PUT",
        "h",
        Optional.empty(),
        List.of("stale=1"),
        Optional.empty());
  }

  private void schedule(String origin, String id, String cron) {
    var rule = TickRule.cron(cron, ZoneOffset.UTC);
    now(
        retriever
            .schedules(Tenant.ORIGIN_TYPE)
            .put(origin, id, ScheduleSpec.of(rule, spec("/ok"))));
  }

  @Test
  void schedules_are_listed_as_they_were_and_those_that_are_gone_are_not() throws SQLException {
    settled("a", "f1", spec("/ok"));
    schedule("a", "nightly", "30 2 * * *");
    schedule("a", "gone", "30 3 * * *");
    schedule("b", "nightly", "30 4 * * *");
    now(retriever.schedules(Tenant.ORIGIN_TYPE).remove("a", "gone"));
    var written = read(ALL_SCHEDULES);
    assertThat(written).hasSize(2);

    execute("UPDATE \"schedule\" SET \"rule\" = 'other' WHERE \"persistence_id\" = 'http|b'");
    execute("UPDATE \"schedule\" SET \"schedule_id\" = 'gone' WHERE \"persistence_id\" = 'http|a'");
    var count = rebuilt(type -> true, Optional.empty());

    assertThat(read(ALL_SCHEDULES)).isEqualTo(written);
    assertThat(count.rows()).isEqualTo(1 + 2);
    assertThat(count.deleted()).isEqualTo(1);
    assertThat(rebuilt(type -> false, Optional.empty()).deleted()).isEqualTo(1 + 2);
    assertThat(read(ALL_SCHEDULES)).isEmpty();
  }

  @Test
  void an_origin_that_writes_all_the_time_is_read_unless_its_schedules_change()
      throws SQLException {
    settled("a", "f0", spec("/ok"));
    var looks = new AtomicInteger();
    Supplier<Map<String, OriginHost<?>>> types =
        () -> {
          now(orders.submit("a", "f" + looks.incrementAndGet(), spec("/ok")));
          return retriever.types();
        };
    var counts = new ArrayList<Count>();

    new IndexRebuild(storage(), types, SerializationExtension.get(system), type -> true)
        .run(Optional.empty(), () -> false, counts::add);

    assertThat(looks.get()).isPositive();
    assertThat(counts).extracting(Count::unread).containsOnly(0L);
  }

  @Test
  void a_schedule_with_an_id_that_no_database_takes_is_listed_under_another_one()
      throws SQLException {
    schedule("a", "odd\0", "30 2 * * *");
    var written = read(ALL_SCHEDULES);
    assertThat(written).hasSize(1);

    var count = rebuilt(type -> true, Optional.empty());

    assertThat(read(ALL_SCHEDULES)).isEqualTo(written);
    assertThat(count.deleted()).isZero();
  }

  @Test
  void a_schedule_that_is_removed_while_its_origin_is_read_is_not_listed() throws SQLException {
    schedule("a", "nightly", "30 2 * * *");
    schedule("a", "gone", "30 3 * * *");
    var looks = new AtomicInteger();
    Supplier<Map<String, OriginHost<?>>> types =
        () -> {
          // The first look is whether the type is known, the second comes when the rows are read.
          if (looks.incrementAndGet() == 2) {
            now(retriever.schedules(Tenant.ORIGIN_TYPE).remove("a", "gone"));
          }
          return retriever.types();
        };

    new IndexRebuild(storage(), types, SerializationExtension.get(system), type -> true)
        .run(Optional.empty(), () -> false, count -> {});

    assertThat(looks.get()).isGreaterThanOrEqualTo(3);
    assertThat(read("SELECT \"schedule_id\" FROM \"schedule\"")).containsExactly("nightly|");
  }

  @Test
  void it_is_the_same_as_it_was_written() throws SQLException {
    settled("a", "f1", spec("/ok"));
    settled("a", "f2", spec("/status/503"));
    settled("b", "f1", spec("/ok"));
    now(orders.submit("b", "f2", spec("/never").within(Duration.ofHours(1))));
    now(orders.submit("b", "f3", spec("/ok").delay(Duration.ofHours(1))));
    now(orders.submit("b", "f4", spec("/ok").delay(Duration.ofHours(1))));
    now(orders.cancel("b", "f4"));
    var rows = read(ALL);
    var labels = read(LABELS);
    assertThat(rows).hasSize(6);
    assertThat(labels).hasSize(6);

    execute("DELETE FROM \"fetch_index\"");
    execute("DELETE FROM \"fetch_label\"");
    var count = rebuilt("http"::equals, Optional.empty());

    assertThat(withoutTimeOfBegin(read(ALL))).isEqualTo(withoutTimeOfBegin(rows));
    assertThat(read(LABELS)).isEqualTo(labels);
    assertThat(count).isEqualTo(new Count(2, 6, 0, 0, 0));
    assertThat(rebuilt("http"::equals, Optional.empty())).isEqualTo(count);
    assertThat(withoutTimeOfBegin(read(ALL))).isEqualTo(withoutTimeOfBegin(rows));
  }

  /** When a fetch was to begin is not kept once it has settled, and a scheduled one has its row. */
  private static List<String> withoutTimeOfBegin(List<String> rows) {
    return rows.stream()
        .map(
            row -> {
              var columns = row.split("\\|");
              columns[3] = columns[5].equals("0") ? "any" : columns[3];
              columns[15] = columns[5].equals("0") ? columns[15] : "any";
              return String.join("|", columns);
            })
        .toList();
  }

  @Test
  void a_row_that_was_written_meanwhile_stays_and_what_follows_from_nothing_goes()
      throws SQLException {
    settled("a", "f1", spec("/ok"));
    write("http|a", row(1, 1_000));
    write("http|a", row(2, 1));
    write("http|a", row(3, 1_000));

    var count = rebuilt("http"::equals, Optional.empty());

    assertThat(count.deleted()).isEqualTo(1);
    assertThat(read("SELECT \"place\", \"fetch_id\" FROM \"fetch_index\" ORDER BY \"place\""))
        .containsExactly("1|other|", "3|other|");
  }

  @Test
  void fetches_of_types_that_are_not_indexed_and_of_long_ago_are_not_in_it() throws SQLException {
    settled("a", "f1", spec("/ok"));
    execute("DELETE FROM \"fetch_index\"");

    assertThat(rebuilt("http"::equals, Optional.of(Instant.now().plusSeconds(60))).rows()).isZero();
    assertThat(rebuilt("http"::equals, Optional.of(Instant.now().minusSeconds(600))).rows())
        .isEqualTo(1);
    assertThat(rebuilt("shop"::equals, Optional.empty()).deleted()).isEqualTo(1);
    assertThat(read(ALL)).isEmpty();
    assertThat(read(LABELS)).isEmpty();
  }

  private interface Work {
    void run() throws SQLException;
  }

  /** Does the work while the index is made anew, and that waits for a row that is locked. */
  private Count rebuiltWhile(Connection locking, String lock, Work work) throws SQLException {
    locking.setAutoCommit(false);
    try (var statement = locking.createStatement()) {
      statement.execute(lock);
      var count =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return rebuilt("http"::equals, Optional.empty());
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      Eventually.becomes(true, () -> TestLocks.isWaiting(storage()));
      work.run();
      return now(count);
    }
  }

  @Test
  void an_origin_whose_rows_are_in_use_is_left_and_the_next_one_is_made_anew() throws SQLException {
    settled("a", "f1", spec("/ok"));
    settled("b", "f1", spec("/ok"));
    execute("DELETE FROM \"fetch_index\" WHERE \"persistence_id\" = 'http|b'");

    try (var locking = storage().connect()) {
      limits = "retriever.node.db.limits.one-off.statement = 1 s";
      var count =
          rebuiltWhile(
              locking,
              "UPDATE \"fetch_index\" SET \"row_number\" = 0 WHERE \"persistence_id\" = 'http|a'",
              () -> {});

      assertThat(count).isEqualTo(new Count(1, 1, 0, 0, 1));
      locking.rollback();
    }
    assertThat(read(ALL)).hasSize(2);
  }

  @Test
  void no_row_that_was_written_is_locked_while_others_are_deleted() throws SQLException {
    settled("a", "f1", spec("/ok"));
    execute("DELETE FROM \"fetch_index\"");
    write("http|a", row(7, 1));

    try (var locking = storage().connect();
        var writing = storage().connect()) {
      writing.setAutoCommit(false);
      var count =
          rebuiltWhile(
              locking,
              "SELECT * FROM \"fetch_index\" WHERE \"place\" = 7 FOR UPDATE",
              () -> {
                assertThat(read("SELECT \"place\" FROM \"fetch_index\" ORDER BY 1"))
                    .containsExactly("1|", "7|");
                locking.rollback();
              });

      assertThat(count).isEqualTo(new Count(1, 1, 1, 0, 0));
    }
  }

  @Test
  void labels_that_are_erased_meanwhile_are_not_in_it() throws SQLException {
    settled("a", "f1", spec("/ok"));
    execute("DELETE FROM \"fetch_index\"");
    execute("DELETE FROM \"fetch_label\"");

    try (var eraser = storage().connect()) {
      rebuiltWhile(
          eraser,
          "SELECT * FROM \"event_journal\" WHERE \"sequence_number\" = 1 FOR UPDATE",
          () -> {
            eraseAcceptance(eraser);
            eraser.commit();
          });
      eraser.setAutoCommit(true);
      IndexDeletes.labels(eraser, "http|a", 1);
    }

    assertThat(read(LABELS)).isEmpty();
    assertThat(read("SELECT \"labels\" FROM \"fetch_index\"")).containsExactly("null|");
  }

  /** As the eraser does it. */
  private void eraseAcceptance(Connection connection) throws SQLException {
    var serialization = SerializationExtension.get(system);
    try (var query =
            connection.prepareStatement(
                "SELECT \"event_ser_id\", \"event_ser_manifest\", \"event_payload\""
                    + " FROM \"event_journal\" WHERE \"sequence_number\" = 1");
        var update =
            connection.prepareStatement(
                "UPDATE \"event_journal\" SET \"event_payload\" = ? WHERE \"sequence_number\" = 1");
        var row = query.executeQuery()) {
      row.next();
      var event = serialization.deserialize(row.getBytes(3), row.getInt(1), row.getString(2)).get();
      var erased = ErasedRow.of(event, "f1").orElseThrow();
      update.setBytes(1, serialization.serialize(erased).get());
      update.executeUpdate();
    }
  }
}
