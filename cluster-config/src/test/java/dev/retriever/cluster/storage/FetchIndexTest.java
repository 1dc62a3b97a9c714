package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.TestLocks;
import dev.retriever.cluster.callbacks.rows.CallbackWrite;
import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.metrics.JournalMeter;
import dev.retriever.cluster.storage.Tombstones.Tombstone;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.origin.OriginEvent.OriginForgotten;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.IndexRows;
import dev.retriever.origin.index.ScheduleRow;
import dev.retriever.origin.schedules.ScheduleView;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.serialization.SerializationExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import scala.jdk.javaapi.FutureConverters;

/** Rows of the index of fetches with their journal rows, in real databases. */
@ParameterizedClass
@EnumSource
class FetchIndexTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private Storage storage;

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(directory, database.settings()));
    TestWriter.migrated(storage);
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private static IndexRow open(long place, long row, String... labels) {
    return new IndexRow(
        place,
        row,
        "f" + place,
        NOON,
        Optional.of(NOON.plusSeconds(1)),
        "GET",
        "a.example",
        Optional.of("q"),
        List.of(labels),
        Optional.empty());
  }

  private static IndexRow settled(long place, long row, Instant at, String... labels) {
    var it = open(place, row, labels);
    return new IndexRow(
        it.place(),
        it.row(),
        it.fetchId(),
        it.acceptedAt(),
        it.notBefore(),
        it.method(),
        it.host(),
        it.queue(),
        it.labels(),
        Optional.of(
            new IndexRow.End(
                at,
                Outcome.Type.UNKNOWN,
                Optional.of("headers"),
                Optional.of("timeout"),
                Optional.of(200),
                3)));
  }

  private static JournalWrite write(String id, long row, IndexRow... rows) {
    return new JournalWrite(
        List.of(PostgresWriteTest.row(id, row)),
        new TreeMap<>(),
        QueueWrite.NONE,
        IndexWrite.of(id, new IndexRows(List.of(rows))),
        CallbackWrite.NONE);
  }

  private void execute(Connection connection, JournalWrite write) throws SQLException {
    if (database == TestDatabase.H2) {
      JournalWrite.rowByRow(connection, write, TestWriter.WRITER);
    } else {
      PostgresWrite.execute(connection, write, TestWriter.WRITER);
    }
  }

  private void commit(JournalWrite write) throws SQLException {
    try (var connection = storage.connect()) {
      execute(connection, write);
    }
  }

  private List<String> read(String sql) throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = storage.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        var text = new ArrayList<String>();
        for (var n = 1; n <= rows.getMetaData().getColumnCount(); n++) {
          text.add(String.valueOf(rows.getString(n)));
        }
        found.add(String.join(" ", text));
      }
    }
    return found;
  }

  private List<String> index() throws SQLException {
    return read(
        "SELECT \"persistence_id\", \"place\", \"row_number\", \"state\" FROM \"fetch_index\""
            + " ORDER BY \"persistence_id\", \"place\"");
  }

  private List<String> labels() throws SQLException {
    return read(
        "SELECT \"label\", \"persistence_id\", \"place\" FROM \"fetch_label\""
            + " ORDER BY \"label\", \"persistence_id\", \"place\"");
  }

  @Test
  void an_accepted_fetch_is_there_with_its_journal_row() throws SQLException {
    commit(write("http|a", 1, open(1, 1, "a=1", "b=2")));

    assertThat(read("SELECT * FROM \"fetch_index\""))
        .containsExactly(
            "http|a 1 1 f1 0 null null null 0 GET a.example q a=1\nb=2 %d %d null"
                .formatted(NOON.toEpochMilli(), NOON.toEpochMilli() + 1000));
    assertThat(labels()).containsExactly("a=1 http|a 1", "b=2 http|a 1");
  }

  @Test
  void a_settlement_replaces_the_row_of_the_acceptance() throws SQLException {
    commit(write("http|a", 1, open(1, 1, "a=1")));
    commit(write("http|a", 2, settled(1, 2, NOON, "a=1")));

    assertThat(read("SELECT * FROM \"fetch_index\""))
        .containsExactly(
            "http|a 1 2 f1 3 headers timeout 200 3 GET a.example q a=1 %1$d %2$d %1$d"
                .formatted(NOON.toEpochMilli(), NOON.toEpochMilli() + 1000));
    assertThat(labels()).containsExactly("a=1 http|a 1");
  }

  @Test
  void labels_are_written_with_the_first_row_of_a_fetch_alone() throws SQLException {
    commit(write("http|a", 1, open(1, 1, "a=1"), open(2, 1, "a=1")));
    try (var connection = storage.connect();
        var delete = connection.createStatement()) {
      delete.execute("DELETE FROM \"fetch_label\"");
    }

    commit(write("http|a", 2, settled(1, 2, NOON, "a=1"), open(3, 2, "b=2")));
    assertThat(labels()).containsExactly("b=2 http|a 3");

    try (var connection = storage.connect()) {
      IndexWrite.of("http|a", new IndexRows(List.of(settled(1, 2, NOON, "a=1"))))
          .repair(connection);
    }
    assertThat(labels()).containsExactly("a=1 http|a 1", "b=2 http|a 3");
  }

  @Test
  void a_settlement_is_there_whole_though_its_acceptance_was_not() throws SQLException {
    commit(write("http|a", 2, settled(1, 2, NOON, "a=1")));

    assertThat(index()).containsExactly("http|a 1 2 3");
    assertThat(labels()).containsExactly("a=1 http|a 1");
  }

  @Test
  void an_older_row_never_replaces_a_newer_one() throws SQLException {
    commit(write("http|a", 2, settled(1, 2, NOON)));
    commit(write("http|a", 3, open(1, 1)));

    assertThat(index()).containsExactly("http|a 1 2 3");
  }

  @Test
  void of_several_changes_in_a_batch_the_latest_counts() throws SQLException {
    commit(
        JournalWrite.together(
            List.of(
                write("http|b", 1, open(2, 1), open(1, 1)),
                write("http|a", 1, open(1, 1)),
                write("http|b", 2, settled(1, 2, NOON)))));

    assertThat(index()).containsExactly("http|a 1 1 0", "http|b 1 2 3", "http|b 2 1 0");
  }

  @Test
  void a_writer_that_was_replaced_changes_no_row() throws Exception {
    commit(write("http|a", 1, open(1, 1)));
    var connections = storage.connections().pool(ConnectionSettings.Use.JOURNAL, 2);
    var writers =
        new JournalWriters(
            connections::get,
            this::execute,
            new JournalWriters.Limits(1, 100, 1_000_000, 100),
            new ByteAccount(1_000_000),
            JournalMeter.NONE);

    var stale = FutureConverters.asJava(writers.write(write("http|a", 1, settled(1, 2, NOON))));
    var other = FutureConverters.asJava(writers.write(write("http|b", 1, open(1, 1))));

    assertThatThrownBy(() -> stale.toCompletableFuture().get(60, TimeUnit.SECONDS))
        .hasMessageContaining("cannot be written");
    other.toCompletableFuture().get(60, TimeUnit.SECONDS);
    assertThat(index()).containsExactly("http|a 1 1 0", "http|b 1 1 0");
    writers.stop();
    connections.close();
  }

  @Test
  void a_write_whose_row_in_the_index_is_refused_writes_no_journal_row() throws SQLException {
    var it = open(1, 1);
    var refused =
        new IndexRow(
            1,
            1,
            "f",
            it.acceptedAt(),
            Optional.empty(),
            "A-METHOD-THAT-THERE-IS-NOT",
            "h",
            Optional.empty(),
            List.of(),
            Optional.empty());

    assertThatThrownBy(() -> commit(write("http|a", 1, refused))).isInstanceOf(SQLException.class);

    assertThat(read("SELECT \"persistence_id\" FROM \"event_journal\"")).isEmpty();
    assertThat(index()).isEmpty();
  }

  @Test
  void a_text_that_a_database_refuses_does_not_fail_the_journal() throws SQLException {
    var odd = open(1, 1);
    var row =
        new IndexRow(
            1,
            1,
            "x\0y" + "z".repeat(300),
            odd.acceptedAt(),
            Optional.empty(),
            "GET",
            "h",
            Optional.empty(),
            List.of(),
            Optional.of(
                new IndexRow.End(
                    NOON,
                    Outcome.Type.FAILED,
                    Optional.empty(),
                    Optional.of("r".repeat(100)),
                    Optional.empty(),
                    1)));

    commit(write("shop|a", 1, row));

    assertThat(index()).containsExactly("shop|a 1 1 2");
  }

  private long delete(long before, int limit) throws SQLException {
    try (var connection = storage.connect()) {
      return IndexDeletes.settledBefore(connection, before, limit);
    }
  }

  @Test
  void rows_of_fetches_that_settled_long_ago_go_with_their_labels() throws SQLException {
    commit(
        write(
            "http|a",
            1,
            settled(1, 1, NOON, "a=1", "b=1"),
            settled(2, 1, NOON.plusMillis(1), "a=1"),
            settled(3, 1, NOON.plusMillis(2), "a=1"),
            open(4, 1, "a=1")));

    assertThat(delete(NOON.toEpochMilli() + 2, 1)).isEqualTo(1);
    assertThat(labels()).containsExactly("a=1 http|a 2", "a=1 http|a 3", "a=1 http|a 4");
    assertThat(delete(NOON.toEpochMilli() + 2, 10)).isEqualTo(1);
    assertThat(delete(NOON.toEpochMilli() + 2, 10)).isZero();

    assertThat(index()).containsExactly("http|a 3 1 3", "http|a 4 1 0");
    assertThat(labels()).containsExactly("a=1 http|a 3", "a=1 http|a 4");
  }

  @Test
  void the_purge_deletes_the_rows_of_fetches_that_settled_before_its_age() throws SQLException {
    commit(write("http|a", 1, settled(1, 1, NOON, "a=1"), settled(2, 1, NOON.plusSeconds(9))));

    new Purge(storage, Optional.of(Duration.ofHours(2)), 1)
        .run(NOON.plusSeconds(7205), () -> false, count -> {});

    assertThat(index()).containsExactly("http|a 2 1 3");
    assertThat(labels()).isEmpty();
  }

  @Test
  void a_forgotten_origin_is_not_in_the_index() throws SQLException {
    commit(write("http|a", 1, settled(1, 1, NOON, "a=1"), open(2, 1, "a=1")));
    commit(write("http|ab", 1, open(1, 1, "a=1")));
    commit(write(2, schedule("x", ScheduleView.State.ENDED)));
    var licence = new JournalLicence(TestWriter.WRITER, () -> {});
    var tombstones = new Tombstones(storage, SerializationExtension.get(KIT.system()), licence);

    try (var connection = storage.connect()) {
      var forgotten = new OriginForgotten(3, 2, 1, NOON);
      tombstones.write(connection, List.of(new Tombstone("http|a", forgotten)), NOON);
    }

    assertThat(index()).containsExactly("http|ab 1 1 0");
    assertThat(labels()).containsExactly("a=1 http|ab 1");
    assertThat(schedules()).isEmpty();
  }

  @Test
  void labels_that_were_erased_are_not_written_again_by_an_older_row() throws SQLException {
    commit(write("http|a", 1, open(1, 1, "a=1"), open(2, 1, "a=1")));
    commit(write("http|a", 2, settled(1, 2, NOON, "a=1")));
    try (var connection = storage.connect()) {
      IndexDeletes.labels(connection, "http|a", 1);
    }

    commit(write("http|a", 3, settled(1, 2, NOON, "a=1"), open(2, 1, "a=1")));
    commit(write("http|a", 4, open(1, 1, "a=1")));

    assertThat(labels()).containsExactly("a=1 http|a 2");
    assertThat(read("SELECT \"place\", \"labels\" FROM \"fetch_index\" ORDER BY \"place\""))
        .containsExactly("1 null", "2 a=1");
  }

  @Test
  void a_row_that_another_transaction_inserts_at_the_same_time_is_replaced_by_a_newer_one()
      throws SQLException {
    try (var first = storage.connect()) {
      first.setAutoCommit(false);
      IndexWrite.of("http|a", new IndexRows(List.of(open(1, 1, "a=1")))).write(first);
      var second = CompletableFuture.runAsync(this::writeSecond);
      Eventually.becomes(true, () -> TestLocks.isWaiting(storage));
      first.commit();
      second.join();
    }

    assertThat(index()).containsExactly("http|a 1 2 3");
    assertThat(labels()).containsExactly("a=1 http|a 1");
  }

  private static JournalWrite write(long row, ScheduleRow... schedules) {
    return new JournalWrite(
        List.of(PostgresWriteTest.row("http|a", row)),
        new TreeMap<>(),
        QueueWrite.NONE,
        IndexWrite.of("http|a", new IndexRows(List.of(), List.of(schedules))),
        CallbackWrite.NONE);
  }

  private static ScheduleRow schedule(String id, ScheduleView.State state) {
    return new ScheduleRow(
        id,
        Optional.of(
            new ScheduleRow.Standing(
                7, state, Optional.of(NOON), "PT1H", Optional.empty(), "GET", "a.example")));
  }

  private List<String> schedules() throws SQLException {
    return read("SELECT \"schedule_id\", \"state\" FROM \"schedule\" ORDER BY 1");
  }

  @Test
  void of_a_schedule_the_last_row_stands_until_it_is_removed() throws SQLException {
    var active = ScheduleView.State.ACTIVE;
    commit(write(1, schedule("x", active), schedule("y\0", active)));
    commit(
        JournalWrite.together(
            List.of(
                write(2, schedule("x", active)),
                write(3, schedule("x", ScheduleView.State.PAUSED)))));
    assertThat(schedules()).containsExactly("x 1", "y\ufffd 0");

    commit(
        JournalWrite.together(
            List.of(
                write(4, new ScheduleRow("x", Optional.empty())),
                write(5, new ScheduleRow("y\0", Optional.empty())),
                write(6, schedule("y\0", active)))));
    assertThat(schedules()).containsExactly("y\ufffd 0");
  }

  @Test
  void a_schedule_that_another_transaction_writes_at_the_same_time_is_removed_after_it()
      throws SQLException {
    try (var first = storage.connect()) {
      first.setAutoCommit(false);
      var made = new IndexRows(List.of(), List.of(schedule("x", ScheduleView.State.ACTIVE)));
      IndexWrite.of("http|a", made).write(first);
      var second =
          CompletableFuture.runAsync(
              () -> second(write(1, new ScheduleRow("x", Optional.empty()))));
      Eventually.becomes(true, () -> TestLocks.isWaiting(storage));
      first.commit();
      second.join();
    }

    assertThat(schedules()).isEmpty();
  }

  private void writeSecond() {
    second(write("http|a", 2, settled(1, 2, NOON, "a=1")));
  }

  private void second(JournalWrite write) {
    try {
      commit(write);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
