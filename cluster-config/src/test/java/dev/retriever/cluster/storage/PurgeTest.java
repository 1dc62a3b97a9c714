package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes and what stays, on real databases. */
@ParameterizedClass
@EnumSource
class PurgeTest {
  private static final Instant NOW = Instant.parse("2026-01-02T00:00:00Z");
  private static final Duration AGE = Duration.ofHours(25);
  private static final Instant OLD = NOW.minus(AGE).minusMillis(1);
  private static final Instant YOUNG = NOW.minus(AGE);

  @TempDir private Path dataDir;
  @Parameter private TestDatabase database;
  private Storage storage;

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(dataDir, database.settings()));
    storage.migrate();
  }

  private Purge purge(int batch) {
    return new Purge(storage, Optional.of(AGE), batch);
  }

  private Purge.Count run(Purge purge) throws SQLException {
    return run(purge, () -> false);
  }

  private Purge.Count run(Purge purge, BooleanSupplier stopped) throws SQLException {
    var counts = new ArrayList<Purge.Count>();
    purge.run(NOW, stopped, counts::add);
    return counts.stream().reduce(Purge.Count.NONE, Purge.Count::plus);
  }

  @Test
  void old_rows_that_a_snapshot_stands_for_go() throws SQLException {
    rows("a", 1, 10, OLD);
    snapshot("a", 6);

    assertThat(run(purge(500))).isEqualTo(new Purge.Count(5, 0));

    assertThat(rows("a")).containsExactly(6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void rows_stay_from_the_first_on_that_the_newest_snapshot_refers_to() throws SQLException {
    rows("a", 1, 10, OLD);
    snapshot("a", 5, "2 from 1");
    snapshot("a", 8, "2 from 4");
    rows("b", 1, 10, OLD);
    snapshot("b", 8, "2");
    rows("c", 1, 10, OLD);
    snapshot("c", 8, "9 of another form");

    assertThat(run(purge(500))).isEqualTo(new Purge.Count(3 + 7, 1));

    assertThat(rows("a")).containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(rows("b")).containsExactly(8L, 9L, 10L);
    assertThat(rows("c")).hasSize(10);
  }

  @Test
  void without_a_snapshot_all_rows_stay() throws SQLException {
    rows("a", 1, 10, OLD);
    rows("b", 1, 10, OLD);
    snapshot("b", 10);

    run(purge(500));

    assertThat(rows("a")).hasSize(10);
  }

  @Test
  void young_rows_stay_and_with_them_the_numbers_that_a_paused_writer_would_take()
      throws SQLException {
    rows("a", 1, 4, OLD);
    rows("a", 5, 10, YOUNG);
    snapshot("a", 8);

    assertThat(run(purge(500)).rows()).isEqualTo(4);

    assertThat(rows("a")).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
  }

  @Test
  void the_highest_row_stays_even_below_a_snapshot() throws SQLException {
    rows("a", 1, 3, OLD);
    snapshot("a", 99);

    run(purge(500));

    assertThat(rows("a")).containsExactly(3L);
  }

  @Test
  void a_run_takes_as_many_batches_as_it_needs() throws SQLException {
    rows("a", 1, 10, OLD);
    snapshot("a", 10);

    assertThat(run(purge(3)).rows()).isEqualTo(9);
    assertThat(run(purge(3))).isEqualTo(Purge.Count.NONE);

    assertThat(rows("a")).containsExactly(10L);
  }

  @Test
  void a_run_comes_to_all_origins_however_many_to_a_page() throws SQLException {
    for (var id : List.of("a", "b", "c", "d", "e")) {
      rows(id, 1, 4, OLD);
      snapshot(id, 3);
    }

    assertThat(run(purge(2)).rows()).isEqualTo(10);

    assertThat(rows("e")).containsExactly(3L, 4L);
  }

  @Test
  void of_the_snapshots_the_newest_stays() throws SQLException {
    rows("a", 1, 9, YOUNG);
    snapshot("a", 3);
    snapshot("a", 6);
    snapshot("a", 9);

    assertThat(run(purge(500))).isEqualTo(new Purge.Count(0, 2));

    assertThat(numbers("snapshot", "a")).containsExactly(9L);
  }

  @Test
  void when_fetches_are_kept_for_good_rows_are_too() throws SQLException {
    rows("a", 1, 9, OLD);
    snapshot("a", 3);
    snapshot("a", 6);

    assertThat(run(new Purge(storage, Optional.empty(), 500))).isEqualTo(new Purge.Count(0, 1));

    assertThat(rows("a")).hasSize(9);
  }

  @Test
  void nodes_may_purge_at_the_same_time() throws SQLException {
    for (var i = 0; i < 20; i++) {
      rows("o" + i, 1, 50, OLD);
      snapshot("o" + i, 50);
    }
    var one = task(storage);
    var other = task(storage);

    var both =
        List.of(CompletableFuture.runAsync(one::run), CompletableFuture.runAsync(other::run));
    both.forEach(CompletableFuture::join);
    one.run(); // what one of them left, should they have got in each other's way

    assertThat(one.total().rows() + other.total().rows()).isEqualTo(20 * 49);
    for (var i = 0; i < 20; i++) {
      assertThat(rows("o" + i)).containsExactly(50L);
    }
  }

  @Test
  void a_stopping_node_leaves_the_rest_to_the_next_run() throws SQLException {
    rows("a", 1, 10, OLD);
    snapshot("a", 10);

    assertThat(run(purge(3), () -> true)).isEqualTo(Purge.Count.NONE);

    assertThat(rows("a")).hasSize(10);
  }

  @Test
  void a_database_that_is_away_fails_a_run_and_nothing_else() {
    var away = new Storage("jdbc:h2:tcp://127.0.0.1:1/none", "u", "", storage.limits());

    var task = task(away);
    task.run();

    assertThat(task.total()).isEqualTo(Purge.Count.NONE);
  }

  /** Else the scheduler would not run it again. */
  @Test
  void an_unforeseen_error_fails_one_run_and_nothing_else() {
    var task = task(null);

    task.run();

    assertThat(task.total()).isEqualTo(Purge.Count.NONE);
  }

  private static PurgeTask task(Storage storage) {
    var purge = new Purge(storage, Optional.of(AGE), 7);
    return new PurgeTask(purge, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  private void rows(String id, long from, long to, Instant written) throws SQLException {
    try (var connection = connection();
        var insert =
            connection.prepareStatement(
                """
                INSERT INTO "event_journal" ("persistence_id", "sequence_number", "writer",
                  "write_timestamp", "adapter_manifest", "event_payload", "event_ser_id",
                  "event_ser_manifest") VALUES (?, ?, 'w', ?, '', ?, 0, '')
                """)) {
      for (var row : LongStream.rangeClosed(from, to).toArray()) {
        insert.setString(1, id);
        insert.setLong(2, row);
        insert.setLong(3, written.toEpochMilli());
        insert.setBytes(4, new byte[0]);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void snapshot(String id, long row) throws SQLException {
    snapshot(id, row, "");
  }

  private void snapshot(String id, long row, String manifest) throws SQLException {
    try (var connection = connection();
        var insert =
            connection.prepareStatement(
                """
                INSERT INTO "snapshot" ("persistence_id", "sequence_number", "created",
                  "snapshot_ser_id", "snapshot_ser_manifest", "snapshot_payload")
                VALUES (?, ?, 0, 0, ?, ?)
                """)) {
      insert.setString(1, id);
      insert.setLong(2, row);
      insert.setString(3, manifest);
      insert.setBytes(4, new byte[0]);
      insert.executeUpdate();
    }
  }

  private List<Long> rows(String id) throws SQLException {
    return numbers("event_journal", id);
  }

  private List<Long> numbers(String table, String id) throws SQLException {
    var numbers = new ArrayList<Long>();
    try (var connection = connection();
        var query =
            connection.prepareStatement(
                "SELECT \"sequence_number\" FROM \""
                    + table
                    + "\" WHERE \"persistence_id\" = ? ORDER BY 1")) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
        }
      }
    }
    return numbers;
  }

  private Connection connection() throws SQLException {
    return storage.connect();
  }
}
