package dev.retriever.executor.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";
  private static final String PARENT = "00-" + TRACE + "-" + SPAN + "-01";

  private static Optional<TraceContext> of(String traceparent, String... states) {
    return TraceContext.of(List.of(traceparent), List.of(states));
  }

  @Test
  void the_example_of_the_standard_is_taken_apart() {
    var context = of(PARENT, "congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7").orElseThrow();

    assertThat(context.traceId()).isEqualTo(TRACE);
    assertThat(context.spanId()).isEqualTo(SPAN);
    assertThat(context.recorded()).isTrue();
    assertThat(context.tracestate()).hasValue("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7");
    assertThat(context.traceparent()).isEqualTo(PARENT);
  }

  @Test
  void a_later_version_is_read_as_far_as_it_is_known() {
    assertThat(of("cc-" + TRACE + "-" + SPAN + "-ff-what-comes").map(TraceContext::traceparent))
        .hasValue("00-" + TRACE + "-" + SPAN + "-03");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x"
      })
  void what_cannot_be_understood_is_no_context(String text) {
    assertThat(of(text)).isEmpty();
  }

  @Test
  void two_traceparents_are_none() {
    assertThat(TraceContext.of(List.of(PARENT, PARENT), List.of())).isEmpty();
  }

  @Test
  void a_state_of_more_than_256_bytes_is_dropped_and_the_trace_stays() {
    assertThat(of(PARENT, "a=" + "x".repeat(254)).orElseThrow().tracestate()).isPresent();
    assertThat(of(PARENT, "a=" + "x".repeat(255)).orElseThrow().tracestate()).isEmpty();
    assertThat(of(PARENT, "a=ü").orElseThrow().tracestate()).isEmpty();
    assertThat(of(PARENT, "  ").orElseThrow().tracestate()).isEmpty();
  }

  @Test
  void a_context_of_another_form_cannot_be_made() {
    assertThatThrownBy(() -> new TraceContext("00-1-2-3", Optional.empty()))
        .hasMessageContaining("32 hex digits");
    assertThatThrownBy(() -> new TraceContext(PARENT, Optional.of("x".repeat(257))))
        .hasMessageContaining("256");
  }

  @Test
  void another_span_keeps_the_trace_its_flags_and_its_state() {
    var context = of(PARENT, "a=b").orElseThrow();

    assertThat(context.withSpan("1111111111111111"))
        .isEqualTo(new TraceContext("00-" + TRACE + "-1111111111111111-01", Optional.of("a=b")));
    assertThat(context.inTrace("2".repeat(32), "1111111111111111").traceparent())
        .isEqualTo("00-" + "2".repeat(32) + "-1111111111111111-01");
  }

  @Test
  void a_new_trace_begins_without_the_state_of_the_old_one() {
    var context = of(PARENT, "a=b").orElseThrow();

    assertThat(context.inTrace("2".repeat(32), "1111111111111111").tracestate()).isEmpty();
  }

  private static TraceIds ids(String originId, String fetchId) {
    return new TraceIds("http", originId, fetchId, Instant.EPOCH);
  }

  @Test
  void an_id_that_is_used_again_later_is_in_another_trace() {
    var first = ids("o", "nightly");
    var second = first.of("nightly", Instant.EPOCH.plusMillis(1));

    assertThat(second.trace()).isNotEqualTo(first.trace());
    assertThat(second.accepted()).isNotEqualTo(first.accepted());
    assertThat(second.attempt(1)).isNotEqualTo(first.attempt(1));
    assertThat(first.of("nightly", Instant.EPOCH.plusNanos(999_999)).trace())
        .isEqualTo(first.trace());
  }

  @Test
  void an_origin_of_another_type_with_an_equal_id_has_other_traces() {
    assertThat(new TraceIds("other", "o", "f", Instant.EPOCH).trace())
        .isNotEqualTo(ids("o", "f").trace());
  }

  @Test
  void ids_are_those_of_the_fetch_on_every_node_and_of_no_other() {
    var ids = ids("o", "f");

    assertThat(ids.trace()).isEqualTo(ids("o", "f").trace()).matches("[0-9a-f]{32}");
    assertThat(ids.attempt(1)).matches("[0-9a-f]{16}");
    assertThat(
            List.of(
                ids.accepted(),
                ids.settled(),
                ids.attempt(1),
                ids.attempt(2),
                ids("of", "").attempt(1),
                ids("", "of").attempt(1)))
        .doesNotHaveDuplicates();
    assertThat(List.of(ids.trace(), ids.laterTrace(), ids.laterTrace(1), ids.laterTrace(2)))
        .doesNotHaveDuplicates();
    // They are told to targets: a change would part the traces of fetches that are under way.
    assertThat(ids.trace()).isEqualTo("493d25ccf4b2254578356fd6ffc3b257");
    assertThat(ids.attempt(2)).isEqualTo("2e3968b65fe1d17f");
  }

  @Test
  void as_many_traces_are_recorded_as_the_ratio_says() {
    var recorded =
        java.util.stream.IntStream.range(0, 20_000)
            .mapToObj(n -> ids("o", "f" + n).trace())
            .filter(id -> TraceIds.isRecorded(id, 0.01))
            .count();

    assertThat(recorded).isBetween(150L, 250L);
    assertThat(TraceIds.isRecorded("f".repeat(32), 1)).isTrue();
    assertThat(TraceIds.isRecorded("f".repeat(31) + "0", 0)).isFalse();
    assertThat(TraceIds.isRecorded("1" + "0".repeat(31), 0)).isFalse();
  }
}
