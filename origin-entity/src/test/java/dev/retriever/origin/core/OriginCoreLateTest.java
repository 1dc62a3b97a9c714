package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.ambiguous;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static dev.retriever.origin.core.CoreRun.aborts;
import static dev.retriever.origin.core.CoreRun.notices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.room.Full;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reports that come late, again, or from nowhere. */
class OriginCoreLateTest {
  private final CoreRun run = new CoreRun();

  private Decision lost(String id, int attempt) {
    return run.unheard(id, attempt, Report.lost());
  }

  private static void isOnly(Notice notice, Decision decision) {
    assertThat(decision.events()).isEmpty();
    assertThat(notices(decision)).containsExactly(notice);
    assertThat(decision.effects()).hasSize(1);
  }

  @Test
  void a_report_on_a_fetch_that_settled_without_it_is_kept() {
    run.submit("a", Samples.post());
    lost("a", 1);

    var decision = run.pass(Duration.ofHours(1)).report("a", 1, answer(200));

    assertThat(decision.events()).containsExactly(new LateAnswerKept("a", 1, answer(200), run.now));
    assertThat(notices(decision)).containsExactly(Notice.LATE, Notice.LOST_RACES);
    assertThat(run.outcome("a").why()).contains("executor-lost");
    assertThat(run.state.settled("a").orElseThrow().lateRows()).containsExactly(3L);
  }

  @Test
  void a_late_report_that_comes_again_is_a_duplicate() {
    run.submit("a", Samples.post());
    lost("a", 1);
    run.report("a", 1, answer(200));

    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, answer(200)));
    isOnly(Notice.CONTRADICTING_REPORTS, run.report("a", 1, answer(500)));
  }

  @Test
  void an_answer_to_an_attempt_that_was_given_up_settles_the_fetch_and_aborts_the_next() {
    run.submit("a", Samples.get());
    lost("a", 1);
    run.retry("a");

    var decision = run.report("a", 1, answer(200));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(aborts(decision)).containsExactly(2);
    assertThat(notices(decision)).containsExactly(Notice.ANSWERED);
    var settled = run.settlement("a").orElseThrow().attempts();
    assertThat(settled).extracting(Attempt::number).containsExactly(1, 2);
    assertThat(settled.get(0).status()).contains(200);
    assertThat(settled.get(1).endedAt()).isEmpty();

    assertThat(notices(run.report("a", 2, ambiguous("aborted"))))
        .containsExactly(Notice.LATE, Notice.LOST_RACES);
    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, answer(200)));
  }

  @Test
  void an_answer_to_an_attempt_that_was_given_up_settles_a_fetch_that_awaits_its_retry() {
    run.submit("a", Samples.get());
    lost("a", 1);

    var decision = run.report("a", 1, answer(404));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(404)));
    assertThat(aborts(decision)).isEmpty();
    assertThat(run.state.starts().next(Full.none())).isEmpty();
  }

  @Test
  void a_late_answer_that_is_worth_a_retry_is_kept_and_the_fetch_goes_on() {
    run.submit("a", Samples.get());
    lost("a", 1);

    var decision = run.report("a", 1, answer(503));

    assertThat(decision.events()).hasOnlyElementsOfType(LateAnswerKept.class);
    assertThat(run.state.pending("a").orElseThrow().lateRows()).containsExactly(3L);
    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, answer(503)));
    run.retry("a");
    run.report("a", 2, answer(200));
    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(run.state.settled("a").orElseThrow().lateRows()).containsExactly(3L);
  }

  @Test
  void a_late_failure_is_kept_and_the_fetch_goes_on() {
    run.submit("a", Samples.get());
    lost("a", 1);
    run.retry("a");

    assertThat(notices(run.report("a", 1, ambiguous("reset")))).contains(Notice.LATE);

    assertThat(run.state.pending("a").orElseThrow().open()).isPresent();
  }

  @Test
  void a_report_that_comes_again_is_a_counted_no_op_while_pending_and_when_settled() {
    run.submit("a", Samples.get().retry(attempts(2)));
    run.report("a", 1, refused());
    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, refused()));
    run.retry("a");
    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, refused()));
    run.report("a", 2, answer(200));

    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, refused()));
    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 2, answer(200)));
  }

  @Test
  void a_report_that_says_something_else_than_the_first_is_noticed_and_changes_nothing() {
    run.submit("a", Samples.get().retry(attempts(2)));
    run.report("a", 1, refused());
    isOnly(Notice.CONTRADICTING_REPORTS, run.report("a", 1, answer(200)));
    run.retry("a");
    run.report("a", 2, answer(200));

    isOnly(Notice.CONTRADICTING_REPORTS, run.report("a", 2, answer(201)));
    isOnly(Notice.CONTRADICTING_REPORTS, run.report("a", 2, ambiguous("reset")));
    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
  }

  /** 200 and 456 differ by 256: a checksum over one byte of the status would not tell them. */
  @Test
  void reports_that_differ_in_the_status_only_have_different_checksums() {
    var one = new dev.retriever.executor.Response(200, java.util.List.of(), Samples.EMPTY);
    var other = new dev.retriever.executor.Response(456, java.util.List.of(), Samples.EMPTY);

    assertThat(Attempt.checksum(new Report.Answered(one)))
        .isNotEqualTo(Attempt.checksum(new Report.Answered(other)));
  }

  @Test
  void the_attempt_keeps_the_times_of_its_report_which_is_the_same_with_others() {
    var timeline = Timeline.of(Map.of(Stage.RESOLVING, 10L, Stage.COMPLETE, 2_000L));
    run.submit("a", Samples.get());

    run.report("a", 1, answer(200).with(timeline));

    var attempt = run.settlement("a").orElseThrow().attempts().get(0);
    assertThat(attempt.timeline()).isEqualTo(timeline);
    assertThat(attempt.reportSeen()).isEqualTo(Attempt.checksum(answer(200)));
    isOnly(Notice.DUPLICATE_REPORTS, run.report("a", 1, answer(200)));
  }

  @Test
  void an_attempt_that_was_given_up_has_no_times_and_a_late_report_has_its_own() {
    var timeline = Timeline.of(Map.of(Stage.RESOLVING, 10L));
    run.submit("a", Samples.get());
    lost("a", 1);

    run.report("a", 1, refused().with(timeline));

    assertThat(run.state.pending("a").orElseThrow().attempts().get(0).timeline())
        .isEqualTo(Timeline.NONE);
    assertThat(run.journal.get(run.journal.size() - 1))
        .isEqualTo(new LateAnswerKept("a", 1, refused().with(timeline), run.now));
  }

  @Test
  void a_report_on_what_this_origin_never_had_is_stray() {
    isOnly(Notice.STRAY_REPORTS, run.report("nobody", 1, answer(200)));

    run.submit("a", Samples.get());
    isOnly(Notice.STRAY_REPORTS, run.report("a", 2, answer(200)));
    isOnly(Notice.STRAY_REPORTS, run.report("a", 0, answer(200)));

    run.report("a", 1, answer(200));
    isOnly(Notice.STRAY_REPORTS, run.report("a", 2, answer(200)));
    isOnly(Notice.STRAY_REPORTS, run.report("a", 0, answer(200)));
  }
}
