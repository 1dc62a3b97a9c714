package dev.retriever.origin.span;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Header;
import dev.retriever.executor.span.SpanRecord;
import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.RetryPolicy;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.entity.OriginFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The real entity, with what its executors are told and what its node takes. */
class OriginTracesTest {
  private static final TraceContext GIVEN =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b"));
  private static final TraceIds IDS =
      new TraceIds(OriginFixture.TYPE, OriginFixture.ID, "a", Samples.START);

  private final OriginFixture it = new OriginFixture(2);
  private final List<SpanRecord> spans = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    it.close();
  }

  private void spansAreTaken(double ratio) {
    it.traces = new Traces(Optional.of(spans::add), ratio, true);
    it.restart();
  }

  private static FetchSpec given() {
    return Samples.get().trace(TraceChoice.OWN.in(GIVEN));
  }

  private static FetchSpec again() {
    return given().within(Duration.ofHours(1)).retry(RetryPolicy.attempts(5));
  }

  private AttemptTrace trace(int attempt) {
    return it.here.call("a", attempt).request().trace().orElseThrow();
  }

  private SpanRecord span(String name) {
    return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void without_spans_a_context_is_handed_on_as_it_came() {
    it.submit("a", given());

    assertThat(trace(1))
        .isEqualTo(new AttemptTrace(Optional.of(GIVEN), Optional.empty(), Optional.empty()));
  }

  @Test
  void without_spans_and_without_a_context_nothing_is_told() {
    it.submit("a", Samples.get());

    assertThat(it.here.call("a", 1).request().trace()).isEmpty();
  }

  @Test
  void a_fetch_whose_target_is_not_told_tells_it_nothing() {
    it.submit("a", Samples.get().trace(TraceChoice.OWN.in(GIVEN).notToTarget()));

    assertThat(it.here.call("a", 1).request().trace()).isEmpty();
  }

  @Test
  void an_origin_that_was_recovered_tells_the_same_trace() {
    it.submit("a", again());
    var before = trace(1);
    var other = it.anotherPool("here#2", 2);

    it.restartOn(other);
    it.countBecomes(Notice.ATTEMPTS_LOST, 1);
    it.time.pass(Duration.ofSeconds(1));

    assertThat(other.call("a", 2).request().trace()).hasValue(before);
  }

  @Test
  void an_origin_that_was_recovered_keeps_the_trace_that_a_fetch_has_for_its_own() {
    spansAreTaken(1);
    it.submit("a", again().trace(TraceChoice.OWN));
    var before = trace(1).sent().orElseThrow();
    var other = it.anotherPool("here#2", 2);

    it.restartOn(other);
    it.countBecomes(Notice.ATTEMPTS_LOST, 1);
    it.time.pass(Duration.ofSeconds(1));

    assertThat(other.call("a", 2).request().trace().orElseThrow().sent())
        .hasValue(before.withSpan(IDS.attempt(2)));
  }

  @Test
  void acceptance_attempt_and_settlement_are_below_what_was_submitted() {
    spansAreTaken(0);
    it.submit("a", given());
    var call = it.here.call("a", 1);
    call.end(answer(200));
    it.outcome("a");

    var accept = span("accept").place();
    var attempt = call.request().trace().orElseThrow().place().orElseThrow();
    var settle = span("settle").place();
    assertThat(accept.parent()).hasValue(GIVEN.spanId());
    assertThat(accept.own()).isEqualTo(GIVEN.withSpan(IDS.accepted()));
    assertThat(attempt.parent()).hasValue(IDS.accepted());
    assertThat(attempt.own()).isEqualTo(GIVEN.withSpan(IDS.attempt(1)));
    assertThat(settle.parent()).hasValue(IDS.attempt(1));
    assertThat(settle.own().traceId()).isEqualTo(GIVEN.traceId());
    assertThat(span("accept").kind()).isEqualTo(SpanRecord.Kind.SERVER);
    assertThat(span("settle").texts()).containsEntry("retriever.outcome", "answered");
    assertThat(span("settle").numbers()).containsEntry("http.response.status_code", 200L);
    assertThat(call.request().trace().orElseThrow().sent()).hasValue(attempt.own());
  }

  @Test
  void a_lost_attempt_has_its_span_from_the_origin_with_the_id_that_the_target_was_told() {
    spansAreTaken(0);
    it.submit("a", again());
    var told = trace(1).sent().orElseThrow();
    var other = it.anotherPool("here#2", 2);

    it.restartOn(other);
    it.countBecomes(Notice.ATTEMPTS_LOST, 1);

    assertThat(span("GET").place().own()).isEqualTo(told);
    assertThat(span("GET").error()).hasValue("executor-lost");
    assertThat(span("GET").kind()).isEqualTo(SpanRecord.Kind.CLIENT);
    assertThat(span("GET").start()).isEqualTo(Samples.START);
  }

  @Test
  void a_lost_attempt_that_settles_its_fetch_has_its_span_too() {
    spansAreTaken(0);
    it.submit("a", Samples.post().trace(TraceChoice.OWN.in(GIVEN)));
    it.here.call("a", 1);

    it.restartOn(it.anotherPool("here#2", 2));
    it.outcome("a");

    assertThat(span("POST").error()).hasValue("executor-lost");
    assertThat(span("settle").place().parent()).hasValue(span("POST").place().own().spanId());
  }

  @Test
  void an_attempt_more_than_60_seconds_later_begins_a_trace_with_a_link() {
    spansAreTaken(0);
    it.submit("a", again());
    it.here.call("a", 1).end(answer(503, new Header("Retry-After", "61")));
    it.eventsBecome(2);
    it.time.pass(Duration.ofSeconds(62));

    var call = it.here.call("a", 2);
    var place = call.request().trace().orElseThrow().place().orElseThrow();
    assertThat(place.own().traceId()).isEqualTo(IDS.laterTrace(2));
    assertThat(place.own().recorded()).isTrue();
    assertThat(place.parent()).isEmpty();
    assertThat(place.link()).hasValue(GIVEN.withSpan(IDS.accepted()));
    call.end(answer(200));
    it.outcome("a");
    assertThat(span("settle").place().own().traceId()).isEqualTo(IDS.laterTrace(2));
  }

  @Test
  void a_settlement_more_than_60_seconds_later_begins_a_trace_with_a_link() {
    spansAreTaken(0);
    it.submit("a", again());
    it.here.call("a", 1).end(answer(503, new Header("Retry-After", "1800")));
    it.eventsBecome(2);
    it.time.pass(Duration.ofSeconds(61));

    it.cancel("a");
    it.outcome("a");

    var settle = span("settle").place();
    assertThat(settle.own().traceId()).isEqualTo(IDS.laterTrace());
    assertThat(settle.parent()).isEmpty();
    assertThat(settle.link()).hasValue(GIVEN.withSpan(IDS.accepted()));
  }

  @Test
  void a_fetch_without_a_context_begins_a_trace_and_is_recorded_as_the_ratio_says() {
    spansAreTaken(1);
    it.submit("a", Samples.get());

    assertThat(trace(1).sent().orElseThrow().traceparent())
        .isEqualTo("00-" + IDS.trace() + "-" + IDS.attempt(1) + "-01");
    assertThat(span("accept").place().parent()).isEmpty();
  }

  @Test
  void a_fetch_is_in_its_own_trace_also_when_another_was_accepted_meanwhile() {
    spansAreTaken(1);
    it.submit("a", Samples.get());
    var call = it.here.call("a", 1);
    it.submit("b", Samples.get());
    it.here.call("b", 1);

    call.end(answer(200));
    it.outcome("a");

    assertThat(span("settle").place().own().traceId()).isEqualTo(IDS.trace());
  }

  @Test
  void a_trace_that_is_not_recorded_is_told_and_has_no_spans() {
    spansAreTaken(0);
    it.submit("a", Samples.get());
    var call = it.here.call("a", 1);
    call.end(answer(200));
    it.outcome("a");

    var told = call.request().trace().orElseThrow();
    assertThat(told.sent().orElseThrow().traceparent()).endsWith("-00");
    assertThat(told.place()).isEmpty();
    assertThat(spans).isEmpty();
  }

  @Test
  void behind_a_redirect_the_state_of_tracing_systems_is_left_out() {
    it.submit("a", given().redirects(1));
    it.here.call("a", 1).end(answer(307, new Header("Location", "https://other.example/")));

    assertThat(trace(2).sent()).hasValue(GIVEN.withoutState());
  }

  @Test
  void a_repeat_in_another_trace_is_the_same_fetch_and_a_redrive_begins_its_own() {
    var first = given();
    var repeat = Samples.get();

    it.submit("a", first);
    assertThat(it.submit("a", repeat).verdict()).isEqualTo(Verdict.EXISTING);

    assertThat(it.events()).hasSize(1);
    assertThat(first.redrive("a").carried()).isEqualTo(TraceChoice.OWN);
  }
}
