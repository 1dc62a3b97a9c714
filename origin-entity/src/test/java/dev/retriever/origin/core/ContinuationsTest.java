package dev.retriever.origin.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.NoContext;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.context.ContextCodec;
import dev.retriever.origin.context.Contexts;
import dev.retriever.origin.context.Contexts.One;
import dev.retriever.origin.core.Continuations.Known;
import dev.retriever.origin.core.Continuations.Parked;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContinuationsTest {
  private static final Continuation<One> CHARGED =
      Continuation.of("charged", One.class).alias("paid", "billed");
  private static final Continuation<NoContext> REMIND = Continuation.of("remind");
  private static final Continuations KNOWN = Continuations.of(List.of(CHARGED, REMIND));

  @Test
  void a_frozen_continuation_resolves_to_itself_and_its_context() {
    assertThat(KNOWN.resolve(CHARGED.with(new One("x")).freeze()))
        .isEqualTo(new Known<>(CHARGED.with(new One("x"))));
    assertThat(KNOWN.resolve(REMIND.with(NoContext.NONE).freeze()))
        .isEqualTo(new Known<>(REMIND.with(NoContext.NONE)));
  }

  @Test
  void a_renamed_continuation_answers_to_its_aliases() {
    var old = Continuation.of("billed", One.class).with(new One("x")).freeze();

    assertThat(KNOWN.resolve(old)).isEqualTo(new Known<>(CHARGED.with(new One("x"))));
    assertThat(old.name()).isEqualTo("billed");
    assertThat(CHARGED.with(new One("x")).freeze().name()).isEqualTo("charged");
  }

  @Test
  void an_unknown_name_is_parked_and_the_known_ones_are_listed() {
    var then = new StoredContinuation("shipped", Body.utf8("secret"));

    assertThat(reason(KNOWN, then))
        .isEqualTo(
            "No continuation is named 'shipped'; known are: billed, charged, paid, remind. Deploy code that defines it or has it as an alias, and redrive.");
    assertThat(reason(Continuations.of(List.of()), then)).contains("known are: none.");
    assertThat(reason(KNOWN, new StoredContinuation("<b>\n", Body.EMPTY)))
        .contains("'(no valid name)'");
  }

  @Test
  void a_long_list_of_known_names_is_cut() {
    var many = IntStream.range(100, 150).mapToObj(n -> Continuation.of("c" + n)).toList();

    assertThat(reason(Continuations.of(many), new StoredContinuation("x", Body.EMPTY)))
        .contains("c100, c101", "c119 and 30 more.")
        .doesNotContain("c120");
  }

  @Test
  void two_that_answer_to_one_name_are_refused() {
    assertThatThrownBy(() -> Continuations.of(List.of(CHARGED, Continuation.of("charged"))))
        .hasMessage(
            "Two continuations answer to 'charged': Continuation[charged, One] and Continuation[charged, NoContext]. Rename one, or remove the alias.");
    assertThatThrownBy(() -> Continuations.of(List.of(REMIND.alias("paid"), CHARGED)))
        .hasMessageContaining("answer to 'paid'");
    assertThatThrownBy(() -> Continuations.of(List.of(REMIND, REMIND)))
        .hasMessageContaining("answer to 'remind'");
  }

  @Test
  void only_what_is_defined_is_defined() {
    assertThat(KNOWN.defines(CHARGED)).isTrue();
    assertThat(KNOWN.defines(Continuation.of("paid", One.class))).isFalse();
    assertThat(KNOWN.defines(Continuation.of("charged"))).isFalse();
  }

  record V1(int id, String text, Map<String, List<V1Part>> parts) {}

  record V1Part(String at, String kind) {}

  record Retyped(int id, Instant text) {}

  record Deep(Map<String, List<DeepPart>> parts) {}

  record DeepPart(Optional<Instant> at) {}

  record Kinds(Map<String, List<PartKind>> parts) {}

  record PartKind(Contexts.Colour kind) {}

  record Strict(String text) {
    Strict {
      throw new IllegalArgumentException(text);
    }
  }

  @Test
  void a_context_that_no_longer_reads_is_parked_with_its_path_and_without_its_values() {
    var v1 = new V1(1, "secret", Map.of("secret key", List.of(new V1Part("secret", "secret"))));

    assertThat(parked(v1, Retyped.class))
        .contains("continuation 'c' can no longer be read as a " + Retyped.class.getTypeName())
        .contains("at /text, there is no valid java.time.Instant", "Deploy code that reads it");
    assertThat(parked(v1, Deep.class)).contains("at /parts/*[0]/at, there is no valid ");
    assertThat(parked(v1, Kinds.class))
        .contains("at /parts/*[0]/kind, there is no valid " + Contexts.Colour.class.getTypeName());
    assertThat(parked(v1, Strict.class))
        .contains("the constructor of " + Strict.class.getTypeName() + " refuses it");
  }

  record Flag(boolean text) {}

  record Place(URI text) {}

  record Numbers(List<Integer> text) {}

  record Keyed(Map<Integer, List<V1Part>> parts) {}

  @Test
  void values_of_another_type_are_not_coerced() {
    var one = new V1(1, "no uri, secret", Map.of("secret", List.of()));

    assertThat(parked(one, Flag.class)).contains("/text, there is no valid boolean");
    assertThat(parked(one, Place.class)).contains("/text, there is no valid java.net.URI");
    assertThat(parked(one, Numbers.class)).contains("/text, there is no valid java.util.");
    assertThat(parked(one, Keyed.class)).contains("/parts, there is no valid java.lang.Integer");
  }

  record Has(Contexts.Shape shape) {}

  record Had(Gone shape) {}

  sealed interface Gone {}

  record Square(String secret) implements Gone {}

  record Was(Square shape) {}

  @Test
  void a_kind_that_is_gone_is_parked_by_its_name() {
    assertThat(parked(new Had(new Square("secret value")), Has.class))
        .contains(
            "at /shape, no kind of " + Contexts.Shape.class.getTypeName() + " is named 'Square'");
    assertThat(parked(new Was(new Square("secret value")), Has.class))
        .contains("at /shape, the name of the kind of " + Contexts.Shape.class.getTypeName());
  }

  @Test
  void broken_bytes_are_parked() {
    var whole = CHARGED.with(new One("secret")).freeze().context().bytes();
    for (var length = 0; length < whole.length; length++) {
      assertThat(reason(KNOWN, charged(Arrays.copyOf(whole, length))))
          .startsWith("The context of continuation 'charged'")
          .doesNotContain("secret");
    }
    assertThat(reason(KNOWN, charged(Arrays.copyOf(whole, whole.length + 1))))
        .contains("there is no valid");
    assertThat(reason(KNOWN, charged(new byte[] {(byte) 0xF6}))).contains("it is null");
    assertThat(reason(KNOWN, charged("{\"value\":\"secret\"}".getBytes()))).contains("One");
    assertThat(reason(KNOWN, charged(new byte[65_537]))).contains("longer than 65536 bytes");
  }

  @Test
  void random_bytes_never_throw() {
    var dice = new Random(7);
    var all = Continuations.of(List.of(Continuation.of("c", Contexts.Shapes.class)));
    var whole = ContextCodec.encode(Contexts.Shapes.class, Contexts.SHAPES).bytes();
    for (var round = 0; round < 5_000; round++) {
      var bytes = whole.clone();
      bytes[dice.nextInt(bytes.length)] = (byte) dice.nextInt();
      assertThat(all.resolve(new StoredContinuation("c", new Body(bytes)))).isNotNull();
    }
  }

  private static StoredContinuation charged(byte[] bytes) {
    return new StoredContinuation("charged", new Body(bytes));
  }

  private static String parked(Object old, Class<?> now) {
    var known = Continuations.of(List.of(Continuation.of("c", now)));
    var reason =
        reason(known, new StoredContinuation("c", ContextCodec.encode(old.getClass(), old)));
    assertThat(reason).doesNotContain("secret");
    return reason;
  }

  private static String reason(Continuations known, StoredContinuation then) {
    return known.resolve(then).fold(it -> "known: " + it, Parked::reason);
  }
}
