package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.Eventually;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.callbacks.rows.CallbackWrite;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.metrics.JournalMeter;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.Line;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;
import scala.runtime.BoxedUnit;

/** Journal rows with rows of queues, in real databases. */
@ParameterizedClass
@EnumSource
class QueueWriteTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final long FLOOR = QueueStore.firstFloor(1);

  @TempDir private Path dataDir;
  @Parameter private TestDatabase database;
  private Storage storage;
  private JdbcQueueStore store;
  private final List<Connections.Pool> opened = new ArrayList<>();

  @BeforeEach
  void begin() {
    storage = Storage.from(RunningNode.config(dataDir, database.settings()));
    TestWriter.migrated(storage);
    store = new JdbcQueueStore(storage);
    assertThat(now(store.begin("q", 1))).isTrue();
    assertThat(now(store.begin("r", 1))).isTrue();
  }

  @AfterEach
  void close() {
    store.close();
    opened.forEach(Connections.Pool::close);
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Lease lease(String queue, int slot, long number) {
    return new Lease(queue, slot, FLOOR + number, false, false);
  }

  private static QueueRows start(Lease... leases) {
    var starts = new ArrayList<Start>();
    for (var lease : leases) {
      starts.add(new Start(lease, "f", 1, "k", 30_000));
    }
    return new QueueRows(starts, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  private static QueueRows end(Lease lease, boolean lingers) {
    return new QueueRows(
        List.of(), List.of(new End(lease, lingers)), List.of(), List.of(), List.of(), List.of());
  }

  private static QueueRows keys(List<KeyOf> held, List<KeyOf> freed) {
    return new QueueRows(List.of(), List.of(), held, freed, List.of(), List.of());
  }

  private static QueueRows line(Line line) {
    return new QueueRows(
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(new LineOf("q", "default", line)),
        List.of());
  }

  private static Line waiting(String key, int waiting) {
    return new Line(
        key, 3, waiting, 1, NOON, NOON, Optional.of(NOON.plusSeconds(1)), NOON.plusSeconds(60));
  }

  private static JournalWrite write(String id, long row, QueueRows rows) {
    return new JournalWrite(
        List.of(PostgresWriteTest.row(id, row)),
        new TreeMap<>(),
        QueueWrite.of(id, row, rows),
        IndexWrite.NONE,
        CallbackWrite.NONE);
  }

  private void execute(Connection connection, JournalWrite write) throws SQLException {
    if (database == TestDatabase.H2) {
      JournalWrite.rowByRow(connection, write, TestWriter.WRITER);
    } else {
      PostgresWrite.execute(connection, write, TestWriter.WRITER);
    }
  }

  private void commit(String id, long row, QueueRows rows) throws SQLException {
    try (var connection = storage.connect()) {
      execute(connection, write(id, row, rows));
    }
  }

  /** In a transaction that stays open. */
  private Connection open(String id, long row, QueueRows rows) throws SQLException {
    var connection = storage.connect();
    connection.setAutoCommit(false);
    QueueWrite.of(id, row, rows).write(connection);
    return connection;
  }

  private List<String> journaled() throws SQLException {
    var found = new ArrayList<String>();
    try (var connection = storage.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT \"persistence_id\" FROM \"event_journal\"")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private List<String> slots(String queue) {
    return now(store.slots(queue)).stream()
        .map(it -> it.lease().slot() + " " + it.persistenceId() + (it.lingers() ? " lingers" : ""))
        .toList();
  }

  private JournalWriters writers(int number) {
    var connections = storage.connections().pool(ConnectionSettings.Use.JOURNAL, number);
    opened.add(connections);
    return new JournalWriters(
        connections::get,
        this::execute,
        new JournalWriters.Limits(number, 100, 1_000_000, 1_000),
        new ByteAccount(10_000_000),
        JournalMeter.NONE);
  }

  private static String end(Future<BoxedUnit> write) {
    return FutureConverters.asJava(write)
        .toCompletableFuture()
        .orTimeout(60, TimeUnit.SECONDS)
        .handle((done, failure) -> failure == null ? "written" : failure.getMessage())
        .join();
  }

  @Test
  void an_attempt_takes_its_slot_with_its_row_and_its_end_frees_it() throws SQLException {
    var before = Instant.now().minusSeconds(60);
    commit("http|a", 1, start(new Lease("q", 7, FLOOR + 1, true, true)));

    var slot = now(store.slots("q")).get(0);
    assertThat(slot.lease()).isEqualTo(new Lease("q", 7, FLOOR + 1, true, true));
    assertThat(slot.persistenceId() + slot.fetchId() + slot.attempt() + slot.key())
        .isEqualTo("http|af1k");
    assertThat(slot.timeUp()).isBetween(before, before.plusSeconds(60 + 30 + 60));
    assertThat(slot.lingers()).isFalse();
    commit("http|a", 2, end(lease("q", 7, 1), false));
    assertThat(slots("q")).isEmpty();
  }

  @Test
  void of_two_writers_for_one_slot_exactly_one_commits() throws Exception {
    for (var round = 1; round <= 20; round++) {
      var number = round;
      var both = new CountDownLatch(2);
      var races =
          List.of("http|a" + round, "http|b" + round).stream()
              .map(
                  id ->
                      CompletableFuture.supplyAsync(
                          () -> {
                            try (var connection = storage.connect()) {
                              both.countDown();
                              both.await();
                              var grant = 2L * number + (id.contains("a") ? 0 : 1);
                              execute(connection, write(id, 1, start(lease("q", number, grant))));
                              return 1;
                            } catch (SQLException e) {
                              return 0;
                            } catch (InterruptedException e) {
                              throw new IllegalStateException(e);
                            }
                          }))
              .toList();

      assertThat(races.stream().mapToInt(CompletableFuture::join).sum()).isEqualTo(1);
    }
    assertThat(slots("q")).hasSize(20);
    assertThat(journaled()).hasSize(20);
  }

  @Test
  void a_stale_grant_is_refused_with_its_journal_row() throws SQLException {
    assertThat(now(store.raise("q", 1, FLOOR + 5))).isTrue();

    for (var slot : List.of(3, Lease.NO_SLOT)) {
      assertThatThrownBy(() -> commit("http|a", 1, start(lease("q", slot, 5))))
          .isInstanceOf(SQLException.class);
      assertThat(journaled()).isEmpty();
    }
    commit("http|a", 1, start(lease("q", 3, 6)));
    assertThat(slots("q")).containsExactly("3 http|a");
  }

  @Test
  void an_attempt_without_a_slot_leaves_no_row() throws SQLException {
    commit("http|a", 1, start(lease("q", Lease.NO_SLOT, 1)));
    commit("http|a", 2, end(lease("q", Lease.NO_SLOT, 1), false));

    assertThat(journaled()).hasSize(2);
    assertThat(slots("q")).isEmpty();
  }

  @Test
  void a_queue_that_never_began_lets_nothing_start() throws SQLException {
    for (var slot : List.of(1, Lease.NO_SLOT)) {
      assertThatThrownBy(() -> commit("http|a", 1, start(lease("unknown", slot, 1))))
          .isInstanceOf(SQLException.class);
    }
    assertThat(journaled()).isEmpty();
  }

  @Test
  void a_raise_waits_for_a_start_that_is_under_way() throws Exception {
    try (var starting = open("http|a", 1, start(lease("q", 1, 1), lease("r", 0, 1)))) {
      for (var queue : List.of("q", "r")) {
        var raise = store.raise(queue, 1, FLOOR + 9).toCompletableFuture();
        assertThatThrownBy(() -> raise.get(200, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
      }
      starting.commit();
    }

    assertThat(now(store.raise("q", 1, FLOOR + 9))).isTrue();
    assertThat(slots("q")).containsExactly("1 http|a");
  }

  /** Else starts that follow each other without a gap would keep a raise waiting for good. */
  @Test
  void a_start_that_comes_after_a_raise_is_not_let_in_before_it() throws Exception {
    try (var first = open("http|a", 1, start(lease("q", 1, 1)))) {
      var raise = store.raise("q", 1, FLOOR + 9).toCompletableFuture();
      assertThatThrownBy(() -> raise.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      var later =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  commit("http|b", 1, start(lease("q", 2, 2)));
                  return "begun";
                } catch (SQLException e) {
                  return e.getSQLState();
                }
              });
      assertThatThrownBy(() -> later.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      first.commit();

      assertThat(raise.get(60, TimeUnit.SECONDS)).isTrue();
      var end = later.get(60, TimeUnit.SECONDS);
      // H2 does not say which of those that wait is next.
      assertThat(end)
          .isIn(database == TestDatabase.H2 ? List.of("begun", "23502") : List.of("23502"));
    }
  }

  @Test
  void a_start_waits_for_a_raise_that_is_under_way_and_is_refused() throws Exception {
    try (var raising = storage.connect()) {
      raising.setAutoCommit(false);
      QueueStatements.raise(raising, "q", 1, FLOOR + 9);
      var start =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  commit("http|a", 1, start(lease("q", 1, 5)));
                  return "begun";
                } catch (SQLException e) {
                  return e.getSQLState();
                }
              });
      assertThatThrownBy(() -> start.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      raising.commit();

      assertThat(start.get(60, TimeUnit.SECONDS)).isEqualTo("23502");
    }
    assertThat(journaled()).isEmpty();
  }

  @Test
  void an_end_with_another_grant_frees_nothing() throws SQLException {
    commit("http|a", 1, start(lease("q", 1, 2)));

    commit("http|b", 1, end(lease("q", 1, 1), false));
    commit("http|b", 2, end(lease("q", 1, 1), true));
    commit("http|b", 3, end(lease("r", 1, 2), false));

    assertThat(slots("q")).containsExactly("1 http|a");
  }

  @Test
  void an_attempt_that_was_given_up_keeps_its_slot_until_it_is_reported() throws SQLException {
    commit("http|a", 1, start(lease("q", 1, 1)));

    commit("http|a", 2, end(lease("q", 1, 1), true));
    assertThat(slots("q")).containsExactly("1 http|a lingers");
    assertThatThrownBy(() -> commit("http|b", 1, start(lease("q", 1, 2))))
        .isInstanceOf(SQLException.class);

    commit("http|a", 3, end(lease("q", 1, 1), false));
    assertThat(slots("q")).isEmpty();
  }

  @Test
  void a_key_is_held_by_one_fetch_from_its_first_attempt_to_its_settlement() throws SQLException {
    var key = new KeyOf("q", "k", "f");
    commit("http|a", 1, keys(List.of(key), List.of()));
    commit("http|a", 2, keys(List.of(key), List.of()));

    assertThatThrownBy(() -> commit("http|b", 1, keys(List.of(key), List.of())))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(
            () -> commit("http|a", 3, keys(List.of(new KeyOf("q", "k", "g")), List.of())))
        .isInstanceOf(SQLException.class);
    commit("http|b", 1, keys(List.of(), List.of(key)));
    assertThat(now(store.keys("q"))).containsExactly(new QueueStore.HeldKey("k", "http|a", "f"));

    commit("http|a", 3, keys(List.of(), List.of(key)));
    commit("http|b", 2, keys(List.of(key), List.of()));
    assertThat(now(store.keys("q"))).containsExactly(new QueueStore.HeldKey("k", "http|b", "f"));
  }

  @Test
  void a_line_is_replaced_by_a_later_one_and_deleted_when_nothing_waits() throws SQLException {
    commit("http|a", 1, line(waiting("k", 1)));
    commit("http|a", 2, line(waiting("k", 5)));

    assertThat(now(store.lines("q", Optional.empty(), 10)))
        .containsExactly(new QueueStore.StoredLine("http|a", "default", waiting("k", 5), 2));

    commit("http|a", 3, line(Line.empty("k", 3)));
    assertThat(now(store.lines("q", Optional.empty(), 10))).isEmpty();
  }

  @Test
  void of_a_line_that_a_batch_writes_twice_the_later_one_stands() throws SQLException {
    try (var connection = storage.connect()) {
      execute(
          connection,
          JournalWrite.together(
              List.of(
                  write("http|a", 1, line(waiting("k", 1))),
                  write("http|b", 1, line(waiting("k", 7))),
                  write("http|a", 2, line(waiting("k", 2))),
                  write("http|b", 2, line(Line.empty("k", 3))))));
    }

    assertThat(now(store.lines("q", Optional.empty(), 10)))
        .containsExactly(new QueueStore.StoredLine("http|a", "default", waiting("k", 2), 2));
  }

  @Test
  void a_stale_grant_a_taken_slot_and_a_held_key_each_fail_only_their_own_write() throws Exception {
    now(store.raise("q", 1, FLOOR + 5));
    commit("http|holder", 1, start(lease("q", 9, 9)));
    commit("http|holder", 2, keys(List.of(new KeyOf("q", "k", "f")), List.of()));
    var writers = writers(1);
    try (var blocking = storage.connect()) {
      blocking.setAutoCommit(false);
      QueueStatements.raise(blocking, "r", 1, FLOOR);
      var first = writers.write(write("http|first", 1, start(lease("r", 1, 1))));
      var batch =
          List.of(
              writers.write(write("http|a", 1, start(lease("q", 1, 6)))),
              writers.write(write("http|stale", 1, start(lease("q", 2, 5)))),
              writers.write(write("http|b", 1, start(lease("q", 3, 7)))),
              writers.write(write("http|taken", 1, start(lease("q", 9, 10)))),
              writers.write(
                  write("http|held", 1, keys(List.of(new KeyOf("q", "k", "g")), List.of()))),
              writers.write(write("http|plain", 1, QueueRows.NONE)));
      blocking.commit();

      assertThat(end(first)).isEqualTo("written");
      assertThat(batch.stream().map(QueueWriteTest::end).map(it -> it.equals("written")))
          .containsExactly(true, false, true, false, false, true);
      assertThat(end(batch.get(1))).contains("stale");
    } finally {
      writers.stop();
    }
    assertThat(slots("q")).containsExactly("1 http|a", "3 http|b", "9 http|holder");
    assertThat(journaled()).contains("http|plain").doesNotContain("http|stale", "http|taken");
  }

  /** The other transaction frees the slot that the batch takes, and takes the one it frees. */
  @Test
  void a_batch_and_a_transaction_that_wait_for_each_other_do_not_fail_what_is_possible()
      throws Exception {
    commit("http|a", 1, start(lease("q", 1, 1)));
    commit("http|b", 1, start(lease("q", 2, 2)));
    var writers = writers(1);
    try (var other = open("http|b", 2, end(lease("q", 2, 2), false));
        var gate = storage.connect()) {
      gate.setAutoCommit(false);
      QueueStatements.raise(gate, "r", 1, FLOOR);
      // The writer waits for the gate until all others have come.
      writers.write(write("http|first", 1, start(lease("r", 1, 2))));
      var ends = writers.write(write("http|a", 2, end(lease("q", 1, 1), false)));
      var plain = writers.write(write("http|plain", 1, QueueRows.NONE));
      var starts = writers.write(write("http|c", 1, start(lease("q", 2, 3))));
      gate.rollback();
      Eventually.becomes(true, () -> isLocked("q", 1));

      cross(other);

      // Whichever of them the database gives up.
      assertThat(List.of(end(ends), end(plain))).containsOnly("written");
      end(starts);
    } finally {
      writers.stop();
    }
  }

  private boolean isLocked(String queue, int slot) {
    try (var connection = storage.connect();
        var query =
            connection.prepareStatement(
                "SELECT 1 FROM \"queue_slot\" WHERE \"queue\" = ? AND \"slot\" = ?"
                    + " FOR UPDATE SKIP LOCKED")) {
      query.setString(1, queue);
      query.setInt(2, slot);
      try (var rows = query.executeQuery()) {
        return !rows.next();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void cross(Connection other) throws SQLException {
    try {
      QueueWrite.of("http|b", 3, start(lease("q", 1, 4))).write(other);
      other.commit();
    } catch (SQLException e) {
      other.rollback();
    }
  }

  @Test
  void a_line_counts_in_the_memory_of_its_write() {
    var write = write("http|a", 1, line(waiting("k", 1)));

    assertThat(write.bytes()).isGreaterThan(write("http|a", 1, QueueRows.NONE).bytes());
  }
}
