package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.storage.WakeUpTable.Written;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The statements on wake-ups, on a real database. */
class WakeUpTableTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");

  @TempDir private Path directory;
  private Connection connection;

  @BeforeEach
  void connect() throws SQLException {
    var storage = Storage.from(RunningNode.config(directory));
    storage.migrate();
    connection = storage.connect();
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private static WakeUp at(Instant at, String... executors) {
    return new WakeUp(Optional.of(at), new TreeSet<>(Set.of(executors)));
  }

  private void write(String origin, long row, WakeUp wakeUp) throws SQLException {
    var one = new TreeMap<String, Written>();
    one.put(origin, new Written(row, wakeUp));
    WakeUpTable.write(connection, one);
  }

  private List<WakeUps.Entry> due(Instant until) throws SQLException {
    var all = new java.util.ArrayList<WakeUps.Entry>();
    for (var slice = 0; slice < WakeUpTable.SLICES; slice++) {
      all.addAll(WakeUpTable.due(connection, slice, until, 100, 0));
    }
    return all;
  }

  private Stream<String> dueIds(Instant until) throws SQLException {
    return due(until).stream().map(WakeUps.Entry::persistenceId).sorted();
  }

  @Test
  void origins_are_due_when_their_time_has_come() throws SQLException {
    write("http|a", 1, at(NOON));
    write("http|b", 1, at(NOON.plusMillis(1)));

    assertThat(dueIds(NOON)).containsExactly("http|a");
    assertThat(dueIds(NOON.minusMillis(1))).isEmpty();
    assertThat(due(NOON)).containsExactly(new WakeUps.Entry("http|a", "", NOON, 1));
  }

  @Test
  void a_later_write_takes_the_place_of_all_that_stood_there() throws SQLException {
    write("http|a", 1, at(NOON, "x#1", "y#1"));
    write("http|a", 2, at(NOON.plusSeconds(5), "y#1"));

    assertThat(due(NOON.plusSeconds(5)))
        .containsExactly(new WakeUps.Entry("http|a", "y#1", NOON.plusSeconds(5), 2));
    write("http|a", 3, WakeUp.NONE);
    assertThat(due(NOON.plusSeconds(9))).isEmpty();
  }

  @Test
  void executors_are_listed_once_each_and_lead_to_their_origins() throws SQLException {
    write("http|a", 1, at(NOON, "x#1"));
    write("http|b", 1, at(NOON, "x#1", "y#1/bulk"));
    write("http|c", 1, at(NOON));

    assertThat(WakeUpTable.executors(connection)).containsExactly("x#1", "y#1/bulk");
    var found = new TreeSet<String>();
    for (var slice = 0; slice < WakeUpTable.SLICES; slice++) {
      WakeUpTable.of(connection, "x#1", slice, 10, 0).forEach(e -> found.add(e.persistenceId()));
    }
    assertThat(found).containsExactly("http|a", "http|b");
  }

  @Test
  void a_correction_raises_what_belongs_to_rows_it_knows() throws SQLException {
    write("http|a", 4, at(NOON, "x#1"));

    WakeUpTable.correct(connection, "http|a", new Written(6, at(NOON.plusSeconds(60))));

    assertThat(due(NOON.plusSeconds(59))).isEmpty();
    assertThat(WakeUpTable.executors(connection)).isEmpty();
    assertThat(due(NOON.plusSeconds(60)))
        .containsExactly(new WakeUps.Entry("http|a", "", NOON.plusSeconds(60), 6));
  }

  @Test
  void a_correction_that_comes_after_a_later_write_changes_nothing() throws SQLException {
    write("http|a", 7, at(NOON));

    WakeUpTable.correct(connection, "http|a", new Written(6, at(NOON.plusSeconds(60))));
    WakeUpTable.correct(connection, "http|a", new Written(6, WakeUp.NONE));

    assertThat(due(NOON)).containsExactly(new WakeUps.Entry("http|a", "", NOON, 7));
  }

  @Test
  void a_correction_of_what_is_not_there_any_more_brings_nothing_back() throws SQLException {
    WakeUpTable.correct(connection, "http|a", new Written(6, at(NOON)));

    assertThat(due(NOON)).isEmpty();
  }

  @Test
  void origins_that_are_passed_over_do_not_hide_those_behind_them() throws SQLException {
    for (var i = 0; i < 30; i++) {
      write("http|early" + i, 1, at(NOON));
    }
    write("http|late", 1, at(NOON.plusMillis(1)));
    var slice = WakeUpTable.slice("http|late");
    try (var wakeUps = new JdbcWakeUps(Storage.from(RunningNode.config(directory)))) {
      var found =
          wakeUps.look(
              slice, NOON.plusSeconds(1), 3, executor -> true, id -> id.equals("http|late"));

      assertThat(found.stream().map(WakeUps.Entry::persistenceId)).containsExactly("http|late");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "http|o-1", "polygenelubricants", "shop|\u00e4", "http|zzzzzz"})
  void each_origin_is_in_a_slice_that_a_clock_looks_after(String id) {
    assertThat(WakeUpTable.slice(id)).isBetween(0, WakeUpTable.SLICES - 1);
  }

  @Test
  void origins_of_executors_that_are_gone_are_found_however_many_others_are_due() throws Exception {
    var slice = WakeUpTable.slice("http|orphan");
    for (var i = 0; i < 40; i++) {
      write("http|due" + i, 1, at(NOON, "here#1"));
    }
    write("http|orphan", 1, at(NOON.plusSeconds(3600), "gone#1"));
    try (var wakeUps = new JdbcWakeUps(Storage.from(RunningNode.config(directory)))) {
      var found = wakeUps.look(slice, NOON, 2, "here#1"::equals, id -> true);

      assertThat(found.stream().map(WakeUps.Entry::persistenceId)).contains("http|orphan");
    }
  }

  /** The origin has written the same key since, with the row that it belongs to. */
  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void a_correction_that_meets_what_its_origin_has_written_gives_way(
      TestDatabase kind, @TempDir Path own) throws Exception {
    var storage = Storage.from(RunningNode.config(own, kind.settings()));
    storage.migrate();
    try (var other = storage.connect();
        var wakeUps = new JdbcWakeUps(storage);
        var statement = other.createStatement()) {
      statement.execute(
          """
          INSERT INTO "wake_up" ("persistence_id", "executor", "slice", "wake_at", "sequence_number")
          VALUES ('http|a', 'x#1', 0, 5, 1), ('http|a', 'y#1', 0, 5, 7)
          """);

      wakeUps.correct("http|a", 1, at(NOON, "y#1"));

      var slice = 0;
      assertThat(WakeUpTable.due(other, slice, NOON, 10, 0))
          .extracting(WakeUps.Entry::poolId, WakeUps.Entry::row)
          .containsExactlyInAnyOrder(tuple("x#1", 1L), tuple("y#1", 7L));
    }
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void a_correction_that_the_database_cannot_make_fails(TestDatabase kind, @TempDir Path own)
      throws Exception {
    var storage = Storage.from(RunningNode.config(own, kind.settings()));
    storage.migrate();
    try (var other = storage.connect();
        var wakeUps = new JdbcWakeUps(storage);
        var statement = other.createStatement()) {
      statement.execute("DROP TABLE \"wake_up\"");

      assertThatThrownBy(() -> wakeUps.correct("http|a", 1, at(NOON, "y#1")))
          .isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void a_writer_that_crosses_a_correction_is_not_refused_and_has_the_last_word(
      TestDatabase kind, @TempDir Path own) throws Exception {
    var storage = Storage.from(RunningNode.config(own, kind.settings()));
    storage.migrate();
    var one = new TreeMap<String, Written>();
    one.put("http|a", new Written(1, at(NOON, "x#1")));
    try (var writer = storage.connect();
        var clock = storage.connect()) {
      WakeUpTable.write(writer, one);
      writer.setAutoCommit(false);
      clock.setAutoCommit(false);
      WakeUpTable.correct(clock, "http|a", new Written(1, at(NOON.plusSeconds(1), "x#1")));

      one.put("http|a", new Written(2, at(NOON.plusSeconds(2), "x#1", "y#1")));
      var writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  WakeUpTable.write(writer, one);
                  writer.commit();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      // It waits for the other's lock; how long does not matter, but that it has begun does.
      assertThatThrownBy(() -> writing.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      clock.commit();
      writing.get(60, TimeUnit.SECONDS);

      var last = NOON.plusSeconds(2);
      assertThat(WakeUpTable.due(clock, WakeUpTable.slice("http|a"), last, 10, 0))
          .containsExactly(
              new WakeUps.Entry("http|a", "x#1", last, 2),
              new WakeUps.Entry("http|a", "y#1", last, 2));
    }
  }
}
