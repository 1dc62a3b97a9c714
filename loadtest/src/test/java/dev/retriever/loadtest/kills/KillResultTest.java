package dev.retriever.loadtest.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.ledger.Breach;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.result.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A run in which a fetch was under way where the strike hit, and what may be wrong with it. */
class KillResultTest {
  private static final Instant ACCEPTED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant BLOW = ACCEPTED.plusSeconds(1);
  private static final Instant SETTLED = ACCEPTED.plusSeconds(9);
  private static final Instant ASKED = ACCEPTED.plusSeconds(20);
  private static final String NODE = "127.0.0.1:1";

  private final Ledger ledger = new Ledger();
  private final Map<String, Map<Integer, Integer>> hits = new HashMap<>();
  private final List<Strike> strikes = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private long settlements = 2;

  KillResultTest() {
    fetch("get", true, lost(1), answered(2));
    hits.put("get", Map.of(1, 1, 2, 1));
    fetch("post", false, answered(1));
    hits.put("post", Map.of(1, 1));
    strikes.add(new Strike("kill -9", BLOW, Optional.of(NODE), true, 100, 60));
  }

  private void fetch(String id, boolean repeatable, FetchAnswer.Attempt... attempts) {
    ledger.accepted(new Ledger.Accepted(id, id, repeatable, Set.of("answered", "unknown")));
    read(id, SETTLED, attempts);
  }

  private void read(String id, Instant settledAt, FetchAnswer.Attempt... attempts) {
    var outcome =
        new FetchAnswer.Outcome(
            "answered",
            Optional.of("complete"),
            Optional.empty(),
            Optional.of(200),
            settledAt.toString());
    ledger.read(Recorded.fetch("o", id, ACCEPTED, Optional.of(outcome), List.of(attempts)));
  }

  private static FetchAnswer.Attempt lost(int number) {
    return new FetchAnswer.Attempt(
        number, "retriever@" + NODE + "#a", ACCEPTED, Optional.of(SETTLED), Optional.empty());
  }

  private static FetchAnswer.Attempt answered(int number) {
    return new FetchAnswer.Attempt(
        number, "retriever@127.0.0.1:2#b", SETTLED, Optional.of(SETTLED), Optional.of(200));
  }

  private List<FirstGrant> grants = List.of();

  private KillResult result() {
    var seen =
        new KillResult.Seen(
            ledger,
            hits,
            List.of(),
            settlements,
            strikes,
            List.of(Duration.ofSeconds(12)),
            List.of(new KillResult.Quiet(ASKED, ASKED)),
            grants,
            3,
            faults);
    return KillResult.of("each", "1 kill", seen);
  }

  private void failsWith(String complaint) {
    var result = result();
    assertThat(result.kept()).isFalse();
    assertThat(result.complaints()).singleElement().asString().contains(complaint);
    assertThat(printed(result)).contains("NOT OK").contains(complaint);
  }

  private static Result report(KillResult... results) {
    return Recorded.result("kills", new KillReport(List.of(results), List.of())::into);
  }

  private static String printed(KillResult result) {
    return Recorded.text(report(result));
  }

  @Test
  void a_first_grant_that_is_later_than_asked_and_one_that_never_came_are_failed_checks() {
    var soon = Optional.of(Duration.ofSeconds(1));
    grants =
        List.of(
            new FirstGrant(soon, soon, Optional.of(Duration.ofSeconds(4)), Duration.ZERO, false));
    var late = report(result());
    grants = List.of(new FirstGrant(soon, soon, Optional.empty(), Duration.ofSeconds(9), false));
    var never = report(result());
    grants = List.of(new FirstGrant(soon, soon, soon, Duration.ZERO, false));

    assertThat(late.kept()).isFalse();
    assertThat(Recorded.text(late)).contains("first grant after the queue is back").contains("≤ 3");
    assertThat(never.kept()).isFalse();
    assertThat(report(result()).kept()).isTrue();
  }

