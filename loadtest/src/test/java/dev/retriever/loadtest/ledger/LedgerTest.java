package dev.retriever.loadtest.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.ledger.Breach.Kind;
import dev.retriever.loadtest.result.Recorded;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final Set<String> ANY = Set.of("answered", "failed", "unknown", "cancelled");
  private final Ledger ledger = new Ledger();

  private void accept(String id, boolean repeatable) {
    ledger.accepted(new Ledger.Accepted(id, "kind", repeatable, ANY));
  }

  private static FetchAnswer settled(String id, String type, Integer... attempts) {
    return settledAt("2026-01-01T00:00:00Z", id, type, attempts);
  }

  private static FetchAnswer settledAt(String at, String id, String type, Integer... attempts) {
    var outcome =
        new FetchAnswer.Outcome(type, Optional.empty(), Optional.empty(), Optional.empty(), at);
    return view(id, Optional.of(outcome), attempts);
  }

  private static FetchAnswer pending(String id, Integer... attempts) {
    return view(id, Optional.empty(), attempts);
  }

  private static FetchAnswer view(
      String id, Optional<FetchAnswer.Outcome> outcome, Integer... attempts) {
    return Recorded.fetch(
        "o", id, Instant.EPOCH, outcome, Stream.of(attempts).map(LedgerTest::attempt).toList());
  }

  private static FetchAnswer.Attempt attempt(int number) {
    return attempt(number, Optional.of(200));
  }

  private static FetchAnswer.Attempt attempt(int number, Optional<Integer> status) {
    return new FetchAnswer.Attempt(number, "e", Instant.EPOCH, Optional.empty(), status);
  }

  private void finds(Map<String, Map<Integer, Integer>> hits, Kind kind, String id, String what) {
    assertThat(ledger.verdict(hits).breaches())
        .anySatisfy(
            breach -> {
              assertThat(breach.kind()).isEqualTo(kind);
              assertThat(breach.fetchId()).isEqualTo(id);
              assertThat(breach.what()).contains(what);
            });
  }

  @Test
  void an_honest_run_has_no_breach_and_adds_up() {
    accept("quick", true);
    accept("retried", true);
    accept("refused", false);
    accept("killed", false);
    ledger.read(pending("quick"));
    ledger.read(settled("quick", "answered", 1));
    ledger.read(settled("quick", "answered", 1));
    ledger.read(settled("retried", "answered", 1, 2, 3));
    ledger.read(settled("refused", "failed", 1));
    ledger.read(settled("killed", "unknown", 1));

    var verdict =
        ledger.verdict(
            Map.of(
                "quick",
                Map.of(1, 1),
                "retried",
                Map.of(1, 1, 3, 1),
                "killed",
                Map.of(1, 1),
                "",
                Map.of(0, 99)));

    assertThat(verdict.breaches()).isEmpty();
    assertThat(verdict.kept()).isTrue();
    assertThat(verdict.total())
        .isEqualTo(new Tally(4, Map.of("answered", 2, "failed", 1, "unknown", 1), 4, 6));
    assertThat(verdict.total().lost()).isZero();
  }

  @Test
  void a_fetch_that_never_settles_is_lost() {
    accept("seen", true);
    accept("unseen", true);
    ledger.read(pending("seen", 1));

    finds(Map.of(), Kind.LOST, "seen", "not settled");
    finds(Map.of(), Kind.LOST, "unseen", "not settled");
    assertThat(ledger.verdict(Map.of()).total().lost()).isEqualTo(2);
  }

  @Test
  void an_unkeyed_post_that_is_sent_again_is_a_duplicate() {
    accept("post", false);
    ledger.read(settled("post", "answered", 1, 2));

    finds(Map.of("post", Map.of(1, 1, 2, 1)), Kind.DUPLICATE, "post", "hit 2 times");
  }

  @Test
  void an_attempt_that_is_sent_twice_is_a_duplicate() {
    accept("get", true);
    ledger.read(settled("get", "answered", 1, 2));

    finds(Map.of("get", Map.of(2, 2)), Kind.DUPLICATE, "get", "attempt 2 hit 2 times");
  }

  @Test
  void more_hits_than_journaled_attempts_is_a_duplicate() {
    accept("get", true);
    ledger.read(settled("get", "answered", 1));

    var hits = Map.of("get", Map.of(1, 1, 2, 1));
    finds(hits, Kind.DUPLICATE, "get", "1 attempts are journaled");
    finds(hits, Kind.UNFOUNDED, "get", "attempt 2 hit, but not journaled");
    assertThat(ledger.verdict(hits).count(Kind.DUPLICATE)).isEqualTo(1);
  }

  @Test
  void an_outcome_that_changes_between_reads_is_seen() {
    accept("type", true);
    accept("time", true);
    accept("back", true);
    ledger.read(settled("type", "unknown", 1));
    ledger.read(settled("type", "answered", 1));
    ledger.read(settled("time", "unknown", 1));
    ledger.read(settledAt("2026-01-01T00:00:01Z", "time", "unknown", 1));
    ledger.read(settled("back", "unknown", 1));
    ledger.read(pending("back", 1));
    ledger.read(settled("back", "unknown", 1));

    finds(Map.of(), Kind.CHANGED, "type", "was unknown");
    finds(Map.of(), Kind.CHANGED, "time", "2026-01-01T00:00:01Z");
    finds(Map.of(), Kind.CHANGED, "back", "then pending");
  }

  @Test
  void an_accepted_fetch_that_the_node_does_not_know_is_seen_even_if_it_comes_back() {
    accept("get", true);
    ledger.missing("get");
    ledger.read(settled("get", "unknown", 1));

    finds(Map.of(), Kind.CHANGED, "get", "not found");
  }

  @Test
  void an_answer_that_the_target_never_gave_is_seen() {
    accept("get", true);
    ledger.read(settled("get", "answered", 1));

    finds(Map.of(), Kind.UNFOUNDED, "get", "never hit");
  }

  @Test
  void a_failure_that_reached_the_target_is_seen() {
    accept("get", true);
    ledger.read(settled("get", "failed", 1));

    finds(Map.of("get", Map.of(1, 1)), Kind.UNFOUNDED, "get", "nothing was sent");
  }

  @Test
  void an_outcome_that_cannot_be_true_is_seen() {
    ledger.accepted(new Ledger.Accepted("silent", "kind", true, Set.of("unknown")));
    ledger.read(settled("silent", "answered", 1));

    finds(Map.of("silent", Map.of(1, 1)), Kind.UNFOUNDED, "silent", "can only be");
  }

  @Test
  void a_hit_for_a_fetch_that_was_never_accepted_is_seen_unless_that_is_in_doubt() {
    ledger.doubtful("unanswered");

    var hits = Map.of("stranger", Map.of(1, 1), "unanswered", Map.of(1, 1));
    finds(hits, Kind.UNFOUNDED, "stranger", "never accepted");
    assertThat(ledger.verdict(hits).breaches()).hasSize(1);
  }

  @Test
  void an_attempt_before_the_time_that_the_target_asked_for_is_seen() {
    accept("get", true);
    ledger.read(settled("get", "answered", 1, 2));

    var breaches = early(new Hits.Early("get", 1, 2, Ledger.TOLERANCE_MS + 1));

    assertThat(breaches).extracting(Breach::kind).containsExactly(Kind.EARLY);
    assertThat(breaches.get(0).what()).contains("attempt 2 came 21 ms before");
  }

  @Test
  void an_attempt_within_the_tolerance_or_after_an_answer_that_was_lost_is_not_early() {
    accept("get", true);
    accept("lost", true);
    ledger.read(settled("get", "answered", 1, 2));
    ledger.read(
        Recorded.fetch(
            "o",
            "lost",
            Instant.EPOCH,
            settled("lost", "answered").outcome(),
            List.of(attempt(1, Optional.empty()), attempt(2))));

    assertThat(
            early(
                new Hits.Early("get", 1, 2, Ledger.TOLERANCE_MS),
                new Hits.Early("lost", 1, 2, 4_000)))
        .isEmpty();
  }

  private List<Breach> early(Hits.Early... early) {
    var hits = Map.of("get", Map.of(1, 1, 2, 1), "lost", Map.of(1, 1, 2, 1));
    return ledger.verdict(hits, List.of(early)).breaches().stream()
        .filter(breach -> breach.kind() == Kind.EARLY)
        .toList();
  }

  @Test
  void a_long_complaint_is_cut_with_the_count_of_the_rest() {
    IntStream.range(0, 50).forEach(i -> accept("f" + i, true));

    var verdict = ledger.verdict(Map.of());

    assertThat(verdict.complaint().lines()).hasSize(21).last().asString().contains("30 more");
    assertThat(verdict.count(Kind.LOST)).isEqualTo(50);
  }

  @Test
  void a_body_that_is_another_one_is_altered() {
    var good = Recorded.answered("f");
    var altered =
        new FetchAnswer(
            good.originId(),
            "f",
            good.acceptedAt(),
            good.outcome(),
            good.attempts(),
            Optional.of(new FetchAnswer.Body("f", "aa", "ab")),
            false);
    var ledger = new Ledger();
    ledger.accepted(new Ledger.Accepted("f", "get", true, Set.of("answered")));
    ledger.read(altered);

    var verdict = ledger.verdict(Map.of("f", Map.of(1, 1)));

    assertThat(verdict.count(Breach.Kind.ALTERED)).isEqualTo(1);
  }
}
