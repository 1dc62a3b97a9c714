package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.testkit.Shop.Ask;
import dev.retriever.origin.testkit.Shop.Heard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What scripts say of attempts, and what origins make of it. */
class ScriptTest {
  private static final FetchRequest POST = Shop.post("ask", "?");
  private static final FetchRequest GET = FetchRequest.get(Shop.URL + "ask");

  private final OriginTestKit<Shop.Command, Shop.Event, Shop.State> kit =
      OriginTestKit.of(new Shop());

  private static Outcome unknown(String why) {
    return new Outcome.Unknown(Optional.of(Stage.SENT), why, Optional.empty());
  }

  private static Outcome answered(int status) {
    return new Outcome.Answered(new Response(status, List.of(), Body.EMPTY));
  }

  @Test
  void an_answer_settles_before_the_command_returns() {
    kit.whenFetch("ask").answers(204);

    kit.tell(new Ask(Shop.slow(POST)));

    assertThat(kit.outcome("ask")).contains(answered(204));
    assertThat(kit.events()).containsExactly(new Heard("ANSWERED"));
  }

  @Test
  void a_whole_response_reaches_the_outcome() {
    var response =
        new Response(200, List.of(new Header("Etag", "1")), Body.utf8("{\"open\": true}"));
    kit.otherwise().answers(response);

    kit.tell(new Ask(Shop.slow(POST)));

    assertThat(kit.outcome("ask")).contains(new Outcome.Answered(response));
  }

  @Test
  void an_answer_after_a_while_comes_then_and_not_before() {
    kit.otherwise().answersAfter(Duration.ofMinutes(10), 200);
    kit.tell(new Ask(Shop.slow(POST)));

    kit.advance(Duration.ofMinutes(10).minusNanos(1));
    assertThat(kit.pending()).containsExactly("ask");
    kit.advance(Duration.ofNanos(1));

    assertThat(kit.outcome("ask")).contains(answered(200));
    assertThat(kit.pending()).isEmpty();
  }

  @Test
  void an_answer_that_takes_longer_than_the_timeout_does_not_come() {
    kit.otherwise().answersAfter(Duration.ofMinutes(61), 200);
    kit.tell(new Ask(Shop.slow(POST)));

    kit.advance(Duration.ofHours(3));

    assertThat(kit.outcome("ask")).contains(unknown("timeout"));
  }

  @Test
  void a_failure_was_not_put_on_the_wire() {
    kit.otherwise().fails(Stage.CONNECTING, "connection-refused");

    kit.tell(new Ask(Shop.slow(POST)));

    assertThat(kit.outcome("ask"))
        .contains(new Outcome.Failed(Stage.CONNECTING, "connection-refused"));
    assertThat(kit.requests()).isEmpty();
  }

  @Test
  void a_break_leaves_the_outcome_unknown() {
    kit.otherwise().breaks(Stage.SENT, "connection-closed");

    kit.tell(new Ask(Shop.slow(POST)));

    assertThat(kit.outcome("ask")).contains(unknown("connection-closed"));
    assertThat(kit.requests())
        .containsExactly(new WireRequest("ask", 1, Instant.parse("2030-01-01T00:00:00Z"), POST));
  }

  @Test
  void silence_ends_with_the_timeout_of_the_attempt() {
    kit.otherwise().staysSilent();
    kit.tell(new Ask(Shop.slow(POST)));

    kit.advance(Duration.ofHours(1).minusMillis(1));
    assertThat(kit.outcome("ask")).isEmpty();
    kit.advance(Duration.ofMillis(1));

    assertThat(kit.outcome("ask")).contains(unknown("timeout"));
  }

  @Test
  void a_report_that_comes_twice_is_counted_and_changes_nothing() {
    kit.otherwise().answersTwice(200);

    kit.tell(new Ask(Shop.slow(POST)));

    assertThat(kit.events()).containsExactly(new Heard("ANSWERED"));
    assertThat(kit.noticed(Notice.DUPLICATE_REPORTS)).isEqualTo(1);
  }

