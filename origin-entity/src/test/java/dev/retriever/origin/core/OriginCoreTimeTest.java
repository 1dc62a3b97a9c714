package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static dev.retriever.origin.core.CoreRun.aborts;
import static dev.retriever.origin.core.CoreRun.dispatches;
import static dev.retriever.origin.core.CoreRun.notices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Stage;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Alarms, and their races with answers. */
class OriginCoreTimeTest {
  private static final Duration GRACE = FetchSpec.GRACE;
  private static final Instant TIME_IS_UP = START.plus(FetchSpec.WITHIN).plus(GRACE);
  private static final Instant GIVEN_UP = START.plus(FetchSpec.TIMEOUT).plus(GRACE);
  private static final Outcome DEADLINE_PASSED =
      new Outcome.Unknown(Optional.empty(), "deadline-passed", Optional.empty());

  /** An attempt that may take as long as the whole fetch. */
  private static final FetchSpec PATIENT = Samples.post().timeout(FetchSpec.WITHIN);

  private final CoreRun run = new CoreRun();

  private Decision ringAt(Instant at) {
    run.now = at;
    return run.fire();
  }

  @Test
  void an_open_attempt_at_deadline_and_grace_makes_the_fetch_unknown() {
    run.submit("a", PATIENT);
    assertThat(run.state.ownAlarms().next()).contains(TIME_IS_UP);

    var tooEarly = ringAt(TIME_IS_UP.minusMillis(1));
    assertThat(tooEarly).isEqualTo(Decision.nothing(Verdict.NOTED));

    var decision = ringAt(TIME_IS_UP);
    assertThat(run.outcome("a")).isEqualTo(DEADLINE_PASSED);
    assertThat(notices(decision)).containsExactly(Notice.UNKNOWN, Notice.TIMED_OUT);
    assertThat(aborts(decision)).containsExactly(1);
    assertThat(run.settlement("a").orElseThrow().attempts().get(0).endedAt()).contains(TIME_IS_UP);
  }

  @Test
  void a_fetch_that_never_found_room_has_failed_at_deadline_and_grace() {
    run.submitWithoutRoom("a", Samples.post());

    assertThat(ringAt(TIME_IS_UP.minusMillis(1)).events()).isEmpty();
    var decision = ringAt(TIME_IS_UP);

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Failed(Stage.QUEUED, "deadline-passed"));
    assertThat(notices(decision)).containsExactly(Notice.FAILED, Notice.TIMED_OUT);
    assertThat(aborts(decision)).isEmpty();
  }

  @Test
  void a_fetch_whose_retry_found_no_room_settles_with_the_best_it_has() {
    run.submit("a", Samples.get().retry(attempts(2)));
    run.report("a", 1, answer(503));

    ringAt(TIME_IS_UP);

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(503)));
  }

  @Test
  void a_fetch_whose_lost_attempt_found_no_room_again_is_unknown() {
    run.submit("a", Samples.get());
    run.unheard("a", 1, dev.retriever.executor.Report.lost());

    ringAt(TIME_IS_UP);

    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Unknown(Optional.empty(), "executor-lost", Optional.empty()));
  }

  @Test
  void an_attempt_that_nobody_reports_is_given_up_at_timeout_and_grace() {
    run.submit("a", Samples.post());

    assertThat(ringAt(GIVEN_UP.minusMillis(1)).events()).isEmpty();
    var decision = ringAt(GIVEN_UP);

    assertThat(run.outcome("a").why()).contains("executor-lost");
    assertThat(notices(decision)).containsExactly(Notice.UNKNOWN, Notice.ATTEMPTS_LOST);
    assertThat(aborts(decision)).containsExactly(1);
  }

  @Test
  void a_get_that_nobody_reports_is_aborted_and_sent_again() {
    run.submit("a", Samples.get());

    var decision = ringAt(GIVEN_UP);

    assertThat(aborts(decision)).containsExactly(1);
    assertThat(run.settlement("a")).isEmpty();
    assertThat(dispatches(run.retry("a"))).containsExactly(2);
    var second = run.now.plus(FetchSpec.TIMEOUT).plus(GRACE);
    assertThat(run.state.ownAlarms().next()).contains(second);
  }

  @Test
  void the_guard_of_an_attempt_that_ended_is_gone() {
    run.submit("a", Samples.get().retry(attempts(2)));
    run.report("a", 1, refused());

    assertThat(ringAt(GIVEN_UP).events()).isEmpty();
    assertThat(run.state.ownAlarms().next()).contains(TIME_IS_UP);
  }

  @Test
  void when_answer_and_deadline_race_and_the_answer_is_first_the_alarm_is_nothing() {
    run.submit("a", PATIENT);
    run.now = TIME_IS_UP;
    run.report("a", 1, answer(200));

    assertThat(run.fire()).isEqualTo(Decision.nothing(Verdict.NOTED));
    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
  }

  @Test
  void when_answer_and_deadline_race_and_the_alarm_is_first_the_answer_is_kept_as_late() {
    run.submit("a", PATIENT);
    ringAt(TIME_IS_UP);

    var decision = run.report("a", 1, answer(200));

    assertThat(decision.events())
        .containsExactly(new OriginEvent.LateAnswerKept("a", 1, answer(200), TIME_IS_UP));
    assertThat(notices(decision)).containsExactly(Notice.LATE, Notice.LOST_RACES);
    assertThat(run.outcome("a")).isEqualTo(DEADLINE_PASSED);
  }

  @Test
  void when_answer_and_backstop_race_and_the_answer_is_first_the_alarm_is_nothing() {
    run.submit("a", Samples.post());
    run.now = GIVEN_UP;
    run.report("a", 1, answer(200));

    assertThat(run.fire()).isEqualTo(Decision.nothing(Verdict.NOTED));
  }

  @Test
  void deadline_and_backstop_at_the_same_instant_settle_once() {
    run.submit("a", PATIENT);
    assertThat(run.state.ownAlarms().due(TIME_IS_UP, 10)).hasSize(2);

    var decision = ringAt(TIME_IS_UP);

    assertThat(decision.events()).hasSize(1);
  }

  @Test
  void a_fetch_that_is_granted_room_at_the_ring_of_its_deadline_settles_and_does_not_start() {
    run.submitWithoutRoom("a", Samples.get());
    run.now = TIME_IS_UP;

    var decision = run.start("a");

    assertThat(decision.events()).hasSize(1);
    assertThat(dispatches(decision)).isEmpty();
    assertThat(run.outcome("a").type()).isEqualTo(Outcome.Type.FAILED);
  }

  @Test
  void one_ring_handles_as_many_guards_as_allowed_and_the_next_the_others() {
    for (var id : java.util.List.of("a", "b", "c")) {
      run.submit(id, Samples.post());
    }
    run.now = GIVEN_UP;

    var first = run.take(Collected.fire(run.core, run.state, run.now, 0, 2, Map.of()));
    assertThat(first.events()).hasSize(2);
    assertThat(run.state.ownAlarms().next()).contains(GIVEN_UP);

    var second = run.take(Collected.fire(run.core, run.state, run.now, 0, 2, Map.of()));
    assertThat(second.events()).hasSize(1);
    assertThat(run.state.ownAlarms().isEmpty()).isTrue();
  }
}
