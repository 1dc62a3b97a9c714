package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.notSent;
import static dev.retriever.origin.Samples.response;
import static dev.retriever.origin.Samples.timedOut;
import static dev.retriever.origin.core.CoreRun.POOL;
import static dev.retriever.origin.core.CoreRun.aborts;
import static dev.retriever.origin.core.CoreRun.notices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.room.Full;
import dev.retriever.origin.core.specs.Fingerprint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first report makes of a fetch with one attempt. */
class OriginCoreOutcomeTest {
  private final CoreRun run = new CoreRun();

  @ParameterizedTest
  @ValueSource(ints = {100, 200, 204, 301, 404, 500, 503, 599})
  void any_status_is_an_answer(int status) {
    run.submit("a", Samples.post());

    var decision = run.pass(Duration.ofSeconds(1)).report("a", 1, answer(status));

    var ended =
        new Attempt(
            1,
            POOL,
            START,
            Optional.of(run.now),
            Optional.of(Stage.COMPLETE),
            Optional.of(status),
            Optional.empty(),
            Attempt.checksum(answer(status)),
            Timeline.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(decision.events())
        .containsExactly(
            new FetchSettled(
                "a", new Outcome.Answered(response(status)), false, List.of(ended), run.now));
    assertThat(decision.verdict()).isEqualTo(Verdict.SETTLED);
    assertThat(notices(decision)).containsExactly(Notice.ANSWERED);
    assertThat(aborts(decision)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"RESOLVING", "EGRESS_DENIED", "CONNECTING", "TLS"})
  void a_fetch_that_was_not_sent_has_failed(Stage stage) {
    run.submit("a", Samples.post());

    var decision = run.report("a", 1, notSent(stage));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Failed(stage, "refused"));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
    assertThat(notices(decision)).containsExactly(Notice.FAILED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Stage.class,
      names = {"SENT", "HEADERS", "BODY"})
  void a_fetch_that_may_have_been_acted_on_is_unknown(Stage stage) {
    run.submit("a", Samples.get());
    var partial = Optional.of(response(200));

    var decision = run.report("a", 1, new Report.Ambiguous(Optional.of(stage), "reset", partial));

    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Unknown(Optional.of(stage), "reset", partial));
    assertThat(notices(decision)).containsExactly(Notice.UNKNOWN);
  }

  @Test
  void a_time_limit_is_counted_beside_the_outcome_it_led_to() {
    run.submit("a", Samples.get());
    run.submit("b", Samples.get());

    assertThat(notices(run.report("a", 1, timedOut())))
        .containsExactly(Notice.UNKNOWN, Notice.TIMED_OUT);
    assertThat(notices(run.report("b", 1, new Report.NotSent(Stage.CONNECTING, Report.TIMEOUT))))
        .containsExactly(Notice.FAILED, Notice.TIMED_OUT);
  }

  @Test
  void a_settled_fetch_has_no_alarms_and_is_remembered_without_its_body() {
    run.submit("a", Samples.get());

    run.report("a", 1, answer(404));

    assertThat(run.state.pending()).isEmpty();
    assertThat(run.state.ownAlarms().isEmpty()).isTrue();
    assertThat(run.state.starts().next(Full.none())).isEmpty();
    var settled = run.state.settled("a").orElseThrow();
    assertThat(settled.type()).isEqualTo(Outcome.Type.ANSWERED);
    assertThat(settled.status()).contains(404);
    assertThat(settled.row()).isEqualTo(2);
    assertThat(settled.fingerprint()).isEqualTo(Fingerprint.ofMeaning(Samples.get()));
  }
}
