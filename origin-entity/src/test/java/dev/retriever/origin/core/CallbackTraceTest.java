package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.post;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.trace.TraceChoice;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.EndpointsFixture;
import dev.retriever.origin.span.FetchTrace;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A callback is in the trace of the fetch that it tells. */
class CallbackTraceTest {
  private static final TraceContext GIVEN =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b"));
  private static final TraceIds TOLD = new TraceIds("origin", "o", "a", START);
  private static final TraceIds AGAIN = TOLD.of("~again", START.plusSeconds(9));

  private final CallbackRun run = new CallbackRun();

  private FetchAccepted callbackOf(FetchSpec spec) {
    return callbackOf(spec, Duration.ZERO);
  }

  private FetchAccepted callbackOf(FetchSpec spec, Duration took) {
    run.endpoints.open("orders", 1, EndpointsFixture.settings(Payload.THIN));
    run.submit("a", spec.callback("orders"));
    run.pass(took);
    run.report("a", 1, answer(201));
    return run.callbacks().get(0);
  }

  private static FetchTrace trace(FetchAccepted of, double ratio) {
    return FetchTrace.of(ids(of), of.spec(), ratio);
  }

  private static TraceIds ids(FetchAccepted of) {
    return TOLD.of(of.fetchId(), of.at());
  }

  @Test
  void of_a_submission() {
    var callback = callbackOf(post().trace(TraceChoice.OWN.in(GIVEN)));

    var acceptance = trace(callback, 0).acceptance();
    assertThat(acceptance.own().traceId()).isEqualTo(GIVEN.traceId());
    assertThat(acceptance.own().tracestate()).hasValue("a=b");
    assertThat(acceptance.parent()).hasValue(TOLD.accepted());
    assertThat(trace(callback, 0).isRecorded()).isTrue();
    assertThat(FetchTrace.id(ids(callback), callback.spec())).isEqualTo(GIVEN.traceId());
  }

  @Test
  void of_its_own() {
    var callback = callbackOf(post());

    var acceptance = trace(callback, 1).acceptance();
    assertThat(callback.spec().carried().context()).isEmpty();
    assertThat(acceptance.own().traceId()).isEqualTo(TOLD.trace());
    assertThat(acceptance.parent()).hasValue(TOLD.accepted());
    assertThat(trace(callback, 0).isRecorded()).isFalse();
  }

  @Test
  void when_it_has_settled_it_shows_that_trace_too() {
    var callback = callbackOf(post());
    run.fire();
    run.report(callback.fetchId(), 1, answer(200));

    var settled =
        run.rows(FetchSettled.class).stream()
            .filter(it -> it.fetchId().equals(callback.fetchId()))
            .findFirst()
            .orElseThrow();
    assertThat(FetchTrace.id(ids(callback), settled)).isEqualTo(TOLD.trace());
    assertThat(settled.at()).isEqualTo(START);
  }

  @Test
  void and_tells_its_endpoint_nothing_if_the_fetch_tells_its_target_nothing() {
    assertThat(callbackOf(post().trace(TraceChoice.OWN.notToTarget())).spec().carried().toTarget())
        .isFalse();
  }

  @Test
  void a_redriven_one_is_in_the_trace_of_its_redrive() {
    var callback = callbackOf(post());
    var redrive = callback.spec().redrive(callback.fetchId());
    var again = redrive.trace(redrive.carried().in(GIVEN));

    var acceptance = FetchTrace.of(AGAIN, again, 0).acceptance();
    assertThat(acceptance.own().traceId()).isEqualTo(GIVEN.traceId());
    assertThat(acceptance.parent()).hasValue(GIVEN.spanId());
    assertThat(FetchTrace.id(AGAIN, again)).isEqualTo(GIVEN.traceId());
  }

  @Test
  void a_redriven_one_without_a_given_trace_begins_its_own() {
    var callback = callbackOf(post().trace(TraceChoice.OWN.in(GIVEN)));
    var again = callback.spec().redrive(callback.fetchId());

    var trace = FetchTrace.of(AGAIN, again, 0);
    assertThat(trace.acceptance().own().traceId()).isEqualTo(trace.ids().trace());
    assertThat(trace.acceptance().parent()).isEmpty();
    assertThat(FetchTrace.id(AGAIN, again)).isEqualTo(trace.ids().trace());
  }

  @Test
  void one_that_begins_more_than_60_seconds_after_the_fetch_begins_a_trace_with_a_link() {
    var callback = callbackOf(post().trace(TraceChoice.OWN.in(GIVEN)), Duration.ofSeconds(61));

    var trace = trace(callback, 0);
    assertThat(trace.acceptance().own().traceId()).isEqualTo(trace.ids().trace());
    assertThat(trace.acceptance().parent()).isEmpty();
    assertThat(trace.acceptance().link()).hasValue(GIVEN.withSpan(TOLD.accepted()));
    assertThat(trace.isRecorded()).isTrue();
  }

  @Test
  void a_redriven_one_that_has_settled_shows_the_trace_of_its_redrive() {
    var callback = callbackOf(post());
    run.fire();
    run.report(callback.fetchId(), 1, answer(500));
    run.submit("again", callback.spec().redrive(callback.fetchId()));
    run.take(new Input.Cancel("again"));

    var settled = run.rows(FetchSettled.class).stream().reduce((a, b) -> b).orElseThrow();
    var ids = TOLD.of("again", START);
    assertThat(settled.told().orElseThrow().fetchId()).isEqualTo("a");
    assertThat(FetchTrace.id(ids, settled)).isEqualTo(ids.trace());
  }

  @Test
  void one_that_begins_60_seconds_after_the_fetch_is_below_it() {
    var callback = callbackOf(post(), Duration.ofSeconds(60));

    assertThat(trace(callback, 0).acceptance().parent()).hasValue(TOLD.accepted());
    assertThat(trace(callback, 0).acceptance().link()).isEmpty();
  }
}
