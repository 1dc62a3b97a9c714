package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.ambiguous;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.notSent;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.core.CoreRun.dispatches;
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
import dev.retriever.origin.Redirect;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.specs.Fingerprint;
import dev.retriever.origin.storage.OriginSnapshot;
import dev.retriever.origin.view.Views;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginCoreRedirectTest {
  private static final String THERE = "http://target.example/there";
  private static final FetchSpec GET = Samples.get().redirects(3);
  private static final FetchSpec POST = Samples.post().redirects(3);

  private final CoreRun run = new CoreRun();

  /** What is replayed, or was saved, is what was decided. */
  @AfterEach
  void the_journal_leads_to_the_same_state() {
    var replayed = OriginState.empty();
    for (var event : run.journal) {
      replayed = replayed.apply(event);
    }
    assertThat(replayed.pending()).isEqualTo(run.state.pending());
    assertThat(OriginSnapshot.of(run.state).restored().pending()).isEqualTo(run.state.pending());
  }

  private static Report to(int status, String location) {
    return answer(status, new Header("Location", location));
  }

  /** The one request that the decision sends. */
  private static FetchRequest sent(Decision decision) {
    return decision.effects().stream()
        .filter(Effect.Dispatch.class::isInstance)
        .map(effect -> ((Effect.Dispatch) effect).request())
        .reduce((one, other) -> null)
        .orElseThrow();
  }

  /** Redirected, and what is sent then. */
  private FetchRequest follow(int attempt, Report redirect) {
    run.report("a", attempt, redirect);
    return sent(run.start("a"));
  }

  @Test
  void by_default_a_redirect_is_the_answer() {
    run.submit("a", Samples.get().retry(attempts(3)));

    run.report("a", 1, to(302, "/there"));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(302, "/there")));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void one_that_is_allowed_is_journaled_and_followed_at_once(int status) {
    run.submit("a", GET);
    var redirect = new Redirect(status, THERE);

    var decision = run.report("a", 1, to(status, "/there"));

    assertThat(decision.events())
        .containsExactly(
            new AttemptEnded(
                "a", 1, to(status, "/there"), true, run.now, run.now, Optional.of(redirect)));
    var next = run.start("a");
    assertThat(dispatches(next)).containsExactly(2);
    assertThat(sent(next)).isEqualTo(FetchRequest.get(THERE));
    run.report("a", 2, answer(200));
    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(200)));
    assertThat(run.settlement("a").orElseThrow().attempts())
        .extracting(attempt -> attempt.status().orElseThrow())
        .containsExactly(status, 200);
  }

  @Test
  void attempts_are_shown_with_the_redirects_that_were_followed_from_them() {
    run.submit("a", GET.retry(attempts(3)));
    var there = Optional.of(new Redirect(307, THERE));
    var back = Optional.of(new Redirect(302, Samples.URL));

    follow(1, to(307, THERE));
    run.report("a", 2, answer(503));
    run.retry("a");
    assertThat(
            Views.pending("origin", "o", run.state, run.state.pending("a").orElseThrow(), List.of())
                .attempts())
        .extracting(Attempt::redirect)
        .containsExactly(there, Optional.empty(), Optional.empty());
    follow(3, to(302, Samples.URL));
    run.report("a", 4, to(307, "nowhere://"));

    assertThat(run.settlement("a").orElseThrow().attempts())
        .extracting(Attempt::redirect)
        .containsExactly(there, Optional.empty(), back, Optional.empty());
  }

  @Test
  void where_a_redirect_was_tried_again_nobody_says_which_of_them_was_followed() {
    run.submit("a", GET.retry(attempts(3).retryOn(307)));
    run.report("a", 1, to(307, "nowhere://"));
    run.retry("a");
    follow(2, to(307, THERE));
    run.report("a", 3, answer(200));

    assertThat(run.settlement("a").orElseThrow().attempts())
        .extracting(Attempt::redirect)
        .containsOnly(Optional.empty());
  }

  @Test
  void each_is_seen_from_where_the_one_before_led() {
    run.submit("a", POST);

    assertThat(follow(1, to(307, "http://other.example/x/y")))
        .isEqualTo(
            Samples.POST.body().map(FetchRequest.post("http://other.example/x/y")::body).get());
    assertThat(follow(2, to(303, "z"))).isEqualTo(FetchRequest.get("http://other.example/x/z"));
    assertThat(follow(3, to(308, "?q"))).isEqualTo(FetchRequest.get("http://other.example/x/z?q"));
  }

  @Test
  void credentials_that_were_dropped_do_not_come_back() {
    var request = Samples.KEYED_POST.header("Authorization", "x").header("X-Api-Key", "abc");
    run.submit("a", FetchSpec.of(request).redirects(3));

    follow(1, to(307, "http://other.example/"));
    var back = follow(2, to(307, Samples.URL));

    assertThat(back).isEqualTo(Samples.POST);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void the_answer_behind_the_last_one_is_the_outcome_also_of_a_loop(int most) {
    run.submit("a", Samples.get().redirects(most).retry(attempts(100)));

    for (var attempt = 1; attempt <= most; attempt++) {
      assertThat(follow(attempt, to(307, Samples.URL))).isEqualTo(Samples.GET);
    }
    run.report("a", most + 1, to(307, Samples.URL));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(307, Samples.URL)));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ftp://target.example/", "http://user@target.example/", "http://["})
  void one_that_leads_nowhere_is_the_answer(String location) {
    run.submit("a", GET);

    run.report("a", 1, to(302, location));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(302, location)));
  }

  @Test
  void one_that_leads_away_from_tls_is_the_answer() {
    run.submit("a", FetchSpec.of(FetchRequest.get("https://target.example/")).redirects(1));

    run.report("a", 1, to(302, THERE));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(302, THERE)));
  }

  @Test
  void it_is_no_retry() {
    run.submit("a", GET);

    follow(1, to(302, THERE));
    run.report("a", 2, answer(503));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(503)));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
  }

  @Test
  void retries_are_counted_over_all_it_was_sent_to_and_go_to_the_latest() {
    run.submit("a", GET.retry(attempts(3)));
    run.report("a", 1, answer(503));
    assertThat(sent(run.retry("a"))).isEqualTo(Samples.GET);
    follow(2, to(302, "/there"));

    run.report("a", 3, answer(503));
    assertThat(run.waitAfter("a")).contains(Duration.ofSeconds(10));
    assertThat(sent(run.retry("a"))).isEqualTo(FetchRequest.get(THERE));
    run.report("a", 4, answer(503));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(503)));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isTrue();
  }

  @Test
  void it_comes_before_a_retry_for_that_status() {
    run.submit("a", GET.retry(attempts(3).retryOn(302)));

    assertThat(follow(1, to(302, "/there"))).isEqualTo(FetchRequest.get(THERE));
  }

  @ParameterizedTest
  @EnumSource
  void a_post_is_sent_on_whatever_is_said_of_sending_it_again(Resend resend) {
    run.submit("a", POST.retry(attempts(3, resend)));

    assertThat(follow(1, to(307, "/there")).method()).isEqualTo("POST");
  }

  @Test
  void a_post_that_was_sent_on_is_not_sent_again_when_it_may_have_been_acted_on() {
    run.submit("a", POST.retry(attempts(3)));
    follow(1, to(307, "/there"));

    run.report("a", 2, ambiguous("reset"));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(ambiguous("reset")));
  }

  @Test
  void a_post_that_lost_its_key_on_the_way_is_not_sent_again() {
    run.submit("a", FetchSpec.of(Samples.KEYED_POST).redirects(1).retry(attempts(3)));
    follow(1, to(307, "http://other.example/"));

    run.report("a", 2, ambiguous("reset"));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(ambiguous("reset")));
  }

  /** The key that made it safe to send it again does not go along. */
  @ParameterizedTest
  @ValueSource(strings = {"http://other.example/", "https://target.example/"})
  void a_post_that_may_have_been_acted_on_is_not_sent_on_without_its_key(String elsewhere) {
    run.submit("a", FetchSpec.of(Samples.KEYED_POST).redirects(2).retry(attempts(3)));
    run.report("a", 1, ambiguous("reset"));
    run.retry("a");
    assertThat(follow(2, to(307, "/there")).repeatable()).isTrue();

    run.report("a", 3, to(307, elsewhere));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(307, elsewhere)));
  }

  @Test
  void the_get_that_a_post_has_become_is_sent_again() {
    run.submit("a", POST.retry(attempts(3)));
    follow(1, to(303, "/there"));

    run.report("a", 2, ambiguous("reset"));

    assertThat(sent(run.retry("a"))).isEqualTo(FetchRequest.get(THERE));
  }

  @ParameterizedTest
  @EnumSource(names = {"RESOLVING", "EGRESS_DENIED", "CONNECTING", "TLS"})
  void behind_one_no_failure_is_proved(Stage stage) {
    run.submit("a", POST);
    follow(1, to(307, "http://other.example/"));

    var decision = run.report("a", 2, notSent(stage));

    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Unknown(Optional.of(stage), "refused", Optional.empty()));
    assertThat(CoreRun.notices(decision)).containsExactly(Notice.UNKNOWN);
  }

  @Test
  void an_attempt_not_sent_after_a_redirect_is_repeated_at_the_new_url() {
    run.submit("a", POST.retry(attempts(2)));
    follow(1, to(307, "/there"));
    run.report("a", 2, refused());

    assertThat(sent(run.retry("a")).url()).isEqualTo(THERE);
    run.report("a", 3, notSent(Stage.TLS));

    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Unknown(Optional.of(Stage.TLS), "refused", Optional.empty()));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isTrue();
  }

  @Test
  void without_time_or_room_to_follow_it_the_outcome_is_unknown() {
    run.submit("a", POST);
    run.report("a", 1, to(307, "/there"));

    run.pass(FetchSpec.WITHIN.plus(FetchSpec.GRACE)).fire();

    assertThat(run.outcome("a"))
        .isEqualTo(
            new Outcome.Unknown(
                Optional.of(Stage.QUEUED), OriginCore.DEADLINE_PASSED, Optional.empty()));
  }

  @Test
  void one_that_comes_with_the_deadline_is_the_answer() {
    run.submit("a", GET);
    run.pass(FetchSpec.WITHIN);

    run.report("a", 1, to(302, "/there"));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(302, "/there")));
  }

  @ParameterizedTest
  @CsvSource({"60,PT60S", "0,PT0S", "soon,PT0S"})
  void it_waits_for_as_long_as_the_target_asks(String retryAfter, Duration wait) {
    run.submit("a", GET);

    run.report(
        "a",
        1,
        answer(302, new Header("Location", "/there"), new Header("Retry-After", retryAfter)));

    assertThat(run.waitAfter("a")).contains(wait);
  }

  @Test
  void one_that_asks_to_wait_for_longer_than_the_fetch_has_is_the_answer() {
    run.submit("a", GET);
    var report = answer(302, new Header("Location", "/there"), new Header("Retry-After", "300"));

    run.report("a", 1, report);

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(report));
  }

  @Test
  void one_that_comes_too_late_is_kept_and_the_fetch_goes_on() {
    run.submit("a", GET.retry(attempts(2)));
    run.unheard("a", 1, Report.lost());
    run.retry("a");

    run.report("a", 1, to(302, "/there"));
    assertThat(run.settlement("a")).isEmpty();
    assertThat(follow(2, to(302, "/there"))).isEqualTo(FetchRequest.get(THERE));
    run.report("a", 3, answer(200));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(200)));
  }

  @Test
  void a_report_of_one_that_comes_again_changes_nothing() {
    run.submit("a", GET);
    run.report("a", 1, to(302, "/there"));

    var again = run.report("a", 1, to(302, "/there"));

    assertThat(again.events()).isEmpty();
    assertThat(CoreRun.notices(again)).containsExactly(Notice.DUPLICATE_REPORTS);
  }

  @Test
  void an_attempt_behind_one_that_is_lost_is_made_again_there_if_that_is_safe() {
    run.submit("a", GET);
    follow(1, to(302, "/there"));

    run.unheard("a", 2, Report.lost());

    assertThat(sent(run.retry("a"))).isEqualTo(FetchRequest.get(THERE));
  }

  @Test
  void cancelled_between_two_hops_it_may_have_been_sent() {
    run.submit("a", GET);
    run.report("a", 1, to(302, "/there"));

    run.cancel("a");

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Cancelled(true));
  }

  @Test
  void all_attempts_together_are_bounded() {
    run.random = 0;
    run.submit("a", POST);
    for (var attempt = 1; attempt < 200; attempt++) {
      run.report("a", attempt, notSent(Stage.QUEUED));
      run.retry("a");
    }

    run.report("a", 200, to(307, "/there"));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(to(307, "/there")));
  }

  @Test
  void it_is_part_of_what_the_same_fetch_is() {
    run.submit("a", GET);

    assertThat(run.submit("a", GET).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(run.submit("a", GET.redirects(2)).verdict()).isEqualTo(Verdict.ID_REUSED);
    assertThat(List.of(Fingerprint.ofMeaning(GET), Fingerprint.ofMeaning(Samples.get())))
        .doesNotHaveDuplicates();
  }
}
