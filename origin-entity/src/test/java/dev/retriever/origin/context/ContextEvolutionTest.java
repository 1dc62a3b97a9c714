package dev.retriever.origin.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.origin.NoContext;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What was persisted by yesterday's code is read by today's. */
class ContextEvolutionTest {
  record Before(String id, int count, String note) {}

  record Added(
      String id,
      int count,
      String note,
      String text,
      Optional<String> maybe,
      OptionalInt number,
      int zero,
      boolean flag,
      Contexts.Shape shape,
      List<String> list) {}

  record Removed(String id) {}

  record Reordered(String note, String id, int count) {}

  record Wider(String id, long count, Optional<String> note) {}

  record Decimal(String id, BigDecimal count) {}

  record Defaulted(String id, List<String> tags) {
    Defaulted {
      tags = tags == null ? List.of("none") : List.copyOf(tags);
    }
  }

  private static final Before BEFORE = new Before("a", 2, "n");

  @Test
  void an_added_component_is_missing_from_what_was_persisted_before() {
    assertThat(read(BEFORE, Added.class))
        .isEqualTo(
            new Added(
                "a", 2, "n", null, Optional.empty(), OptionalInt.empty(), 0, false, null, null));
  }

  @Test
  void a_constructor_may_give_an_added_component_a_value() {
    assertThat(read(BEFORE, Defaulted.class)).isEqualTo(new Defaulted("a", List.of("none")));
  }

  @Test
  void a_removed_component_is_ignored() {
    assertThat(read(BEFORE, Removed.class)).isEqualTo(new Removed("a"));
    assertThat(read(BEFORE, NoContext.class)).isEqualTo(NoContext.NONE);
    assertThat(read(Contexts.SHAPES, Removed.class)).isEqualTo(new Removed(null));
  }

  @Test
  void a_continuation_may_get_a_context_later() {
    assertThat(read(NoContext.NONE, Before.class)).isEqualTo(new Before(null, 0, null));
  }

  @Test
  void components_may_change_their_order_without_a_trace() {
    assertThat(ContextCodec.encode(Reordered.class, new Reordered("n", "a", 2)))
        .isEqualTo(ContextCodec.encode(Before.class, BEFORE));
  }

  @Test
  void numbers_may_become_wider_and_values_optional() {
    assertThat(read(BEFORE, Wider.class)).isEqualTo(new Wider("a", 2, Optional.of("n")));
    assertThat(read(BEFORE, Decimal.class)).isEqualTo(new Decimal("a", BigDecimal.valueOf(2)));
  }

  record OldEntry(Map<String, Before> entries) {}

  record NewEntry(Map<String, Added> entries) {}

  @Test
  void nested_records_can_grow_too() {
    var read = read(new OldEntry(Map.of("k", BEFORE)), NewEntry.class);

    assertThat(read.entries().get("k").note()).isEqualTo("n");
    assertThat(read.entries().get("k").maybe()).isEmpty();
  }

  private static final List<Object> RECORDED =
      List.of(
          Contexts.SCALARS,
          Contexts.TIMES,
          Contexts.COLLECTIONS,
          Contexts.SHAPES,
          Contexts.BYTES,
          NoContext.NONE);

  /** What is in journals today. A difference makes them unreadable. */
  @ParameterizedTest
  @FieldSource("RECORDED")
  void recorded_contexts_are_still_read_and_written(Object context) throws IOException {
    var file = "/context/v1/" + context.getClass().getSimpleName() + ".cbor";
    try (var recorded = getClass().getResourceAsStream(file)) {
      var bytes = new Body(recorded.readAllBytes());

      assertThat(ContextCodec.decode(context.getClass(), bytes)).isEqualTo(context);
      assertThat(ContextCodec.encode(context.getClass(), context)).isEqualTo(bytes);
    }
  }

  private static <X> X read(Object old, Class<X> now) {
    return ContextCodec.decode(now, ContextCodec.encode(old.getClass(), old));
  }
}
