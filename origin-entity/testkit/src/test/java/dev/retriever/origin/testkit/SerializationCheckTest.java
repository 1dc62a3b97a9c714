package dev.retriever.origin.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.Definition;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** What cannot be serialized, or is another when it is read again, fails the test that it is in. */
class SerializationCheckTest {
  /** No serializer is bound to it. */
  record Bare(String name) {}

  record Good(String name) implements Serialized {}

  /** Does not write one of its components. */
  record Lossy(String name, @JsonIgnore Optional<String> lost) implements Serialized {
    static Lossy of(String name) {
      return new Lossy(name, Optional.of("lost"));
    }
  }

  /** Its kinds cannot be told apart. */
  interface Kind {}

  record Round(int radius) implements Kind {}

  record Unreadable(Kind kind) implements Serialized {}

  /** Refers to itself. */
  record Endless(List<Object> self) implements Serialized {
    static Endless loop() {
      var list = new ArrayList<Object>();
      list.add(list);
      return new Endless(list);
    }
  }

  /** Has no equals of its own, and loses what it is made of. */
  static final class Opaque implements Serialized {
    private transient String kept = "written";

    static Opaque forgets() {
      var opaque = new Opaque();
      opaque.kept = "forgotten";
      return opaque;
    }
  }

  record Arrays(byte[] bytes, List<byte[]> more) implements Serialized {}

  /** Grows whenever it is read. */
  record LossyContext(String name) {
    LossyContext {
      name = name + "!";
    }
  }

  record Echo(String message, ActorRef<Object> replyTo) implements Serialized {}

  /** Persists each command as an event, or does what the test says. */
  private static final class Recorder extends Origin<Object, Object, Object> {
    private final Object empty;
    private final BiFunction<Object, Object, Object> apply;
    private final UnaryOperator<Object> answer;

    private Recorder(
        Object empty, BiFunction<Object, Object, Object> apply, UnaryOperator<Object> answer) {
      this.empty = empty;
      this.apply = apply;
      this.answer = answer;
    }

    @Override
    protected Object emptyState() {
      return empty;
    }

    @Override
    protected Object apply(Object state, Object event) {
      return apply.apply(state, event);
    }

    @Override
    protected void define(Definition<Object, Object, Object> on) {
      on.command(
          Echo.class,
          (state, echo, next) -> next.thenReply(echo.replyTo(), after -> answer.apply(echo)));
      on.command(Good.class, (state, good, next) -> next.persist(answer.apply(good)));
      on.command(
          String.class,
          (state, name, next) ->
              next.fetch(
                  FetchSpec.of(FetchRequest.get("https://shop.example/")),
                  LOSSY.with(new LossyContext(name))));
      on.outcome(LOSSY, (state, context, outcome, next) -> next);
    }
  }

  private static final Continuation<LossyContext> LOSSY =
      Continuation.of("lossy", LossyContext.class);
  private static final Good NOTHING = new Good("");

  private static OriginTestKit<Object, Object, Object> persisting(Object event) {
    return OriginTestKit.of(new Recorder(NOTHING, (state, e) -> state, good -> event));
  }

  private static OriginTestKit<Object, Object, Object> keeping(Object state) {
    return OriginTestKit.of(new Recorder(NOTHING, (before, e) -> state, good -> good));
  }

  private static OriginTestKit<Object, Object, Object> answering(Object reply) {
    return OriginTestKit.of(new Recorder(NOTHING, (state, e) -> state, echo -> reply));
  }

  @Test
  void a_command_without_a_serializer_is_named_with_what_to_do() {
    assertThatThrownBy(() -> persisting(NOTHING).tell(new Bare("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the command " + Bare.class.getName())
        .hasMessageContaining("cannot be serialized")
        .hasMessageContaining("extend dev.retriever.origin.Serialized");
  }

  @Test
  void an_event_without_a_serializer_fails_and_nothing_is_journaled() {
    var kit = persisting(new Bare("x"));

    assertThatThrownBy(() -> kit.tell(new Good("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the event " + Bare.class.getName());

    assertThat(kit.journal()).isEmpty();
  }

  @Test
  void an_event_that_cannot_be_written_is_named_with_the_cause() {
    assertThatThrownBy(() -> persisting(Endless.loop()).tell(new Good("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(Endless.class.getName())
        .hasMessageContaining("cannot be serialized");
  }

  @Test
  void an_event_that_cannot_be_read_again_is_named_with_what_to_do() {
    assertThatThrownBy(() -> persisting(new Unreadable(new Round(1))).tell(new Good("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("but not read again")
        .hasMessageContaining("@JsonSubTypes")
        .hasRootCauseInstanceOf(Exception.class);
  }

  @Test
  void an_event_that_loses_a_component_is_shown_as_written_and_as_read() {
    assertThatThrownBy(() -> persisting(Lossy.of("x")).tell(new Good("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("is another when it is read again")
        .hasMessageContaining("lost=Optional[lost]")
        .hasMessageContaining("lost=Optional.empty");
  }

  @Test
  void a_state_that_cannot_be_serialized_fails_although_nothing_stores_it_yet() {
    assertThatThrownBy(() -> keeping(new Bare("x")).tell(new Good("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the state " + Bare.class.getName());
  }

  @Test
  void a_reply_that_cannot_be_serialized_fails_its_question() {
    var kit = answering(new Bare("x"));

    assertThatThrownBy(() -> kit.<Object>ask(replyTo -> new Echo("x", replyTo)))
        .isInstanceOf(AssertionError.class)
        .isNotInstanceOf(NoReply.class)
        .hasMessageContaining("the reply " + Bare.class.getName());
  }

  @Test
  void a_context_that_is_another_when_it_is_read_again_fails() {
    assertThatThrownBy(() -> persisting(NOTHING).tell("name"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the context " + LossyContext.class.getName());
  }

  @Test
  void the_kit_continues_with_the_copy_that_was_read_again() {
    var kit = keeping(Opaque.forgets());

    kit.tell(new Good("x"));

    assertThat(((Opaque) kit.state()).kept).isEqualTo("written");
  }

  @Test
  void arrays_in_records_are_compared_by_content() {
    var kit = persisting(new Arrays(new byte[] {1, 2}, List.of(new byte[] {3})));

    kit.tell(new Good("x"));

    assertThat(kit.events()).hasSize(1);
  }

  @Test
  void a_state_that_depends_on_more_than_the_journal_fails() {
    var calls = new int[1];
    var kit =
        OriginTestKit.of(
            new Recorder(NOTHING, (state, e) -> new Good("call " + calls[0]++), good -> good));

    assertThatThrownBy(() -> kit.tell(new Good("x")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("gives another state when it is replayed")
        .hasMessageContaining(
            "the origin has Good[name=call 1], the journal gives Good[name=call 2]");
  }

  @Test
  void events_that_are_no_longer_accepted_fail_the_recovery() {
    var kit = persisting(new Good("event"));
    kit.tell(new Good("x"));

    var stricter =
        new Recorder(
            NOTHING,
            (state, e) -> {
              throw new IllegalStateException("what is this?");
            },
            good -> good);

    assertThatThrownBy(() -> kit.deploy(stricter))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("row 1 of the journal, a " + Good.class.getName())
        .hasMessageContaining("what is this?");
    kit.advance(Duration.ZERO);
  }
}
