package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.origin.context.Contexts;
import dev.retriever.origin.context.Contexts.One;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinuationTest {
  private static final Continuation<One> CHARGED = Continuation.of("charged", One.class);

  @Test
  void equal_parts_make_equal_continuations() {
    assertThat(CHARGED)
        .isEqualTo(Continuation.of("charged", One.class))
        .hasSameHashCodeAs(Continuation.of("charged", One.class))
        .isNotEqualTo(Continuation.of("paid", One.class))
        .isNotEqualTo(Continuation.of("charged"))
        .isNotEqualTo(CHARGED.alias("old"));
    assertThat(CHARGED.alias("a", "b")).isEqualTo(CHARGED.alias("a").alias("b"));
    assertThat(CHARGED.aliases()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "ä", "a/b", "a\n"})
  void a_name_that_is_none_is_refused(String name) {
    assertThatThrownBy(() -> Continuation.of(name)).hasMessageContaining("1 to 64 of");
    assertThatThrownBy(() -> CHARGED.alias(name)).hasMessageContaining("1 to 64 of");
  }

  @Test
  void a_name_has_up_to_64_characters() {
    assertThat(Continuation.of("A.z_0-".repeat(10) + "1234").name()).hasSize(64);
    assertThatThrownBy(() -> Continuation.of("x".repeat(65))).hasMessageContaining("1 to 64 of");
  }

  @Test
  void an_alias_is_given_once() {
    assertThatThrownBy(() -> CHARGED.alias("charged"))
        .hasMessage("Continuation 'charged' answers to 'charged' already: give each alias once.");
    assertThatThrownBy(() -> CHARGED.alias("old", "old")).hasMessageContaining("'old' already");
  }

  @Test
  void a_bound_continuation_shows_no_values() {
    var bound = CHARGED.with(new One("secret"));

    assertThat(bound).isEqualTo(CHARGED.with(new One("secret"))).hasToString("Bound[charged]");
    assertThat(bound.freeze().toString()).doesNotContain("secret");
    assertThatThrownBy(() -> CHARGED.with(null)).hasMessage("charged");
  }

  record Guarded(String word) {
    @Override
    public String word() {
      throw new IllegalStateException("secret");
    }
  }

  record Picky(List<Two> parts) {}

  record Two(String first, String second) {
    Two {
      if (first == null) {
        throw new IllegalArgumentException(second);
      }
    }

    @Override
    public String first() {
      return null;
    }
  }

  @Test
  void a_context_that_cannot_be_written_is_reported_without_its_values() {
    var guarded = Continuation.of("guarded", Guarded.class).with(new Guarded("secret"));

    assertThatThrownBy(guarded::freeze)
        .isInstanceOf(UnserializableContext.class)
        .hasNoCause()
        .hasMessageContaining("continuation 'guarded'")
        .hasMessageContaining(Guarded.class.getTypeName())
        .hasMessageContaining("at /word, there is a java.lang.IllegalStateException")
        .hasMessageContaining("Change the record")
        .hasMessageNotContaining("secret");
  }

  @Test
  void a_context_that_could_not_be_read_again_is_not_written() {
    var parts = new Picky(List.of(new Two("a", "secret")));

    assertThatThrownBy(() -> Continuation.of("picky", Picky.class).with(parts).freeze())
        .isInstanceOf(UnserializableContext.class)
        .hasMessageContaining("at /parts[0], the constructor of " + Two.class.getTypeName())
        .hasMessageContaining("refuses it (java.lang.IllegalArgumentException)")
        .hasMessageNotContaining("secret");
  }

  @Test
  void a_context_that_is_too_long_is_not_written() {
    var long64 = CHARGED.with(new One("x".repeat(Continuation.MAX_CONTEXT_BYTES)));

    assertThatThrownBy(long64::freeze)
        .isInstanceOf(UnserializableContext.class)
        .hasMessageContaining("it is longer than 65536 bytes")
        .hasMessageNotContaining("xxx");
  }

  @Test
  void a_context_is_frozen_as_it_is_at_the_time() {
    var list = new ArrayList<>(List.of("a"));
    var lists = Continuation.of("lists", Contexts.OneList.class);
    var then = lists.with(new Contexts.OneList(list)).freeze();
    list.add("b");

    assertThat(then).isEqualTo(lists.with(new Contexts.OneList(List.of("a"))).freeze());
  }
}
