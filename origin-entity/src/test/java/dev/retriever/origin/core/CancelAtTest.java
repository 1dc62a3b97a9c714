package dev.retriever.origin.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.retriever.origin.Checkout;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A fetch is taken back or erased by its place, and no other one that has its id by now. */
class CancelAtTest {
  private final Machine<?, ?, ?> machine =
      new Machine<>(
          new Checkout(),
          Machine.Rules.of(OriginSettings.from(ConfigFactory.load()), Set.of(), event -> {}));
  private FullState<?> state = machine.empty();
  private Instant now = Samples.START;

  private static final class NoRoom implements AttemptRoom {
    @Override
    public Optional<String> first(String fetchId, FetchSpec spec) {
      return Optional.empty();
    }

    @Override
    public Map<String, String> next(OriginState state, Instant until, int limit) {
      return Map.of();
    }
  }

  private Verdict take(Input<Verdict> input) {
    return on(machine, input);
  }

  @SuppressWarnings("unchecked") // the state is that of the machine
  private <S> Verdict on(Machine<?, ?, S> by, Input<Verdict> input) {
    var at = new Machine.Moment("o", now, 0.5, new NoRoom());
    var decided = by.turn((FullState<S>) state, input, at);
    state = decided.turn().after();
    return decided.answer();
  }

  @Test
  void a_namesake_that_was_accepted_after_the_retention_is_left_alone() {
    assertThat(take(new Input.Submit("f", Samples.get()))).isEqualTo(Verdict.ACCEPTED);
    assertThat(take(new Input.CancelAt("f", 2))).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(take(new Input.CancelAt("f", 1))).isEqualTo(Verdict.SETTLED);
    assertThat(take(new Input.CancelAt("f", 1))).isEqualTo(Verdict.SETTLED);
    now = now.plus(Duration.ofDays(2));
    assertThat(take(new Input.Submit("f", Samples.get()))).isEqualTo(Verdict.ACCEPTED);

    assertThat(take(new Input.CancelAt("f", 1))).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(state.fetches().isPending("f")).isTrue();
    assertThat(take(new Input.CancelAt("f", 2))).isEqualTo(Verdict.SETTLED);
    assertThat(take(new Input.CancelAt("nothing", 1))).isEqualTo(Verdict.NO_SUCH_FETCH);
  }

  @Test
  void an_erasure_by_place_leaves_a_namesake_alone_too() {
    take(new Input.Submit("f", Samples.get()));
    take(new Input.Cancel("f"));
    assertThat(take(new Input.EraseAt("f", 2))).isEqualTo(Verdict.NO_SUCH_FETCH);
    now = now.plus(Duration.ofDays(2));
    take(new Input.Submit("f", Samples.get()));
    take(new Input.Cancel("f"));

    assertThat(take(new Input.EraseAt("f", 1))).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(state.fetches().settled("f").orElseThrow().erasure()).isEmpty();
    assertThat(take(new Input.EraseAt("f", 2))).isEqualTo(Verdict.NOTED);
    assertThat(state.fetches().settled("f").orElseThrow().erasure()).isPresent();
  }
}
