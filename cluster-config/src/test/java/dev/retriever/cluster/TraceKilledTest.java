package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.traces.Collector;
import dev.retriever.cluster.traces.Collector.Span;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is killed while it makes an attempt. What became of the fetch is one story in traces. */
class TraceKilledTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String CALLER = "00f067aa0ba902b7";

  @TempDir private Path directory;
  private final Collector collector = new Collector();

  private SmallHeapProcess started() throws Exception {
    return new SmallHeapProcess(
        "256m",
        directory,
        Map.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            collector.address(),
            "OTEL_SERVICE_NAME",
            "fetching",
            "RETRIEVER_IDENTIFY_ATTEMPTS",
            "on"),
        Main.class);
  }

  private static Api api(SmallHeapProcess node) throws Exception {
    return new Api(SmallHeapProcess.at(node.awaitLine("retriever node ready"), "api") + "");
  }

  private List<Span> spans(String name) {
    return collector.spans().stream()
        .filter(span -> span.name().equals(name))
        .sorted(Comparator.comparingLong(Span::start))
        .toList();
  }

  /** Restarting takes less than 60 seconds, except on a machine that is very busy. */
  private static boolean belongs(Span span) {
    return span.traceId().equals(TRACE) || span.linkedTraces().contains(TRACE);
  }

  @Test
  void a_trace_goes_on_where_a_killed_node_left_it() throws Exception {
    try (var target = new TestTarget();
        collector) {
      try (var node = started()) {
        var submitted =
            api(node)
                .submit(
                    "traced",
                    json(
                        "{'id': 'f', 'request': {'url': '%s'}, 'within': '10m', 'retry': {'maxAttempts': 3}}"
                            .formatted(target.url("/held/f?key=hush"))),
                    "traceparent",
                    "00-" + TRACE + "-" + CALLER + "-01");
        assertThat(submitted.at("/traceId")).isEqualTo(TRACE);
        target.awaitHits("f", 1);
        Eventually.becomes(1, () -> spans("accept").size());
      }
      target.release("f");
      try (var again = started()) {
        assertThat(api(again).settled(fetch("traced", "f")).at("/traceId")).isEqualTo(TRACE);
        Eventually.becomes(1, () -> spans("settle").size());
        Eventually.becomes(2, () -> spans("GET").size());
      }

      assertThatItIsOneStory(target.awaitHits("f", 2));
    }
  }

  private void assertThatItIsOneStory(List<TestTarget.Hit> hits) {
    var accept = spans("accept").get(0);
    var lost = spans("GET").get(0);
    var answered = spans("GET").get(1);
    var settle = spans("settle").get(0);
    assertThat(collector.spans()).hasSize(4).allMatch(TraceKilledTest::belongs);
    assertThat(collector.spans()).extracting(Span::service).containsOnly("fetching");
    assertThat(collector.spans().toString()).doesNotContain("hush");
    assertThat(accept.parentId()).isEqualTo(CALLER);
    assertThat(lost.parentId()).isEqualTo(accept.spanId());
    assertThat(lost.attribute("error.type")).hasValue("executor-lost");
    assertThat(lost.isError()).isTrue();
    assertThat(told(hits.get(0))).isEqualTo("00-" + lost.traceId() + "-" + lost.spanId() + "-01");
    assertThat(answered.attribute("http.request.resend_count")).hasValue("1");
    assertThat(answered.attribute("http.response.status_code")).hasValue("200");
    assertThat(answered.events()).contains("sent", "headers", "complete");
    assertThat(told(hits.get(1)))
        .isEqualTo("00-" + answered.traceId() + "-" + answered.spanId() + "-01");
    assertThat(settle.parentId()).isEqualTo(answered.spanId());
    assertThat(settle.attribute("retriever.outcome")).hasValue("answered");
  }

  private static String told(TestTarget.Hit hit) {
    return hit.headers().get("Traceparent").get(0);
  }
}
