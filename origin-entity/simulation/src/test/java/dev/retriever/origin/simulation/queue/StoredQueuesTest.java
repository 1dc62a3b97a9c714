package dev.retriever.origin.simulation.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.rows.QueueRows.Listed;
import dev.retriever.origin.queue.rows.QueueRows.Start;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.rows.QueueStore.Gate;
import dev.retriever.origin.queue.rows.QueueStore.Place;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.simulation.queue.StoredQueues.Refused;
import dev.retriever.origin.simulation.queue.StoredQueues.Writing;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoredQueuesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final long FIRST = QueueStore.firstFloor(1) + 1;

  private final StoredQueues tables = new StoredQueues();

  private static Lease lease(int slot, long grantNo) {
    return new Lease("q", slot, grantNo, false, false);
  }

  private static QueueRows start(Lease... leases) {
    var starts = List.of(leases).stream().map(it -> new Start(it, "f", 1, "k", 5_000)).toList();
    return new QueueRows(starts, List.of(), List.of(), List.of(), List.of(), List.of());
  }

  private static QueueRows end(Lease lease, boolean lingers) {
    return new QueueRows(
        List.of(), List.of(new End(lease, lingers)), List.of(), List.of(), List.of(), List.of());
  }

  private static QueueRows lines(Line... lines) {
    var all = List.of(lines).stream().map(it -> new LineOf("q", "t", it)).toList();
    return new QueueRows(List.of(), List.of(), List.of(), List.of(), all, List.of());
  }

  private static Line line(String key, int priority, int waiting) {
    return new Line(key, priority, waiting, waiting, NOW, NOW, Optional.empty(), NOW);
  }

  private static QueueRows keys(List<KeyOf> held, List<KeyOf> freed) {
    return new QueueRows(List.of(), List.of(), held, freed, List.of(), List.of());
  }

  private Optional<Refused> write(String origin, long row, QueueRows rows) {
    var refused = tables.refusal(origin, rows);
    if (refused.isEmpty()) {
      tables.write(rows, new Writing(origin, row, NOW));
    }
    return refused;
  }

  @Test
  void a_start_is_refused_while_another_attempt_has_the_slot() {
    tables.begin("q", 1);

    assertThat(write("o1", 1, start(lease(1, FIRST)))).isEmpty();
    assertThat(write("o2", 1, start(lease(1, FIRST + 1)))).contains(Refused.TAKEN);
    assertThat(write("o2", 1, start(lease(2, FIRST + 1)))).isEmpty();
    assertThat(tables.slots("q")).extracting(it -> it.lease().slot()).containsExactly(1, 2);
  }

  @Test
  void a_write_that_is_refused_in_part_changes_nothing() {
    tables.begin("q", 1);
    write("o1", 1, start(lease(2, FIRST)));

    assertThat(write("o2", 1, start(lease(1, FIRST + 1), lease(2, FIRST + 2))))
        .contains(Refused.TAKEN);
    assertThat(tables.slots("q")).hasSize(1);
  }

  @Test
  void a_start_needs_a_grant_above_the_fence_with_or_without_a_slot() {
    assertThat(write("o1", 1, start(lease(1, FIRST)))).contains(Refused.STALE);
    tables.begin("q", 1);
    assertThat(write("o1", 1, start(lease(1, FIRST - 1)))).contains(Refused.STALE);
    assertThat(tables.raise("q", 1, FIRST)).isTrue();

    assertThat(write("o1", 1, start(lease(1, FIRST)))).contains(Refused.STALE);
    assertThat(write("o1", 1, start(lease(Lease.NO_SLOT, FIRST)))).contains(Refused.STALE);
    assertThat(write("o1", 1, start(lease(Lease.NO_SLOT, FIRST + 1)))).isEmpty();
    assertThat(tables.slots("q")).isEmpty();
  }

  @Test
  void a_newer_incarnation_makes_older_ones_powerless() {
    assertThat(tables.begin("q", 2)).isTrue();

    assertThat(tables.begin("q", 2)).isFalse();
    assertThat(tables.begin("q", 1)).isFalse();
    assertThat(tables.raise("q", 1, Long.MAX_VALUE)).isFalse();
    assertThat(write("o1", 1, start(lease(1, FIRST)))).contains(Refused.STALE);
    tables.publish("q", 1, new Gate(true, false, List.of(), 0));
    assertThat(tables.listed()).isEmpty();
  }

  @Test
  void an_end_frees_its_slot_by_its_grant_only() {
    tables.begin("q", 1);
    write("o1", 1, start(lease(1, FIRST)));

    write("o1", 2, end(lease(1, FIRST - 1), false));
    assertThat(tables.slots("q")).hasSize(1);
    write("o1", 2, end(lease(1, FIRST), false));
    assertThat(tables.slots("q")).isEmpty();
  }

  @Test
  void a_slot_that_a_write_frees_may_be_taken_in_the_same_write() {
    tables.begin("q", 1);
    write("o1", 1, start(lease(1, FIRST)));
    var both =
        new QueueRows(
            start(lease(1, FIRST + 1)).starts(),
            end(lease(1, FIRST), false).ends(),
            List.of(),
            List.of(),
            List.of(),
            List.of());

    assertThat(write("o1", 2, both)).isEmpty();
    assertThat(tables.slots("q").get(0).lease().grantNo()).isEqualTo(FIRST + 1);
  }

  @Test
  void a_lingering_slot_is_taken_until_its_time_is_up_long_enough() {
    tables.begin("q", 1);
    write("o1", 1, start(lease(1, FIRST)));
    assertThat(tables.freeLingering("q", NOW.plusSeconds(60))).isEmpty();
    write("o1", 2, end(lease(1, FIRST), true));

    assertThat(write("o2", 1, start(lease(1, FIRST + 1)))).contains(Refused.TAKEN);
    assertThat(tables.freeLingering("q", NOW.plusSeconds(4))).isEmpty();
    assertThat(tables.freeLingering("q", NOW.plusSeconds(5))).hasSize(1);
    assertThat(write("o2", 1, start(lease(1, FIRST + 1)))).isEmpty();
  }

  @Test
  void a_strict_key_is_held_until_its_fetch_lets_go() {
    assertThat(write("o1", 1, keys(List.of(new KeyOf("q", "k", "f1")), List.of()))).isEmpty();

    assertThat(write("o2", 1, keys(List.of(new KeyOf("q", "k", "f1")), List.of())))
        .contains(Refused.HELD);
    assertThat(write("o1", 1, keys(List.of(new KeyOf("q", "k", "f1")), List.of()))).isEmpty();
    write("o2", 1, keys(List.of(), List.of(new KeyOf("q", "k", "f1"))));
    assertThat(tables.keys("q")).hasSize(1);
    write("o1", 2, keys(List.of(), List.of(new KeyOf("q", "k", "f1"))));
    assertThat(tables.keys("q")).isEmpty();
  }

  @Test
  void a_line_is_replaced_by_each_write_and_deleted_when_it_is_empty() {
    write("o1", 1, lines(line("a", 3, 2), line("b", 3, 1)));
    write("o1", 2, lines(line("a", 3, 1), Line.empty("b", 3)));
    write("o2", 7, lines(line("a", 1, 4)));

    var all = tables.lines("q");
    assertThat(all).extracting(it -> it.line().waiting()).containsExactly(1, 4);
    assertThat(all).extracting(QueueStore.StoredLine::row).containsExactly(2L, 7L);
    assertThat(tables.lines("q", Optional.of(new Place("o1", "a", 3)), 9)).hasSize(1);
    assertThat(tables.lines("q", Optional.empty(), 1)).hasSize(1);
    assertThat(tables.names()).containsExactly("q");
  }

  @Test
  void settings_and_gates_are_listed_for_all_nodes() {
    var settings = new Listed("q", 3, Optional.of("{}"));
    write(
        "q",
        1,
        new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(settings)));
    tables.begin("q", 1);
    var full = new Gate(false, true, List.of(), 2);
    tables.publish("q", 1, full);

    assertThat(tables.listed())
        .containsExactly(new QueueStore.Listing("q", 3, Optional.of("{}"), full));
  }
}
