package dev.retriever.loadtest.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.crashes.JournalOutcomes.Journaled;
import dev.retriever.loadtest.crashes.KeyTimes.Period;
import dev.retriever.loadtest.crashes.KeyTimes.Signed;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.result.Result;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What is found in callbacks that are not as they must be. */
class CallbackTallyTest {
  /** A second after this, fetches of {@link Recorded} settle. */
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static final Instant SETTLED = START.plusSeconds(1);

  private static final KeyTimes KEYS =
      new KeyTimes(
          START.plusSeconds(100),
          START.plusSeconds(101),
          START.plusSeconds(200),
          START.plusSeconds(201));

  private static final List<Journaled> JOURNAL =
      List.of(
          new Journaled(3, Recorded.answered("f-1")), new Journaled(7, Recorded.answered("f-2")));

  private static ToldOutcome told(String id, String fetch, long sequence, Signed signed) {
    return new ToldOutcome(
        id, "o", fetch, sequence, "answered", SETTLED, SETTLED.plusMillis(30), true, signed);
  }

  private static Signed byOld(int second) {
    return new Signed(START.plusSeconds(second), true, false);
  }

  private static final ToldOutcome FIRST = told("m-1", "f-1", 3, byOld(1));
  private static final ToldOutcome SECOND = told("m-2", "f-2", 7, byOld(2));

  private static CallbackTally tally(ToldOutcome... told) {
    return CallbackTally.of(JOURNAL, List.of(told), KEYS);
  }

  @Test
  void each_outcome_under_one_id_with_the_keys_of_its_time_is_as_it_must_be() {
    var tally = tally(FIRST, SECOND, FIRST);

    assertThat(tally)
        .isEqualTo(new CallbackTally(2, 0, 0, 2, 0, 0, 0, 0, 0, 0, Map.of(Period.OLD, 3L), 1, 1));
  }

  @Test
  void an_outcome_that_is_not_told_is_found_and_so_is_the_gap_in_its_origin() {
    assertThat(tally(FIRST).untold()).isEqualTo(1);
    assertThat(tally(FIRST).incomplete()).isEqualTo(1);
  }

  @Test
  void a_message_that_was_only_refused_has_told_nothing() {
    var refused =
        new ToldOutcome(
            "m-2", "o", "f-2", 7, "answered", SETTLED, SETTLED.plusMillis(1), false, byOld(2));

    assertThat(tally(FIRST, refused).untold()).isEqualTo(1);
    assertThat(tally(FIRST, refused, SECOND).untold()).isZero();
    assertThat(tally(FIRST, refused, SECOND).again()).isEqualTo(1);
    assertThat(tally(FIRST, refused, SECOND).takenAgain()).isZero();
  }

  @Test
  void a_second_id_of_an_outcome_and_a_second_outcome_of_an_id_are_found() {
    assertThat(tally(FIRST, SECOND, told("m-3", "f-2", 7, byOld(3))).severalIds()).isEqualTo(1);
    assertThat(tally(FIRST, told("m-1", "f-2", 7, byOld(3))).sharedIds()).isEqualTo(1);
  }

  @Test
  void what_has_no_outcome_and_what_tells_another_one_are_found() {
    var cancelled =
        new ToldOutcome(
            "m-2", "o", "f-2", 7, "cancelled", SETTLED, SETTLED.plusMillis(1), true, byOld(2));

    assertThat(tally(FIRST, SECOND, told("m-9", "f-9", 9, byOld(3))).unfounded()).isEqualTo(1);
    assertThat(tally(FIRST, cancelled).otherwise()).isEqualTo(1);
    assertThat(tally(FIRST, told("m-2", "f-2", 8, byOld(2))).incomplete()).isEqualTo(1);
  }

  @Test
  void a_message_needs_the_keys_of_its_time_and_no_others() {
    assertThat(KEYS.isRight(byOld(50))).isTrue();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(50), true, true))).isFalse();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(50), false, true))).isFalse();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(150), true, true))).isTrue();
    assertThat(KEYS.isRight(byOld(150))).isFalse();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(250), false, true))).isTrue();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(250), true, true))).isFalse();
    assertThat(KEYS.isRight(byOld(250))).isFalse();
  }

  @Test
  void while_a_change_becomes_known_either_key_will_do_but_none_will_not() {
    assertThat(KEYS.at(START.plusSeconds(103))).isEqualTo(Period.CHANGING);
    assertThat(KEYS.isRight(byOld(103))).isTrue();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(203), true, true))).isTrue();
    assertThat(KEYS.isRight(new Signed(START.plusSeconds(203), false, false))).isFalse();
  }

  private static Result result(UnaryOperator<List<ToldOutcome>> change, boolean isStruck) {
    var both = new Signed(START.plusSeconds(150), true, true);
    var fresh = new Signed(START.plusSeconds(250), false, true);
    var told =
        change.apply(
            new ArrayList<>(
                List.of(FIRST, SECOND, told("m-1", "f-1", 3, both), told("m-1", "f-1", 3, fresh))));
    var ledger = new Ledger();
    JOURNAL.forEach(
        it -> {
          ledger.accepted(new Ledger.Accepted(it.fetch().id(), "get", true, Set.of("answered")));
          ledger.read(it.fetch());
        });
    var kill = new CallbackReport.Kill("127.0.0.1:1", SETTLED.plusMillis(10), isStruck, 2);
    var report =
        new CallbackReport(
            CallbackTally.of(JOURNAL, told, KEYS), told, START, List.of(kill), 0, 0, 0, 0);
    var hits = Map.of("f-1", Map.of(1, 1), "f-2", Map.of(1, 1));
    return Recorded.result(
        "callbacks",
        draft -> report.into(draft, new CallbackReport.Sizes(2, 1), ledger.verdict(hits)));
  }

  @Test
  void the_scenario_fails_for_each_of_these_and_for_a_kill_that_struck_nothing() {
    assertThat(result(it -> it, true).kept()).isTrue();
    assertThat(result(it -> it, false).kept()).isFalse();
    assertThat(result(it -> it.subList(1, 4), true).kept()).as("still told later").isTrue();
    assertThat(result(it -> it.subList(2, 4), true).kept()).as("one is not told").isFalse();
    assertThat(result(it -> it.subList(0, 3), true).kept()).as("none with the new key").isFalse();
  }
}
