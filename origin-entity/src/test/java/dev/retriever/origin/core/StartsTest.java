package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.room.Full;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StartsTest {
  private static final Optional<String> BULK = Optional.of("bulk");
  private static final PendingFetch A = fetch("a", Samples.get());
  private static final PendingFetch B = fetch("b", Samples.get().executor("bulk"));
  private static final PendingFetch C = fetch("c", Samples.get().executor("bulk"));
  private static final PendingFetch D = fetch("d", Samples.get());

  /** In the order b, a, c, d. */
  private static final Starts STARTS =
      Starts.none().schedule(D, at(4)).schedule(A, at(2)).schedule(C, at(3)).schedule(B, at(1));

  private static PendingFetch fetch(String id, FetchSpec spec) {
    var accepted = new FetchAccepted(id, spec, START, Optional.empty(), Optional.empty());
    return PendingFetch.accepted(accepted, 1, 1);
  }

  private static Instant at(int second) {
    return START.plusSeconds(second);
  }

  private static List<String> ids(List<Alarm<OwnAlarm>> alarms) {
    return alarms.stream().map(alarm -> alarm.payload().id()).toList();
  }

  /** The default pool is "". */
  private static Full full(String... pools) {
    var full = new Full();
    for (var pool : pools) {
      full.add(Optional.of(pool).filter(name -> !name.isEmpty()));
    }
    return full;
  }

  private static List<String> inTurn(Starts starts, Instant until, int limit, Full full) {
    var turn = starts.inTurn(until, limit, full);
    return Stream.generate(turn::next)
        .takeWhile(Optional::isPresent)
        .map(next -> next.get().payload().id())
        .toList();
  }

  private static PendingFetch to(String target, String id) {
    return fetch(id, FetchSpec.of(FetchRequest.get("http://" + target + "/")));
  }

  private static final Starts THREE_TARGETS =
      Starts.none()
          .schedule(to("x", "x1"), at(1))
          .schedule(to("x", "x2"), at(4))
          .schedule(to("y", "y1"), at(2))
          .schedule(to("y", "y2"), at(3))
          .schedule(to("z", "z1"), at(5))
          .schedule(B, at(6));

  @Test
  void those_due_come_in_turn_whatever_their_pools_and_targets() {
    assertThat(inTurn(THREE_TARGETS, at(6), 9, full()))
        .containsExactly("x1", "y1", "y2", "x2", "z1", "b");
    assertThat(inTurn(THREE_TARGETS, at(3), 9, full())).containsExactly("x1", "y1", "y2");
    assertThat(inTurn(THREE_TARGETS, at(6), 1, full())).containsExactly("x1", "y1", "z1", "b");
    assertThat(inTurn(Starts.none(), at(6), 9, full())).isEmpty();
  }

  @Test
  void targets_and_pools_that_turn_out_full_are_left_aside() {
    var full = full();
    full.add(to("y", "any").lane());
    assertThat(inTurn(THREE_TARGETS, at(6), 9, full)).containsExactly("x1", "x2", "z1", "b");
    assertThat(THREE_TARGETS.cancel(to("x", "x1")).next(full)).contains(at(4));

    full.add(BULK);
    assertThat(inTurn(THREE_TARGETS, at(6), 9, full)).containsExactly("x1", "x2", "z1");

    var late = full();
    var turn = THREE_TARGETS.inTurn(at(6), 9, late);
    assertThat(turn.next().orElseThrow().payload().id()).isEqualTo("x1");
    late.add(to("x", "any").lane());
    late.add(to("y", "any").lane());
    late.add(BULK);
    // The one that it had looked at already may still come.
    assertThat(turn.next().orElseThrow().payload().id()).isIn("y1", "z1");
  }

  @Test
  void those_due_come_earliest_first_so_many_of_each_pool() {
    assertThat(ids(STARTS.due(at(3), 9))).containsExactly("b", "a", "c");
    assertThat(ids(STARTS.due(at(4), 1))).containsExactly("b", "a");
    assertThat(STARTS.due(START, 9)).isEmpty();
    assertThat(ids(STARTS.earliest(9))).containsExactly("b", "a", "c", "d");
    assertThat(ids(STARTS.list(AlarmFilter.ALL, start -> !start.id().equals("a"))))
        .containsExactly("b", "c", "d");
  }

  @Test
  void the_next_is_the_earliest_of_the_pools_that_are_not_left_aside() {
    assertThat(STARTS.next(full())).contains(at(1));
    assertThat(STARTS.next(full("bulk"))).contains(at(2));
    assertThat(STARTS.next(full(""))).contains(at(1));
    assertThat(STARTS.next(full("bulk", ""))).isEmpty();
    assertThat(Starts.none().next(full())).isEmpty();
  }

  @Test
  void one_that_is_cancelled_or_put_off_is_no_longer_where_it_was() {
    var changed = STARTS.cancel(B).schedule(A, at(9));

    assertThat(ids(changed.earliest(9))).containsExactly("c", "d", "a");
    assertThat(changed.get(new OwnAlarm(OwnAlarm.Kind.START, "b").alarmId())).isEmpty();
    assertThat(changed.get(new OwnAlarm(OwnAlarm.Kind.START, "a").alarmId()).orElseThrow().due())
        .isEqualTo(at(9));
    assertThat(changed.cancel(C).next(full(""))).isEmpty();
    assertThat(ids(STARTS.earliest(9))).as("the book before").startsWith("b", "a");
  }
}
