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
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A callback is in the trace of the fetch that it tells. */
class CallbackTraceTest {
  private static final TraceContext GIVEN =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b"));
  private static final TraceIds TOLD = new TraceIds("o", "a");

  private final CallbackRun run = new CallbackRun();

  private FetchAccepted callbackOf(FetchSpec spec) {
    run.endpoints.open("orders", 1, EndpointsFixture.settings(Payload.THIN));
    run.submit("a", spec.callback("orders"));
    run.report("a", 1, answer(201));
    return run.callbacks().get(0);
  }

  private static FetchTrace trace(FetchAccepted of, double ratio) {
    return FetchTrace.of("o", of.fetchId(), of.spec(), of.at(), ratio);
  }

  @Test
  void of_a_submission() {
    var callback = callbackOf(post().trace(TraceChoice.OWN.in(GIVEN)));

    var acceptance = trace(callback, 0).acceptance();
    assertThat(acceptance.own().traceId()).isEqualTo(GIVEN.traceId());
    assertThat(acceptance.own().tracestate()).hasValue("a=b");
    assertThat(acceptance.parent()).hasValue(TOLD.accepted());
    assertThat(trace(callback, 0).isRecorded()).isTrue();
    assertThat(FetchTrace.id("o", callback.fetchId(), callback.spec())).isEqualTo(GIVEN.traceId());
  }

  @Test
  void of_its_own() {
    var callback = callbackOf(post());

    var acceptance = trace(callback, 1).acceptance();
    assertThat(callback.spec().trace()).isEmpty();
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
    assertThat(FetchTrace.id("o", settled)).isEqualTo(TOLD.trace());
    assertThat(settled.at()).isEqualTo(START);
  }

  @Test
  void and_tells_its_endpoint_nothing_if_the_fetch_tells_its_target_nothing() {
    assertThat(callbackOf(post().trace(TraceChoice.OWN.notToTarget())).spec().carried().toTarget())
        .isFalse();
  }
}