  @Test
  void a_late_answer_comes_after_the_attempt_was_given_up() {
    kit.otherwise().answersLate(Duration.ofMinutes(1), 200);
    kit.tell(new Ask(Shop.slow(POST)));

    kit.advance(Duration.ofHours(1).plusSeconds(5));
    assertThat(kit.outcome("ask"))
        .contains(new Outcome.Unknown(Optional.empty(), "executor-lost", Optional.empty()));
    kit.advance(Duration.ofMinutes(1));

    assertThat(kit.journal()).hasAtLeastOneElementOfType(LateAnswerKept.class);
    assertThat(kit.events()).containsExactly(new Heard("UNKNOWN"), new Heard("late 200"));
  }

  @Test
  void a_late_answer_comes_too_when_the_origin_crashed_as_it_gave_up() {
    kit.otherwise().answersLate(Duration.ofMinutes(1), 200);
    kit.tell(new Ask(Shop.slow(POST)));
    kit.crashAfterPersist();

    kit.advance(Duration.ofHours(2));

    assertThat(kit.events()).containsExactly(new Heard("UNKNOWN"), new Heard("late 200"));
  }

  @Test
  void an_executor_that_dies_never_reports_and_the_attempt_is_lost() {
    kit.otherwise().dies();
    kit.tell(new Ask(Shop.slow(POST)));

    kit.advance(Duration.ofHours(1).plusSeconds(4));
    assertThat(kit.outcome("ask")).isEmpty();
    kit.advance(Duration.ofSeconds(1));

    assertThat(kit.outcome("ask"))
        .contains(new Outcome.Unknown(Optional.empty(), "executor-lost", Optional.empty()));
    assertThat(kit.noticed(Notice.ATTEMPTS_LOST)).isEqualTo(1);
  }

  @Test
  void a_script_is_followed_attempt_by_attempt() {
    kit.otherwise().dies().fails(Stage.QUEUED, "no-room").answers(503).answers(200);
    kit.tell(new Ask(FetchSpec.of(GET).retry(retries(2))));

    kit.advance(Duration.ofMinutes(2));

    assertThat(kit.outcome("ask")).contains(answered(200));
    assertThat(kit.requests().stream().map(WireRequest::attempt)).containsExactly(1, 3, 4);
  }

  @Test
  void the_last_line_of_a_script_stays() {
    kit.otherwise().answers(500).answers(503);
    kit.tell(new Ask(FetchSpec.of(GET).retry(retries(4))));

    kit.advance(Duration.ofMinutes(2));

    assertThat(kit.outcome("ask")).contains(answered(503));
    assertThat(kit.requests()).hasSize(4);
  }

  private static RetryPolicy retries(int attempts) {
    return new RetryPolicy(
        attempts,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        RetryPolicy.RETRY_ON,
        RetryPolicy.Resend.WHEN_SAFE);
  }

  @Test
  void the_fetch_comes_before_the_request_and_the_request_before_all_others() {
    kit.otherwise().answers(500);
    kit.when(request -> request.method().equals("PUT")).answers(201);
    kit.when(request -> request.url().endsWith("/reserve")).answers(202);
    kit.whenFetch("charge").answers(203);

    kit.ask(Shop.Ordered.class, replyTo -> new Shop.Order("book", replyTo));

    assertThat(kit.outcome("reserve")).contains(answered(202));
    assertThat(kit.outcome("charge")).contains(answered(203));
    assertThat(kit.outcome("ship")).contains(answered(500));
  }

  @Test
  void a_request_without_a_script_fails_the_test_and_says_how_to_script_it() {
    assertThatThrownBy(
            () -> kit.tell(new Ask(FetchSpec.of(FetchRequest.get(Shop.URL + "ask?token=secret")))))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("fetch ask")
        .hasMessageContaining("GET https://shop.example/ask")
        .hasMessageContaining("kit.whenFetch(\"ask\")")
        .hasMessageNotContaining("secret");
  }

  @Test
  void scripts_refuse_what_cannot_be() {
    var script = kit.otherwise();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> script.fails(Stage.SENT, "reset"))
        .withMessageContaining("breaks");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> script.breaks(Stage.CONNECTING, "refused"))
        .withMessageContaining("SENT, HEADERS or BODY");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> script.answersAfter(Duration.ofSeconds(-1), 200));
    assertThatIllegalArgumentException().isThrownBy(() -> kit.advance(Duration.ofSeconds(-1)));
  }
}
