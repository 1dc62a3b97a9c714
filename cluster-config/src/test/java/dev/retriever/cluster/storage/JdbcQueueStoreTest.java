package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.rows.QueueStore.Listing;
import dev.retriever.origin.queue.rows.QueueStore.Place;
import dev.retriever.origin.queue.rows.QueueStore.StoredLine;
import dev.retriever.origin.queue.wire.Line;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What queues and nodes read and change, in real databases. */
@ParameterizedClass
@EnumSource
class JdbcQueueStoreTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Gate FULL = new Gate(false, true, List.of("a,\"b", "ключ"), 5);

  @TempDir private Path dataDir;
  @Parameter private TestDatabase database;
  private Storage storage;
  private JdbcQueueStore store;

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(dataDir, database.settings()));
    storage.migrate();
    store = new JdbcQueueStore(storage);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private void write(String id, long row, QueueRows rows) throws SQLException {
    try (var connection = storage.connect()) {
      QueueWrite.of(id, row, rows).write(connection);
    }
  }

  private static Lease lease(String queue, int slot, long grantNo) {
    return new Lease(queue, slot, grantNo, false, false);
  }

  private void start(Lease lease, long timeoutMillis) throws SQLException {
    var starts = List.of(new Start(lease, "f", 1, "k", timeoutMillis));
    write(
        "http|a", 1, new QueueRows(starts, List.of(), List.of(), List.of(), List.of(), List.of()));
  }

  private void lingers(Lease lease) throws SQLException {
    var ends = List.of(new End(lease, true));
    write("http|a", 2, new QueueRows(List.of(), ends, List.of(), List.of(), List.of(), List.of()));
  }

  private void line(String queue, String id, String key, int priority) throws SQLException {
    var line = new LineOf(queue, "default", line(key, priority));
    write(
        id, 1, new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(line), List.of()));
  }

  private static Line line(String key, int priority) {
    return new Line(key, priority, 2, 0, NOON, NOON, Optional.empty(), NOON.plusSeconds(60));
  }

  private void listed(Listed... listed) throws SQLException {
    write(
        "retriever-queue|q",
        1,
        new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(listed)));
  }

  @Test
  void grants_of_older_incarnations_fail_after_a_newer_one_has_begun() throws SQLException {
    assertThat(now(store.begin("q", 4))).isTrue();
    var old = QueueStore.firstFloor(4) + 1;
    start(lease("q", 1, old), 1_000);

    assertThat(now(store.begin("q", 9))).isTrue();

    assertThatThrownBy(() -> start(lease("q", 2, old + 1), 1_000)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> start(lease("q", 2, QueueStore.firstFloor(9)), 1_000))
        .isInstanceOf(SQLException.class);
    start(lease("q", 2, QueueStore.firstFloor(9) + 1), 1_000);
    assertThat(now(store.slots("q"))).hasSize(2);
  }

  @Test
  void an_older_incarnation_neither_begins_nor_raises_nor_publishes() throws SQLException {
    now(store.begin("q", 9));

    assertThat(now(store.begin("q", 8))).isFalse();
    assertThat(now(store.raise("q", 8, Long.MAX_VALUE))).isFalse();
    now(store.publish("q", 8, FULL));

    assertThat(now(store.listed())).isEmpty();
    start(lease("q", 1, QueueStore.firstFloor(9) + 1), 1_000);
  }

  @Test
  void a_pass_that_has_ended_is_not_published_and_begins_nothing() throws SQLException {
    now(store.begin("q", 4));
    now(store.begin(Lease.passes("q"), 4));
    var pass = QueueStore.firstFloor(4) + 1;
    var gate = new Gate(false, true, List.of(), 3, pass, 7);
    now(store.publish("q", 4, gate));
    assertThat(now(store.gate("q"))).isEqualTo(gate);
    start(Lease.pass("q", pass), 1_000);

    assertThat(now(store.endPasses("q", 3, pass))).isFalse();
    assertThat(now(store.gate("q"))).isEqualTo(gate);
    assertThat(now(store.endPasses("q", 4, pass))).isTrue();

    var without = new Gate(false, true, List.of(), 3, 0, 7);
    assertThat(now(store.gate("q"))).isEqualTo(without);
    now(store.publish("q", 4, gate));
    assertThat(now(store.gate("q"))).isEqualTo(without);
    assertThatThrownBy(() -> start(Lease.pass("q", pass), 1_000)).isInstanceOf(SQLException.class);
    now(store.publish("q", 4, new Gate(false, false, List.of(), 0, pass + 1, 7)));
    assertThat(now(store.gate("q")).pass()).isEqualTo(pass + 1);
    start(Lease.pass("q", pass + 1), 1_000);
  }

  @Test
  void an_incarnation_may_begin_again_and_the_floor_stays_where_it_is() throws SQLException {
    now(store.begin("q", 9));
    now(store.raise("q", 9, QueueStore.firstFloor(9) + 5));

    assertThat(now(store.begin("q", 9))).isTrue();
    assertThat(now(store.raise("q", 9, QueueStore.firstFloor(9) + 2))).isTrue();

    assertThatThrownBy(() -> start(lease("q", 1, QueueStore.firstFloor(9) + 5), 1_000))
        .isInstanceOf(SQLException.class);
    start(lease("q", 1, QueueStore.firstFloor(9) + 6), 1_000);
  }

  @Test
  void a_queue_that_has_not_begun_raises_nothing() {
    assertThat(now(store.raise("q", 1, 7))).isFalse();
  }

  /** Times are up as long before or after the start as the tests say. */
  @Test
  void slots_are_freed_by_time_only_if_they_linger_and_their_time_is_up_for_so_long()
      throws SQLException {
    now(store.begin("q", 0));
    now(store.begin("r", 0));
    start(lease("q", 1, 1), -30_000);
    start(lease("q", 2, 2), -30_000);
    start(lease("q", 3, 3), -10_000);
    start(lease("q", 4, 4), 3_600_000);
    start(lease("r", 1, 1), -30_000);
    for (var n : List.of(1, 3, 4)) {
      lingers(lease("q", n, n));
    }
    lingers(lease("r", 1, 1));

    assertThat(now(store.freeLingering("q", Duration.ofHours(1)))).isEmpty();
    var freed = now(store.freeLingering("q", Duration.ofSeconds(20)));

    assertThat(freed).hasSize(1);
    assertThat(freed.get(0).lease()).isEqualTo(lease("q", 1, 1));
    assertThat(freed.get(0).lingers()).isTrue();
    assertThat(now(store.slots("q")).stream().map(it -> it.lease().slot()))
        .containsExactly(2, 3, 4);
    assertThat(now(store.slots("r"))).hasSize(1);
  }

  @Test
  void a_slot_is_freed_for_its_grant_only() throws SQLException {
    now(store.begin("q", 0));
    start(lease("q", 1, 5), 1_000);

    assertThat(now(store.free("q", 1, 4))).isFalse();
    assertThat(now(store.free("r", 1, 5))).isFalse();
    assertThat(now(store.slots("q"))).hasSize(1);
    assertThat(now(store.free("q", 1, 5))).isTrue();
    assertThat(now(store.slots("q"))).isEmpty();
  }

  @Test
  void pages_of_lines_have_each_line_of_the_queue_once() throws SQLException {
    for (var id : List.of("http|a", "http|B", "http|ä", "shop|a")) {
      for (var key : List.of("k", "K", "1,2")) {
        line("q", id, key, 1);
        line("q", id, key, 5);
      }
      line("r", id, "k", 3);
    }

    var found = new ArrayList<StoredLine>();
    var after = Optional.<Place>empty();
    for (var page = now(store.lines("q", after, 5));
        !page.isEmpty();
        page = now(store.lines("q", after, 5))) {
      assertThat(page).hasSizeLessThanOrEqualTo(5);
      found.addAll(page);
      after = Optional.of(page.get(page.size() - 1).place());
    }

    assertThat(found).hasSize(24).doesNotHaveDuplicates();
    assertThat(found).contains(new StoredLine("http|ä", "default", line("1,2", 5), 1));
  }

  @Test
  void queues_with_lines_or_slots_are_named_once_each() throws SQLException {
    now(store.begin("slots", 0));
    now(store.begin("both", 0));
    now(store.begin("neither", 0));
    start(lease("slots", 1, 1), 1_000);
    start(lease("slots", 2, 2), 1_000);
    start(lease("both", 1, 1), 1_000);
    line("both", "http|a", "k", 1);
    line("lines", "http|a", "k", 1);
    line("lines", "http|b", "k", 1);

    assertThat(now(store.names())).containsExactlyInAnyOrder("slots", "both", "lines");
  }

  @Test
  void settings_and_gates_are_listed_for_all_nodes() throws SQLException {
    now(store.begin("q", 1));
    now(store.begin("host:x", 1));
    listed(
        new Listed("q", 1, Optional.of("{\"concurrency\":5}")),
        new Listed("host:*", 7, Optional.of("{}")));
    now(store.publish("q", 1, FULL));
    now(store.publish("host:x", 1, new Gate(true, false, List.of(), 1)));
    listed(new Listed("q", 2, Optional.of("{\"concurrency\":6}")));

    assertThat(now(store.listed()))
        .containsExactlyInAnyOrder(
            new Listing("q", 2, Optional.of("{\"concurrency\":6}"), FULL),
            new Listing("host:*", 7, Optional.of("{}"), Gate.OPEN),
            new Listing("host:x", 0, Optional.empty(), new Gate(true, false, List.of(), 1)));
  }

  @Test
  void a_gate_that_opens_and_a_queue_that_is_removed_leave_nothing_behind() throws SQLException {
    now(store.begin("q", 1));
    now(store.begin("host:x", 1));
    listed(new Listed("q", 1, Optional.of("{}")), new Listed("r", 1, Optional.of("{}")));
    now(store.publish("q", 1, FULL));
    now(store.publish("host:x", 1, FULL));

    now(store.publish("q", 1, Gate.OPEN));
    now(store.publish("host:x", 1, Gate.OPEN));
    listed(new Listed("r", 2, Optional.empty()));

    assertThat(now(store.listed()))
        .containsExactly(new Listing("q", 1, Optional.of("{}"), Gate.OPEN));
  }

  @Test
  void a_call_that_the_database_cannot_serve_fails_and_says_what_was_not_done()
      throws SQLException {
    try (var connection = storage.connect();
        var statement = connection.createStatement()) {
      statement.execute("DROP TABLE \"queue_slot\"");
    }

    assertThatThrownBy(() -> now(store.slots("q"))).hasMessageContaining("slots of queue q");
    store.close();
    assertThatThrownBy(() -> now(store.slots("q"))).hasMessageContaining("slots of queue q");
  }
}
