package dev.retriever.cluster.traces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.cluster.Eventually;
import dev.retriever.executor.span.SpanRecord;
import dev.retriever.executor.trace.AttemptTrace.Place;
import dev.retriever.executor.trace.TraceContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OtlpSpansTest {
  private static final TraceContext ABOVE =
      new TraceContext(
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Optional.of("a=b,odd"));
  private static final Instant START = Instant.parse("2026-01-02T03:04:05.000001Z");

  private final Collector collector = new Collector();

  @AfterEach
  void stop() {
    collector.close();
  }

  private static SpanRecord span(Place place, Optional<String> error) {
    var texts = new java.util.TreeMap<>(Map.of("server.address", "shop.example"));
    error.ifPresent(it -> texts.put(SpanRecord.ERROR_TYPE, it));
    return new SpanRecord(
        place,
        SpanRecord.Kind.CLIENT,
        "GET",
        START,
        START.plusMillis(5),
        texts,
        Map.of("http.response.status_code", 200L),
        List.of(new SpanRecord.Event("sent", START.plusMillis(1))));
  }

  private static SpanRecord span() {
    return span(Place.below(ABOVE, "1111111111111111"), Optional.empty());
  }

  private Config config(String more) {
    return ConfigFactory.parseString(
            "retriever.node.traces { endpoint = \"" + collector.address() + "\"\n" + more + "}")
        .withFallback(ConfigFactory.defaultApplication())
        .withFallback(ConfigFactory.defaultReference())
        .resolve();
  }

  private OtlpSpans started(String more) {
    return OtlpSpans.start(TraceSettings.from(config(more)), "127.0.0.1:1#2");
  }

  @Test
  void a_span_comes_as_it_was_made() {
    var later = Place.after(ABOVE, "2".repeat(32), "3".repeat(16));
    try (var spans = started("headers = \"api-key=a%20b\"")) {
      spans.take(span());
      spans.take(span(later, Optional.of("timeout")));
      Eventually.becomes(2, () -> collector.spans().size());
      Eventually.becomes(new OtlpSpans.Counts(2, 0, 0), spans::counts);
    }

    var nanos = START.getEpochSecond() * 1_000_000_000 + START.getNano();
    assertThat(collector.spans())
        .containsExactly(
            new Collector.Span(
                "retriever",
                ABOVE.traceId(),
                "1111111111111111",
                ABOVE.spanId(),
                "GET",
                3,
                nanos,
                nanos + 5_000_000,
                Map.of("server.address", "shop.example", "http.response.status_code", "200"),
                List.of("sent"),
                List.of(),
                "a=b",
                false),
            new Collector.Span(
                "retriever",
                "2".repeat(32),
                "3".repeat(16),
                "",
                "GET",
                3,
                nanos,
                nanos + 5_000_000,
                Map.of(
                    "server.address",
                    "shop.example",
                    "http.response.status_code",
                    "200",
                    "error.type",
                    "timeout"),
                List.of("sent"),
                List.of(ABOVE.traceId()),
                "",
                true));
    assertThat(collector.requests().get(0)).containsEntry("Api-key", List.of("a b"));
  }

  @Test
  void what_waits_is_sent_at_the_end() {
    var spans = started("interval = 3 s");
    for (var n = 0; n < 10; n++) {
      spans.take(span());
    }

    spans.close();

    assertThat(collector.spans()).hasSize(10);
  }

  @Test
  void what_does_not_fit_in_the_queue_is_dropped_and_counted() {
    var held = new CountDownLatch(1);
    collector.before =
        () -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        };
    try (var spans = started("queue = 2, batch = 1, interval = 1 ms, timeout = 60 s")) {
      spans.take(span());
      Eventually.becomes(1, () -> collector.requests().size());
      for (var n = 0; n < 5; n++) {
        spans.take(span());
      }

      assertThat(spans.counts()).isEqualTo(new OtlpSpans.Counts(0, 3, 2));
      held.countDown();
      Eventually.becomes(new OtlpSpans.Counts(3, 3, 0), spans::counts);
    }
  }

  @Test
  void what_the_collector_does_not_take_is_dropped_and_counted_and_the_next_is_sent() {
    collector.status = 400;
    try (var spans = started("interval = 1 ms")) {
      spans.take(span());
      Eventually.becomes(new OtlpSpans.Counts(0, 1, 0), spans::counts);

      collector.status = 200;
      spans.take(span());
      Eventually.becomes(new OtlpSpans.Counts(1, 1, 0), spans::counts);
    }
  }

  @Test
  void without_an_endpoint_there_are_no_settings_to_begin_with() {
    var none = TraceSettings.from(config("endpoint = \"\""));

    assertThat(none.endpoint()).isEmpty();
    assertThatThrownBy(() -> OtlpSpans.start(none, "a")).hasMessageContaining("no endpoint");
  }

  @ParameterizedTest
  @CsvSource({
    "http://c:4318, http://c:4318/v1/traces",
    "http://c:4318/, http://c:4318/v1/traces",
    "https://c/otlp, https://c/otlp/v1/traces",
    "https://c/v1/traces, https://c/v1/traces"
  })
  void the_path_is_added_as_all_senders_do(String given, String used) {
    assertThat(TraceSettings.from(config("endpoint = \"" + given + "\"")).endpoint())
        .hasValueSatisfying(it -> assertThat(it).hasToString(used));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "endpoint = \"collector:4318\" | retriever.node.traces.endpoint must be an http or https",
        "endpoint = \"http://a b\" | retriever.node.traces.endpoint must be an http or https",
        "ratio = 1.1 | retriever.node.traces.ratio must be",
        "batch = 5000 | retriever.node.traces.batch must be",
        "headers = hush | retriever.node.traces.headers must be pairs",
      })
  void a_wrong_setting_is_named(String setting, String message) {
    assertThatThrownBy(() -> TraceSettings.from(config(setting)))
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("hush");
  }

  @Test
  void values_of_headers_are_not_shown() {
    assertThat(TraceSettings.from(config("headers = \"api-key=hush\"")).toString())
        .contains("api-key")
        .doesNotContain("hush");
  }
}
