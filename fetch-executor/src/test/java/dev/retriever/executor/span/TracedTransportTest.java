package dev.retriever.executor.span;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Signing;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Timeline;
import dev.retriever.executor.http.TransportFixture;
import dev.retriever.executor.trace.AttemptTrace;
import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class TracedTransportTest {
  private static final Instant BEGUN = Instant.parse("2026-01-02T03:04:05Z");
  private static final TraceContext ABOVE =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b"));
  private static final Place PLACE = Place.below(ABOVE, "1111111111111111");
  private static final FetchRequest REQUEST =
      FetchRequest.get("https://shop.example:8443/orders/7?key=hush");
  private static final Timeline TIMES =
      Timeline.of(Map.of(Stage.RESOLVING, 0L, Stage.SENT, 1_500L, Stage.COMPLETE, 9_000L));

  private final List<FetchRequest> sent = new ArrayList<>();
  private final List<Consumer<Report>> ends = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  private final List<SpanRecord> spans = new ArrayList<>();
  private Optional<Spans> taken = Optional.of(spans::add);

  private void start(FetchRequest request, AttemptTrace trace, int attempt) {
    new TracedTransport(
            (key, it, limit, done) -> {
              sent.add(it);
              ends.add(done);
              return reason -> {};
            },
            taken,
            Clock.fixed(BEGUN, ZoneOffset.UTC))
        .start(
            new AttemptKey("http", "acme/o", "f", attempt),
            request.traced(Optional.of(trace)),
            TransportFixture.ample(),
            reports::add);
  }

  private void start(FetchRequest request) {
    start(request, trace(), 1);
  }

  private static AttemptTrace trace() {
    return new AttemptTrace(Optional.of(PLACE.own()), Optional.of(PLACE), Optional.of("payments"));
  }

  private SpanRecord span(Report report) {
    ends.get(ends.size() - 1).accept(report);
    return spans.get(spans.size() - 1);
  }

  private static Report.Answered answer(int status) {
    return new Report.Answered(new Response(status, List.of(), new Body(new byte[3])), TIMES);
  }

  @Test
  void the_target_is_told_the_span_of_the_attempt() {
    start(REQUEST);

    assertThat(sent.get(0).headers())
        .containsExactly(
            new Header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-1111111111111111-01"),
            new Header("tracestate", "a=b"));
    assertThat(sent.get(0).trace()).isEmpty();
  }

  @Test
  void a_header_of_the_user_wins() {
    start(REQUEST.header("Traceparent", "mine"));

    assertThat(sent.get(0).headers()).containsExactly(new Header("Traceparent", "mine"));
  }

  @Test
  void a_request_without_room_for_another_header_goes_without() {
    var full = REQUEST;
    for (var n = 0; n < 63; n++) {
      full = full.header("X-" + n, "v");
    }

    start(full);

    assertThat(sent.get(0).headers()).hasSize(63);
  }

  @Test
  void what_is_not_told_and_not_recorded_changes_nothing() {
    start(REQUEST, new AttemptTrace(Optional.empty(), Optional.empty(), Optional.empty()), 1);
    ends.get(0).accept(answer(200));

    assertThat(sent).containsExactly(REQUEST);
    assertThat(spans).isEmpty();
    assertThat(reports).hasSize(1);
  }

  @Test
  void a_node_that_makes_no_spans_tells_the_target_all_the_same() {
    taken = Optional.empty();

    start(REQUEST);
    ends.get(0).accept(answer(200));

    assertThat(sent.get(0).headers()).hasSize(2);
    assertThat(reports).hasSize(1);
  }

  @Test
  void an_answer_is_a_client_span_with_its_stages() {
    start(REQUEST);

    var span = span(answer(200));

    assertThat(reports).containsExactly(answer(200));
    assertThat(span.place()).isEqualTo(PLACE);
    assertThat(span.kind()).isEqualTo(SpanRecord.Kind.CLIENT);
    assertThat(span.name()).isEqualTo("GET");
    assertThat(span.start()).isEqualTo(BEGUN);
    assertThat(span.end()).isEqualTo(BEGUN.plusMillis(9));
    assertThat(span.error()).isEmpty();
    assertThat(span.events())
        .containsExactly(
            new SpanRecord.Event("resolving", BEGUN),
            new SpanRecord.Event("sent", BEGUN.plusNanos(1_500_000)),
            new SpanRecord.Event("complete", BEGUN.plusMillis(9)));
    assertThat(span.texts())
        .containsEntry("http.request.method", "GET")
        .containsEntry("server.address", "shop.example")
        .containsEntry("retriever.fetch.id", "f")
        .containsEntry("retriever.origin.type", "http")
        .containsEntry("retriever.origin.id", "o")
        .containsEntry("retriever.tenant", "acme")
        .containsEntry("retriever.queue", "payments")
        .containsEntry("retriever.outcome", "answered")
        .containsEntry("retriever.stage", "complete");
    assertThat(span.numbers())
        .containsEntry("server.port", 8443L)
        .containsEntry("http.response.status_code", 200L)
        .containsEntry("retriever.attempt", 1L)
        .doesNotContainKey("http.request.resend_count");
  }

  @Test
  void a_further_attempt_says_how_many_were_before() {
    start(REQUEST, trace(), 3);

    assertThat(span(answer(200)).numbers()).containsEntry("http.request.resend_count", 2L);
  }

  @Test
  void failures_say_why() {
    start(REQUEST);

    assertThat(span(answer(503)).error()).hasValue("503");
    assertThat(span(new Report.NotSent(Stage.CONNECTING, "connection-refused")).error())
        .hasValue("connection-refused");
    var lost = span(Report.lost());
    assertThat(lost.error()).hasValue("executor-lost");
    assertThat(lost.texts()).containsEntry("retriever.outcome", "ambiguous");
    assertThat(lost.end()).isEqualTo(BEGUN);
  }

  @Test
  void no_value_of_a_query_and_no_path_of_an_endpoint_is_shown() {
    start(REQUEST);
    var span = span(answer(200));
    start(
        FetchRequest.post("https://hooks.example/T0/hush")
            .signed(new Signing("msg", List.of("key"), Signing.Algorithm.V1)));
    var callback = span(answer(200));

    assertThat(span.texts())
        .containsEntry("url.full", "https://shop.example:8443/orders/7?REDACTED");
    assertThat(callback.texts()).containsEntry("url.full", "https://hooks.example/");
    assertThat(span.toString() + callback).doesNotContain("hush");
  }
}
