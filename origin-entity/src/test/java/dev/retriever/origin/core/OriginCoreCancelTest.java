package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.ambiguous;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.core.CoreRun.aborts;
import static dev.retriever.origin.core.CoreRun.notices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.origin.Notice;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.room.Full;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OriginCoreCancelTest {
  private final CoreRun run = new CoreRun();

  private void cancelled(String id, boolean maybeSent) {
    assertThat(run.outcome(id)).isEqualTo(new Outcome.Cancelled(maybeSent));
  }

  @Test
  void an_open_attempt_is_aborted_and_may_have_been_sent() {
    run.submit("a", Samples.get());

    var decision = run.cancel("a");

    cancelled("a", true);
    assertThat(decision.verdict()).isEqualTo(Verdict.SETTLED);
    assertThat(aborts(decision)).containsExactly(1);
    assertThat(notices(decision)).containsExactly(Notice.CANCELLED);
    assertThat(run.settlement("a").orElseThrow().attempts()).hasSize(1);
  }

  @Test
  void one_that_never_started_was_not_sent() {
    run.submitWithoutRoom("a", Samples.get());

    var decision = run.cancel("a");

    cancelled("a", false);
    assertThat(aborts(decision)).isEmpty();
  }

  @Test
  void one_that_was_refused_and_awaits_its_retry_was_not_sent() {
    run.submit("a", Samples.get().retry(attempts(2)));
    run.report("a", 1, refused());

    run.cancel("a");

    cancelled("a", false);
    assertThat(run.state.starts().next(Full.none())).isEmpty();
  }

  @Test
  void one_that_was_answered_or_lost_and_awaits_its_retry_may_have_been_sent() {
    run.submit("answered", Samples.get().retry(attempts(2)));
    run.report("answered", 1, answer(503));
    run.submit("lost", Samples.get());
    run.unheard("lost", 1, Report.lost());

    run.cancel("answered");
    run.cancel("lost");

    cancelled("answered", true);
    cancelled("lost", true);
  }

  @Test
  void a_cancel_that_succeeded_succeeds_again() {
    run.submit("a", Samples.get());
    run.cancel("a");

    assertThat(run.pass(Duration.ofHours(1)).cancel("a"))
        .isEqualTo(Decision.nothing(Verdict.SETTLED));
  }

  @Test
  void a_cancel_of_what_settled_otherwise_loses() {
    run.submit("a", Samples.get());
    run.report("a", 1, answer(200));

    var decision = run.cancel("a");

    assertThat(decision)
        .isEqualTo(
            Decision.note(
                Verdict.SETTLED_OTHERWISE, Decision.Effect.Note.fetch(Notice.LOST_RACES, "a")));
    assertThat(run.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
  }

  @Test
  void an_answer_that_comes_after_the_cancel_is_kept_as_late() {
    run.submit("a", Samples.get());
    run.cancel("a");

    var decision = run.report("a", 1, answer(200));

    assertThat(notices(decision)).containsExactly(Notice.LATE, Notice.LOST_RACES);
    cancelled("a", true);
    assertThat(run.state.settled("a").orElseThrow().lateRows()).hasSize(1);
  }

  @Test
  void the_report_of_an_abort_is_kept_as_late() {
    run.submit("a", Samples.get());
    run.cancel("a");

    assertThat(notices(run.report("a", 1, ambiguous("aborted")))).contains(Notice.LATE);
  }

  @Test
  void alarms_after_a_cancel_are_nothing() {
    run.submit("a", Samples.get());
    run.cancel("a");

    assertThat(run.pass(Duration.ofHours(1)).fire()).isEqualTo(Decision.nothing(Verdict.NOTED));
  }

  @Test
  void there_is_nothing_to_cancel_of_an_unknown_fetch() {
    assertThat(run.cancel("nobody")).isEqualTo(Decision.nothing(Verdict.NO_SUCH_FETCH));
  }
}
