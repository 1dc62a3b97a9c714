package dev.retriever.loadtest.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.crashes.TickTally.Arrival;
import dev.retriever.loadtest.crashes.TickTally.Ended;
import dev.retriever.loadtest.crashes.TickTally.Tick;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.result.Recorded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is found in schedules that do not tick as they must. */
class TickTallyTest {
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SECOND = FIRST.plusSeconds(60);
  private static final List<Instant> DUE = List.of(FIRST, SECOND);

  private static Tick fired(Instant at) {
    return new Tick(at, at.plusMillis(5), "fired");
  }

  private static Ended ended(Tick... recent) {
    return new Ended("s", 7, "ended", List.of(recent), recent.length, 0);
  }

  private static final Ended GOOD = ended(fired(FIRST), fired(SECOND));

  private static Arrival came(Instant due, int attempt, int millis) {
    return new Arrival(GOOD.fetchId(due), attempt, due.plusMillis(millis));
  }

  private static final List<Arrival> ALL = List.of(came(FIRST, 1, 20), came(SECOND, 1, 30));

  private static TickTally tally(Ended schedule, List<Arrival> arrivals) {
    return TickTally.of(List.of(schedule), DUE, arrivals);
  }

  private static List<Arrival> and(Arrival more) {
    return Stream.concat(ALL.stream(), Stream.of(more)).toList();
  }

  @Test
  void each_tick_once_at_its_time_is_as_it_must_be_also_with_a_second_attempt() {
    assertThat(tally(GOOD, ALL)).isEqualTo(new TickTally(2, 2, 0, 0, 0, 0));
    assertThat(tally(GOOD, and(came(SECOND, 2, 90)))).isEqualTo(tally(GOOD, ALL));
  }

  @Test
  void a_tick_that_did_not_fire_and_one_whose_fetch_did_not_come_are_lost() {
    assertThat(tally(ended(fired(FIRST)), ALL).lost()).isEqualTo(1);
    assertThat(tally(GOOD, ALL.subList(0, 1)).lost()).isEqualTo(1);
    var missed = new Tick(SECOND, SECOND.plusSeconds(90), "missed");
    assertThat(tally(ended(fired(FIRST), missed), ALL).lost()).isEqualTo(1);
  }

  @Test
  void a_tick_that_is_noted_twice_an_attempt_that_comes_twice_and_a_fetch_of_no_tick_are_found() {
    assertThat(tally(ended(fired(FIRST), fired(FIRST), fired(SECOND)), ALL).twice()).isEqualTo(1);
    assertThat(tally(GOOD, and(came(FIRST, 1, 25))).twice()).isEqualTo(1);
    assertThat(tally(GOOD, and(came(SECOND.plusSeconds(60), 1, 1))).twice()).isEqualTo(1);
    assertThat(tally(GOOD, and(new Arrival("s~t1", 1, SECOND))).twice()).isEqualTo(1);
  }

  @Test
  void what_is_decided_or_comes_before_its_time_is_early() {
    var early = new Tick(SECOND, SECOND.minusMillis(1), "fired");

    assertThat(tally(ended(fired(FIRST), early), ALL).early()).isEqualTo(1);
    assertThat(tally(GOOD, List.of(came(FIRST, 1, -1), came(SECOND, 1, 30))).early()).isEqualTo(1);
  }

  @Test
  void a_schedule_that_counts_otherwise_or_has_not_ended_is_found() {
    var missed = new Ended("s", 7, "ended", GOOD.recent(), 2, 1);
    var active = new Ended("s", 7, "active", GOOD.recent(), 2, 0);
    var third = ended(fired(FIRST), fired(SECOND), fired(SECOND.plusSeconds(60)));

    assertThat(tally(missed, ALL).otherwise()).isEqualTo(1);
    assertThat(tally(active, ALL).otherwise()).isEqualTo(1);
    assertThat(tally(third, ALL).otherwise()).isEqualTo(1);
  }

  @Test
  void lateness_counts_from_when_the_tick_was_due() {
    assertThat(TickTally.late(List.of(GOOD), SECOND)).containsExactly(Duration.ofMillis(5));
    assertThat(TickTally.came(and(came(SECOND, 2, 90)), SECOND))
        .containsExactly(Duration.ofMillis(30));
  }

  private static boolean isKept(Ended schedule, boolean isStruck) {
    return isKept(schedule, isStruck, SECOND.minusSeconds(1));
  }

  private static boolean isKept(Ended schedule, boolean isStruck, Instant killed) {
    var third = SECOND.plusSeconds(60);
    var ids = Stream.of(FIRST, SECOND, third).map(schedule::fetchId).toList();
    var arrivals = Stream.concat(ALL.stream(), Stream.of(came(third, 1, 1))).toList();
    var ledger = new Ledger();
    for (var id : ids) {
      ledger.accepted(new Ledger.Accepted(id, "tick", true, Set.of("answered")));
      ledger.read(Recorded.answered(id));
    }
    var restart = new ScheduleReport.Restart(killed, SECOND.plusSeconds(9), isStruck);
    var report =
        new ScheduleReport(
            List.of(FIRST, SECOND, third),
            List.of(schedule),
            arrivals,
            List.of(restart, restart),
            0);
    var hit = Map.of(1, 1);
    var verdict = ledger.verdict(Map.of(ids.get(0), hit, ids.get(1), hit, ids.get(2), hit));
    return Recorded.result("schedules", draft -> report.into(draft, 1, verdict)).kept();
  }

  @Test
  void
      the_scenario_fails_for_a_tick_that_is_not_there_and_for_nodes_that_were_not_killed_in_time() {
    var all = ended(fired(FIRST), fired(SECOND), fired(SECOND.plusSeconds(60)));

    assertThat(isKept(all, true)).isTrue();
    assertThat(isKept(all, false)).isFalse();
    assertThat(isKept(GOOD, true)).isFalse();
    assertThat(isKept(all, true, SECOND.plusSeconds(1))).isFalse();
  }
}
