package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.ambiguous;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.notSent;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.Samples.response;
import static dev.retriever.origin.core.CoreRun.dispatches;
import static dev.retriever.origin.core.CoreRun.notices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCoreRetryTest {
  private static final FetchSpec GET = Samples.get().retry(attempts(3));
  private static final FetchSpec POST = Samples.post().retry(attempts(3));

  private final CoreRun run = new CoreRun();

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
  void a_status_worth_a_retry_is_tried_again_until_attempts_are_used_up(int status) {
    run.submit("a", GET);

    var first = run.report("a", 1, answer(status));
    assertThat(first.events())
        .containsExactly(
            new AttemptEnded(
                "a", 1, answer(status), true, run.now, run.now.plusSeconds(5), Optional.empty()));
    assertThat(notices(first)).isEmpty();
    assertThat(dispatches(run.retry("a"))).containsExactly(2);
    run.report("a", 2, answer(status));
    assertThat(dispatches(run.retry("a"))).containsExactly(3);
    run.report("a", 3, answer(status));

    var settlement = run.settlement("a").orElseThrow();
    assertThat(settlement.outcome()).isEqualTo(new Outcome.Answered(response(status)));
    assertThat(settlement.exhausted()).isTrue();
    assertThat(settlement.attempts()).extracting(Attempt::number).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 301, 400, 404, 501})
  void another_status_is_the_answer_at_once(int status) {
    run.submit("a", GET);

    run.report("a", 1, answer(status));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(status)));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @Test
  void a_retry_can_succeed_and_is_then_not_exhausted() {
    run.submit("a", GET.retry(attempts(2)));
    run.report("a", 1, answer(503));
    run.retry("a");

    run.report("a", 2, answer(200));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @Test
  void one_allowed_attempt_is_not_called_exhausted() {
    run.submit("a", Samples.get());

    run.report("a", 1, answer(503));

    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  static List<Report> reportsOnWhatMayHaveBeenActedOn() {
    return List.of(answer(503), ambiguous("reset"), Samples.timedOut());
  }

  @ParameterizedTest
  @MethodSource("reportsOnWhatMayHaveBeenActedOn")
  void a_post_without_a_key_is_not_sent_again_when_it_may_have_been_acted_on(Report report) {
    run.submit("a", POST);

    run.report("a", 1, report);

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(report));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("reportsOnWhatMayHaveBeenActedOn")
  void a_post_with_a_key_is_sent_again(Report report) {
    run.submit("a", FetchSpec.of(Samples.KEYED_POST).retry(attempts(3)));

    run.report("a", 1, report);

    assertThat(dispatches(run.retry("a"))).containsExactly(2);
  }

  @ParameterizedTest
  @MethodSource("reportsOnWhatMayHaveBeenActedOn")
  void a_post_whose_policy_says_always_is_sent_again(Report report) {
    run.submit("a", POST.retry(attempts(3, Resend.ALWAYS)));

    run.report("a", 1, report);

    assertThat(dispatches(run.retry("a"))).containsExactly(2);
  }

  @ParameterizedTest
  @MethodSource("reportsOnWhatMayHaveBeenActedOn")
  void a_get_whose_policy_says_never_is_not_sent_again(Report report) {
    run.submit("a", GET.retry(attempts(3, Resend.NEVER)));

    run.report("a", 1, report);

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(report));
  }

  @ParameterizedTest
  @ValueSource(strings = {"WHEN_SAFE", "ALWAYS", "NEVER"})
  void an_attempt_that_was_not_sent_is_repeated_under_every_policy(Resend resend) {
    run.submit("a", POST.retry(attempts(2, resend)));

    run.report("a", 1, refused());
    run.retry("a");
    run.report("a", 2, refused());

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(refused()));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isTrue();
  }

  @Test
  void a_denied_address_is_never_tried_again() {
    run.submit("a", GET);

    run.report("a", 1, notSent(Stage.EGRESS_DENIED));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Failed(Stage.EGRESS_DENIED, "refused"));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @Test
  void an_attempt_refused_unsent_by_the_executor_is_not_counted() {
    run.submit("a", POST.retry(attempts(1)));

    for (var attempt = 1; attempt <= 5; attempt++) {
      run.report("a", attempt, notSent(Stage.QUEUED));
      assertThat(dispatches(run.retry("a"))).containsExactly(attempt + 1);
    }
    run.report("a", 6, answer(200));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
  }

  @Test
  void not_even_attempts_that_are_not_counted_go_on_for_ever() {
    run.random = 0;
    run.submit("a", POST.retry(attempts(1)));

    var attempt = 1;
    for (; run.settlement("a").isEmpty(); attempt++) {
      run.report("a", attempt, notSent(Stage.QUEUED));
      if (run.retryAt("a").isPresent()) {
        run.retry("a");
      }
    }

    assertThat(attempt - 1).isEqualTo(200);
    assertThat(run.outcome("a")).isEqualTo(new Outcome.Failed(Stage.QUEUED, "refused"));
  }

  @Test
  void unknown_beats_failed() {
    run.submit("a", GET.retry(attempts(2)));
    run.report("a", 1, ambiguous("reset"));
    run.retry("a");

    run.report("a", 2, refused());

    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Unknown(Optional.of(Stage.SENT), "reset", Optional.empty()));
  }

  @Test
  void an_answer_beats_unknown() {
    run.submit("a", GET.retry(attempts(2)));
    run.report("a", 1, ambiguous("reset"));
    run.retry("a");

    run.report("a", 2, answer(503));

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(503)));
  }

  @Test
  void an_answer_stands_when_no_later_attempt_was_sent() {
    run.submit("a", GET.retry(attempts(2)));
    run.report("a", 1, answer(503));
    run.retry("a");

    run.report("a", 2, refused());

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(503)));
  }

  @ParameterizedTest
  @CsvSource({"0,PT0S", "0.25,PT2.5S", "0.5,PT5S", "0.9999,PT9.999S"})
  void the_wait_is_drawn_evenly_from_zero_to_the_bound(double random, Duration wait) {
    run.submit("a", GET);
    run.random = random;

    run.report("a", 1, refused());

    assertThat(run.waitAfter("a")).contains(wait);
  }

  @Test
  void the_bound_doubles_up_to_the_largest() {
    run.submit("a", GET.retry(attempts(6)));

    for (var seconds : List.of(5, 10, 20, 30, 30)) {
      var attempt = run.state.pending("a").orElseThrow().open().orElseThrow().number();
      run.report("a", attempt, refused());
      assertThat(run.waitAfter("a")).contains(Duration.ofSeconds(seconds));
      run.retry("a");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "60,PT60S",
    "5,PT5S",
    "1,PT5S",
    "0,PT5S",
    "'Thu, 01 Jan 2026 00:01:00 GMT',PT60S",
    "'Thu, 01 Jan 2015 00:01:00 GMT',PT5S",
    "soon,PT5S",
    "-1,PT5S",
    "1.5,PT5S",
    "'',PT5S"
  })
  void retry_after_can_only_lengthen_the_wait(String retryAfter, Duration wait) {
    run.submit("a", GET);

    run.report("a", 1, answer(503, new Header("retry-after", retryAfter)));

    assertThat(run.waitAfter("a")).contains(wait);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"300", "999999999", "99999999999999999999", "Fri, 01 Jan 2027 00:00:00 GMT"})
  void a_retry_at_or_beyond_the_deadline_is_none(String retryAfter) {
    run.submit("a", GET);
    var answer = answer(503, new Header("Retry-After", retryAfter));

    run.report("a", 1, answer);

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @Test
  void a_retry_just_before_the_deadline_is_made() {
    run.submit("a", GET);

    run.report("a", 1, answer(503, new Header("Retry-After", "299")));

    assertThat(run.waitAfter("a")).contains(Duration.ofSeconds(299));
  }

  @Test
  void a_lost_get_is_sent_again_although_it_may_have_one_attempt() {
    run.submit("a", Samples.get());

    var decision = run.unheard("a", 1, Report.lost());

    assertThat(decision.events())
        .singleElement()
        .isInstanceOfSatisfying(
            AttemptEnded.class,
            ended -> {
              assertThat(ended.heard()).isFalse();
              assertThat(ended.report()).isEqualTo(Report.lost());
            });
    assertThat(notices(decision)).containsExactly(Notice.ATTEMPTS_LOST);
    assertThat(dispatches(run.retry("a"))).containsExactly(2);
    run.report("a", 2, answer(200));
    assertThat(run.outcome("a")).isEqualTo(new Outcome.Answered(response(200)));
  }

  @Test
  void a_lost_attempt_is_not_counted() {
    run.submit("a", GET.retry(attempts(2)));
    run.unheard("a", 1, Report.lost());
    run.retry("a");
    run.report("a", 2, answer(503));
    run.retry("a");

    run.report("a", 3, answer(503));

    assertThat(run.settlement("a").orElseThrow().exhausted()).isTrue();
  }

  @Test
  void a_lost_post_without_a_key_is_unknown_at_no_stage() {
    run.submit("a", POST);

    var decision = run.unheard("a", 1, Report.lost());

    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Unknown(Optional.empty(), "executor-lost", Optional.empty()));
    assertThat(notices(decision)).containsExactly(Notice.UNKNOWN, Notice.ATTEMPTS_LOST);
    var attempt = run.settlement("a").orElseThrow().attempts().get(0);
    assertThat(attempt.stage()).isEmpty();
    assertThat(attempt.endedAt()).contains(run.now);
  }

  @Test
  void a_fetch_that_is_lost_more_often_than_allowed_is_given_up() {
    run.submit("a", Samples.get());

    for (var attempt = 1; attempt <= 3; attempt++) {
      run.unheard("a", attempt, Report.lost());
      assertThat(dispatches(run.retry("a"))).containsExactly(attempt + 1);
    }
    run.unheard("a", 4, Report.lost());

    assertThat(run.outcome("a").why()).contains("executor-lost");
    assertThat(run.settlement("a").orElseThrow().exhausted()).isTrue();
  }

  @Test
  void a_post_that_provably_never_began_is_sent() {
    run.submit("a", POST.retry(attempts(1)));

    var decision = run.unheard("a", 1, new Report.NotSent(Stage.QUEUED, OriginCore.NEVER_BEGAN));

    assertThat(notices(decision)).isEmpty();
    assertThat(dispatches(run.retry("a"))).containsExactly(2);
  }

  @Test
  void findings_on_attempts_that_are_no_longer_open_are_nothing() {
    run.submit("a", GET);
    run.report("a", 1, answer(503));

    assertThat(run.unheard("a", 1, Report.lost()).events()).isEmpty();
    assertThat(run.unheard("nobody", 1, Report.lost()).events()).isEmpty();
    run.retry("a");
    assertThat(run.unheard("a", 1, Report.lost()).events()).isEmpty();
  }

  @Test
  void idempotent_methods_are_sent_again_and_others_not() {
    for (var method : FetchRequest.METHODS) {
      var request =
          new FetchRequest(method, Samples.URL, List.of(), Optional.empty(), Optional.empty());
      run.submit(method, FetchSpec.of(request).retry(attempts(2)));
      run.report(method, 1, ambiguous("reset"));

      var again = List.of("GET", "HEAD", "PUT", "DELETE", "OPTIONS").contains(method);
      assertThat(run.retryAt(method).isPresent()).as(method).isEqualTo(again);
    }
  }
}
