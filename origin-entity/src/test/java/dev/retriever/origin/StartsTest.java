package dev.retriever.origin;

import static dev.retriever.origin.Samples.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  private static List<String> ids(List<Alarm<Guard>> alarms) {
    return alarms.stream().map(alarm -> alarm.payload().id()).toList();
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
    assertThat(STARTS.next(Set.of())).contains(at(1));
    assertThat(STARTS.next(Set.of(BULK))).contains(at(2));
    assertThat(STARTS.next(Set.of(Optional.empty()))).contains(at(1));
    assertThat(STARTS.next(Set.of(BULK, Optional.empty()))).isEmpty();
    assertThat(Starts.none().next(Set.of())).isEmpty();
  }

  @Test
  void one_that_is_cancelled_or_put_off_is_no_longer_where_it_was() {
    var changed = STARTS.cancel(B).schedule(A, at(9));

    assertThat(ids(changed.earliest(9))).containsExactly("c", "d", "a");
    assertThat(changed.get(new Guard(Guard.Kind.START, "b").alarmId())).isEmpty();
    assertThat(changed.get(new Guard(Guard.Kind.START, "a").alarmId()).orElseThrow().due())
        .isEqualTo(at(9));
    assertThat(changed.cancel(C).next(Set.of(Optional.empty()))).isEmpty();
    assertThat(ids(STARTS.earliest(9))).as("the book before").startsWith("b", "a");
  }
}
