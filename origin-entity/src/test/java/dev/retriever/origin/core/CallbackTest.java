package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.executor.Stage;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.CallbackDropped;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.CallbackChoice;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.callback.EndpointStanding;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.callback.EndpointsFixture;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.meter.OriginMeter.CallbackEnd;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An outcome that an endpoint is told. */
class CallbackTest {
  private static final String ID = "~cb:2";
  private final CallbackRun run = new CallbackRun();

  private CallbackTest open(Payload payload) {
    run.endpoints.open("orders", 1, EndpointsFixture.settings(payload));
    return this;
  }

  private void settled() {
    run.submit("a", post().callback("orders"));
    run.report("a", 1, answer(201));
  }

  private void begun() {
    open(Payload.THIN).settled();
    run.fire();
  }

  private List<Class<?>> types() {
    return run.journal.stream().<Class<?>>map(Object::getClass).toList();
  }

  private Outcome outcome(String id) {
    return run.rows(FetchSettled.class).stream()
        .filter(it -> it.fetchId().equals(id))
        .findFirst()
        .orElseThrow()
        .outcome();
  }

  @Test
  void is_measured_as_taken_dead_or_cancelled_by_how_it_ended() {
    begun();
    run.report(ID, 1, answer(204));
    assertThat(run.ends).containsExactly(CallbackEnd.TAKEN);

    run.submit("b", post().callback("orders"));
    run.report("b", 1, answer(201));
    run.take(new Input.Cancel(run.callbacks().get(1).fetchId()));
    assertThat(run.ends).containsExactly(CallbackEnd.TAKEN, CallbackEnd.CANCELLED);
  }

  @Test
  void is_accepted_in_the_write_that_settles_the_fetch() {
    open(Payload.THIN).settled();

    assertThat(types())
        .containsExactly(FetchAccepted.class, FetchSettled.class, FetchAccepted.class);
    var callback = run.callbacks().get(0);
    assertThat(callback.fetchId()).isEqualTo(ID);
    assertThat(callback.spec().delivers().orElseThrow().to())
        .isEqualTo(CallbackChoice.of("orders").of(1));
    assertThat(callback.spec().delivers().orElseThrow().facts().sequence()).isEqualTo(2);
  }

  @Test
  void begins_with_what_its_endpoint_has_then_and_says_the_facts() {
    begun();

    var started = run.rows(AttemptStarted.class).get(0);
    assertThat(started.url()).contains(EndpointsFixture.URL);
    var request = run.sent();
    assertThat(request.url()).isEqualTo(EndpointsFixture.URL);
    assertThat(request.headers()).contains(new Header("Retriever-Hop", "1"));
    assertThat(request.signing().orElseThrow().secrets()).containsExactly("key-1");
    assertThat(request.body().orElseThrow().text())
        .isEqualTo(
            "{\"type\":\"fetch.settled\",\"timestamp\":\"%s\",\"data\":{\"originId\":\"o\",\"fetchId\":\"a\",\"outcome\":\"answered\",\"stage\":\"complete\",\"status\":201,\"attempts\":1,\"settledAt\":\"%s\",\"sequence\":2,\"life\":\"%s\",\"links\":{\"self\":\"/v1/origins/o/fetches/a\"}}}"
                .formatted(START, START, START));
  }

  @Test
  void goes_to_the_url_and_with_the_keys_that_its_endpoint_has_at_each_attempt() {
    begun();
    run.report(ID, 1, answer(500));
    run.endpoints.open(
        "orders",
        1,
        new EndpointSettings(
            "https://moved.example/",
            List.of("key-2", "key-1"),
            Algorithm.V1A,
            EndpointSettings.EVENTS,
            Payload.FULL,
            EndpointSettings.SCHEDULE,
            Duration.ofSeconds(9),
            List.of(),
            Optional.empty()));
    var first = run.sent().body();
    run.pass(Duration.ofSeconds(6));
    run.fire();

    assertThat(run.rows(AttemptStarted.class).get(1).url()).contains("https://moved.example/");
    assertThat(run.sent().signing().orElseThrow().secrets()).containsExactly("key-2", "key-1");
    assertThat(run.sent().signing().orElseThrow().algorithm()).isEqualTo(Algorithm.V1A);
    assertThat(run.sent().body()).isEqualTo(first);
  }