  @Test
  void a_run_whose_strike_hit_and_whose_fetches_came_back_is_kept() {
    var result = result();

    assertThat(result.kept()).isTrue();
    assertThat(result.underWay()).isEqualTo(1);
    assertThat(result.extraHits()).as("the attempt that was lost").isEqualTo(1);
    assertThat(result.lastSettled()).contains(Duration.ofSeconds(8));
    assertThat(result.settleTimes().getMaxValue()).isBetween(8_990L, 9_010L);
    assertThat(printed(result)).contains("ok").doesNotContain("NOT");
    assertThat(report(result).kept()).isTrue();
  }

  @Test
  void a_planted_loss_fails_it() {
    ledger.accepted(new Ledger.Accepted("gone", "get", true, Set.of("answered")));

    assertThat(result().kept()).isFalse();
    assertThat(result().verdict().count(Breach.Kind.LOST)).isEqualTo(1);
    assertThat(report(result()).kept()).isFalse();
  }

  @Test
  void a_planted_duplicate_fails_it() {
    read("post", SETTLED, answered(1), answered(2));
    hits.put("post", Map.of(1, 1, 2, 1));

    assertThat(result().kept()).isFalse();
    assertThat(result().verdict().count(Breach.Kind.DUPLICATE)).isEqualTo(1);
  }

  @Test
  void a_second_settlement_in_the_journal_fails_it() {
    settlements = 3;

    failsWith("2 fetches were accepted, but the journal has 3 settlements");
  }

  @Test
  void a_fetch_that_settles_when_it_is_asked_for_fails_it() {
    ledger.accepted(new Ledger.Accepted("slept", "get", true, Set.of("answered")));
    read("slept", ASKED.plusMillis(1), answered(1));
    hits.put("slept", Map.of(1, 1));
    settlements = 3;

    failsWith("1 fetches did not settle before they were read");
  }

  @Test
  void a_strike_that_never_struck_fails_it() {
    strikes.set(0, new Strike("kill -9", BLOW, Optional.of(NODE), false, 100, 100));

    failsWith("it never struck");
  }

  @Test
  void a_strike_that_found_nothing_under_way_fails_it() {
    strikes.set(0, new Strike("kill -9", BLOW, Optional.of("127.0.0.1:3"), true, 100, 100));

    failsWith("nothing was under way");
  }

  @Test
  void a_strike_while_most_submissions_were_refused_fails_it() {
    strikes.set(0, new Strike("kill -9", BLOW, Optional.of(NODE), true, 100, 59));

    failsWith("only 59 of 100 fetches were accepted");
  }

  @Test
  void a_strike_before_anything_was_submitted_fails_it() {
    strikes.set(0, new Strike("kill -9", BLOW, Optional.of(NODE), true, 0, 0));

    failsWith("only 0 of 0");
  }

  @Test
  void a_run_without_a_strike_fails() {
    strikes.clear();

    failsWith("nothing was struck");
  }

  @Test
  void a_fault_of_the_play_fails_it() {
    faults.add("the node that the others went on without lives");

    failsWith("lives");
  }

  @Test
  void a_test_that_could_not_be_run_is_no_success() {
    var report = new KillReport(List.of(result()), List.of("rolling"));

    var result = Recorded.result("kills", report::into);

    assertThat(result.kept()).isFalse();
    assertThat(Recorded.text(result)).containsPattern("rolling +could not be run");
  }

  @Test
  void no_result_at_all_is_no_success() {
    assertThat(report().kept()).isFalse();
  }

  @Test
  void a_strike_against_all_counts_what_was_under_way_anywhere() {
    var all = new Strike("kill -9 of PostgreSQL", SETTLED, Optional.empty(), true, 1, 1);

    assertThat(all.underWay(ledger.latest())).isEqualTo(3);
    assertThat(all.missed(ledger.latest())).isEmpty();
  }

  @Test
  void the_median_is_one_of_the_times() {
    var times = List.of(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ofSeconds(2));

    assertThat(KillReport.median(times)).contains(Duration.ofSeconds(2));
    assertThat(KillReport.median(List.of())).isEmpty();
  }
}