  @Test
  void has_one_id_whatever_attempt_it_is_and_another_one_for_another_outcome() {
    begun();
    var first = run.sent().signing().orElseThrow().id();
    run.report(ID, 1, answer(500));
    run.pass(Duration.ofSeconds(6));
    run.fire();
    var second = run.sent().signing().orElseThrow().id();
    run.submit("b", post().callback("orders"));
    run.report("b", 1, answer(201));
    run.fire();

    assertThat(first).startsWith("msg_").doesNotContain(".").isEqualTo(second);
    assertThat(run.sent().signing().orElseThrow().id()).isNotEqualTo(first);
  }

  @Test
  void has_no_callback_itself() {
    begun();
    run.report(ID, 1, answer(204));

    assertThat(outcome(ID).received().orElseThrow().status()).isEqualTo(204);
    assertThat(run.callbacks()).hasSize(1);
  }

  @Test
  void comes_once_and_not_again_for_a_late_answer() {
    open(Payload.THIN);
    run.submit("a", post().callback("orders"));
    run.pass(Duration.ofHours(1));
    run.fire();
    assertThat(run.callbacks()).hasSize(1);
    run.report("a", 1, answer(200));

    assertThat(run.rows(LateAnswerKept.class)).hasSize(1);
    assertThat(run.callbacks()).hasSize(1);
  }

  @Test
  void is_tried_by_the_schedule_until_that_is_used_up() {
    begun();
    run.report(ID, 1, answer(404));
    run.pass(Duration.ofSeconds(6));
    run.fire();
    run.report(ID, 2, new Report.NotSent(Stage.EGRESS_DENIED, "secret-not-allowed"));
    run.pass(Duration.ofSeconds(331));
    run.fire();
    run.report(ID, 3, answer(302));

    assertThat(run.rows(AttemptEnded.class))
        .extracting(it -> Duration.between(it.at(), it.retryAt()))
        .containsExactly(Duration.ofMillis(5_250), Duration.ofSeconds(315));
    assertThat(outcome(ID).received().orElseThrow().status()).isEqualTo(302);
  }

  @Test
  void waits_as_long_as_the_endpoint_asks() {
    begun();
    run.report(ID, 1, answer(503, new Header("Retry-After", "60")));

    assertThat(run.rows(AttemptEnded.class).get(0).retryAt()).isEqualTo(START.plusSeconds(60));
  }

  @Test
  void keeps_to_its_schedule_when_the_endpoint_asks_for_more_time_than_there_is() {
    begun();
    run.report(ID, 1, answer(503, new Header("Retry-After", "72000")));

    assertThat(Duration.between(START, run.rows(AttemptEnded.class).get(0).retryAt()))
        .isEqualTo(Duration.ofMillis(5_250));
  }

  @Test
  void attempts_that_an_endpoint_cannot_have_seen_do_not_use_up_its_schedule() {
    begun();
    for (var attempt = 1; attempt <= 4; attempt++) {
      run.report(ID, attempt, new Report.NotSent(Stage.QUEUED, OriginCore.BODY_UNREAD));
      run.pass(Duration.ofMinutes(6));
      run.fire();
    }

    run.report(ID, 5, answer(204));

    assertThat(outcome(ID).received().orElseThrow().status()).isEqualTo(204);
  }

  @Test
  void of_a_tenant_whose_name_ends_with_a_hyphen_has_a_place() {
    run.tenant = "acme-";
    open(Payload.THIN).settled();

    assertThat(run.callbacks()).hasSize(1);
  }

  @Test
  void
      of_a_fetch_that_was_accepted_before_the_node_had_heard_of_endpoints_goes_to_the_one_there_is() {
    open(Payload.THIN);
    run.accepted("a", post().callback("orders"));
    run.report("a", 1, answer(200));

    assertThat(run.callbacks())
        .extracting(it -> it.spec().delivers().orElseThrow().to().generation())
        .containsExactly(1L);
  }

  @Test
  void disables_its_endpoint_when_that_says_it_is_gone() {
    begun();
    run.report(ID, 1, answer(410));

    assertThat(outcome(ID).received().orElseThrow().status()).isEqualTo(410);
    assertThat(run.effects).contains(new Effect.EndpointGone(CallbackChoice.of("orders").of(1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {Endpoints.DISABLED, Endpoints.NO_SUCH_ENDPOINT})
  void settles_when_its_endpoint_takes_none_any_more(String reason) {
    open(Payload.THIN).settled();
    run.endpoints.put("orders", 1, new EndpointStanding.Gone(reason));
    run.fire();

    assertThat(outcome(ID)).isEqualTo(new Outcome.Failed(Stage.QUEUED, reason));
    assertThat(run.rows(AttemptStarted.class)).isEmpty();
  }

  @Test
  void that_may_have_been_taken_is_unknown_when_its_endpoint_takes_none_any_more() {
    begun();
    run.report(ID, 1, answer(500));
    run.endpoints.put("orders", 1, new EndpointStanding.Gone(Endpoints.DISABLED));
    run.pass(Duration.ofSeconds(6));
    run.fire();

    assertThat(outcome(ID))
        .isEqualTo(new Outcome.Unknown(Optional.empty(), Endpoints.DISABLED, Optional.empty()));
  }

  @Test
  void does_not_go_to_the_new_owner_of_the_name() {
    open(Payload.THIN);
    run.submit("a", post().callback("orders"));
    run.endpoints.put("orders", 1, new EndpointStanding.Gone(Endpoints.NO_SUCH_ENDPOINT));
    run.endpoints.open("orders", 2, EndpointsFixture.settings(Payload.THIN));
    run.report("a", 1, answer(200));
    run.submit("b", post().callback("orders"));
    run.report("b", 1, answer(200));

    assertThat(run.rows(CallbackDropped.class))
        .extracting(CallbackDropped::reason)
        .containsExactly(Endpoints.NO_SUCH_ENDPOINT);
    assertThat(run.callbacks())
        .extracting(it -> it.spec().delivers().orElseThrow().to().generation())
        .containsExactly(2L);
  }

  @Test
  void waits_while_the_node_has_not_heard_of_its_endpoint() {
    open(Payload.THIN).settled();
    run.endpoints.put("orders", 1, new EndpointStanding.Unheard());
    run.pass(Duration.ofMinutes(30));
    run.fire();
    assertThat(run.rows(AttemptStarted.class)).isEmpty();
    assertThat(run.state().pending(ID)).isPresent();

    open(Payload.THIN);
    run.fire();

    assertThat(run.rows(AttemptStarted.class)).hasSize(1);
  }

  @Test
  void is_accepted_by_a_node_that_has_not_heard_of_its_endpoint() {
    open(Payload.THIN);
    run.submit("a", post().callback("orders"));
    run.endpoints.put("orders", 1, new EndpointStanding.Unheard());
    run.report("a", 1, answer(200));

    assertThat(run.callbacks()).hasSize(1);
    assertThat(run.callbacks().get(0).spec().delivers().orElseThrow().schedule())
        .isEqualTo(EndpointSettings.SCHEDULE);
  }

  @Test
  void comes_for_the_outcomes_that_the_endpoint_wants() {
    run.endpoints.open("orders", 1, EndpointsFixture.settings(Payload.THIN, "failed", "unknown"));
    settled();
    run.submit("b", post().callback("orders"));
    run.report("b", 1, new Report.NotSent(Stage.EGRESS_DENIED, "address-denied"));

    assertThat(run.callbacks()).hasSize(1);
    assertThat(run.callbacks().get(0).spec().delivers().orElseThrow().facts().fetchId())
        .isEqualTo("b");
  }

  @Test
  void that_a_limit_refuses_is_dropped_and_the_outcome_stands() {
    run.endpoints.open(
        "orders",
        1,
        new EndpointSettings(
            EndpointsFixture.URL,
            List.of("key-1"),
            Algorithm.V1,
            EndpointSettings.EVENTS,
            Payload.THIN,
            EndpointSettings.SCHEDULE,
            EndpointSettings.TIMEOUT,
            List.of(),
            Optional.of("hooks")));
    settled();

    assertThat(types())
        .containsExactly(FetchAccepted.class, FetchSettled.class, CallbackDropped.class);
    assertThat(run.rows(CallbackDropped.class).get(0).reason()).isEqualTo("no-such-queue");
    assertThat(run.state().settled("a")).isPresent();

    run.queues.add("hooks");
    run.submit("b", post().callback("orders"));
    run.report("b", 1, answer(200));
    assertThat(run.callbacks()).hasSize(1);
    assertThat(run.callbacks().get(0).spec().queue().orElseThrow().name()).isEqualTo("hooks");
  }

  @Test
  void of_an_outcome_of_an_origin_that_has_more_than_it_may_is_dropped() {
    var full = new CallbackRun(1);
    full.endpoints.open("orders", 1, EndpointsFixture.settings(Payload.THIN));
    full.submit("a", post().callback("orders"));
    full.report("a", 1, answer(200));
    assertThat(full.submit("b", post().callback("orders"))).isEqualTo(Verdict.TOO_MANY_PENDING);
    assertThat(full.callbacks()).hasSize(1);
  }

  @Test
  void takes_half_of_what_its_origin_may_have_pending_so_that_fetches_go_on_without_its_endpoint() {
    var full = new CallbackRun(4);
    full.endpoints.open("orders", 1, EndpointsFixture.settings(Payload.THIN));
    for (var id : List.of("a", "b", "c")) {
      assertThat(full.submit(id, post().callback("orders"))).isEqualTo(Verdict.ACCEPTED);
      full.report(id, 1, answer(200));
    }

    assertThat(full.callbacks()).hasSize(2);
    assertThat(full.rows(CallbackDropped.class))
        .extracting(CallbackDropped::reason)
        .containsExactly("too-many-pending");
    assertThat(full.submit("d", post())).isEqualTo(Verdict.ACCEPTED);
    assertThat(full.submit("e", post())).isEqualTo(Verdict.ACCEPTED);
    assertThat(full.submit("f", post())).isEqualTo(Verdict.TOO_MANY_PENDING);
  }

  @Test
  void needs_an_endpoint_when_the_fetch_is_submitted() {
    assertThat(run.submit("a", post().callback("orders"))).isEqualTo(Verdict.NO_SUCH_CALLBACK);
    run.endpoints.known = false;
    assertThat(run.submit("a", post().callback("orders"))).isEqualTo(Verdict.BUSY);
    open(Payload.THIN);
    assertThat(run.submit("a", post().callback("orders"))).isEqualTo(Verdict.ACCEPTED);
    run.endpoints.remove("orders");
    assertThat(run.submit("a", post().callback("orders"))).isEqualTo(Verdict.EXISTING);
    assertThat(run.submit("a", post().callback("others"))).isEqualTo(Verdict.ID_REUSED);
    assertThat(run.submit("a", post())).isEqualTo(Verdict.ID_REUSED);
  }

  @Test
  void with_the_whole_answer_reads_it_from_the_row_of_the_outcome() {
    open(Payload.FULL).settled();
    run.fire();

    assertThat(run.sent().body().orElseThrow().text())
        .contains("\"response\":{\"status\":201,\"headers\":{},\"body\":\"body of 201\"}");
  }

  @Test
  void says_that_the_answer_is_omitted_when_its_row_is_gone_or_is_of_another_fetch() {
    open(Payload.FULL).settled();
    run.fire();
    var settled = (FetchSettled) run.journal.get(1);
    run.journal.set(
        1, new FetchSettled("namesake", settled.outcome(), false, List.of(), settled.at()));

    assertThat(run.sent().body().orElseThrow().text())
        .contains("\"bodyOmitted\":\"retention\"")
        .doesNotContain("body of 201");

    run.journal.set(
        1,
        new FetchSettled(
            "a", settled.outcome(), false, List.of(), settled.at().plusSeconds(90_000)));
    assertThat(run.sent().body().orElseThrow().text()).contains("\"bodyOmitted\":\"retention\"");
  }

  @Test
  void that_is_made_again_goes_to_its_endpoint_at_its_first_attempt() {
    begun();
    run.report(ID, 1, answer(410));
    var first = run.sent().signing();
    var dispatches = run.dispatches().size();
    run.submit(ID + "~r3", run.callbacks().get(0).spec().redrive(ID));
    run.fire();

    assertThat(run.dispatches()).hasSize(dispatches + 1);
    assertThat(run.sent().url()).isEqualTo(EndpointsFixture.URL);
    assertThat(run.sent().signing()).isEqualTo(first);
  }

  @Test
  void ids_with_a_tilde_are_those_of_callbacks() {
    assertThatThrownBy(() -> Callbacks.checkId("~cb:2", post()))
        .hasMessageContaining("begins with a tilde");
    Callbacks.checkId("a~cb:2", post());
  }

  @Test
  void says_how_many_callbacks_led_to_it() {
    open(Payload.THIN);
    run.submit("a", post().callback(CallbackChoice.of("orders").after(2)));
    run.report("a", 1, answer(200));
    run.fire();

    assertThat(run.sent().headers()).contains(new Header("Retriever-Hop", "3"));
  }

  @Test
  void is_the_callback_of_that_outcome_also_in_a_later_life_of_its_origin() {
    open(Payload.THIN).settled();
    run.fire();
    var first = run.sent().signing().orElseThrow().id();
    var later = new CallbackRun();
    later.pass(Duration.ofDays(60));
    later.endpoints.open("orders", 1, EndpointsFixture.settings(Payload.THIN));
    later.submit("a", post().callback("orders"));
    later.report("a", 1, answer(201));
    later.fire();

    assertThat(later.sent().signing().orElseThrow().id()).isNotEqualTo(first);
  }
}
