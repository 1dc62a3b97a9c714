package dev.retriever.loadtest.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultsTest {
  private static final Faults DROPS =
      Faults.of(InjectedFault.drop(0.2, Moment.PUBLISH, Moment.RECEIVE)).seeded(7);

  private static long struck(Faults faults, Moment moment) {
    return IntStream.range(0, 1_000)
        .filter(i -> faults.strikes(Kind.DROP, moment, "s-" + i))
        .count();
  }

  @Test
  void a_fault_strikes_the_same_ones_at_each_of_its_moments_and_nobody_at_others() {
    assertThat(struck(DROPS, Moment.PUBLISH)).isBetween(160L, 240L);
    assertThat(IntStream.range(0, 1_000))
        .allMatch(
            i ->
                DROPS.strikes(Kind.DROP, Moment.PUBLISH, "s-" + i)
                    == DROPS.strikes(Kind.DROP, Moment.RECEIVE, "s-" + i));
    assertThat(struck(DROPS, Moment.SUBSCRIBE)).isZero();
    assertThat(DROPS.strikes(Kind.FAIL, Moment.PUBLISH, "s-1")).isFalse();
  }

  @Test
  void another_seed_strikes_others() {
    assertThat(IntStream.range(0, 1_000))
        .anyMatch(
            i ->
                DROPS.strikes(Kind.DROP, Moment.PUBLISH, "s-" + i)
                    != DROPS.seeded(8).strikes(Kind.DROP, Moment.PUBLISH, "s-" + i));
  }

  @Test
  void latency_and_jitter_of_a_moment_add_up_and_other_moments_have_none() {
    var faults =
        Faults.of(
            InjectedFault.latency(1_000, Moment.PUBLISH),
            InjectedFault.jitter(50, 500, Moment.PUBLISH, Moment.RECEIVE));

    assertThat(faults.latency(Moment.PUBLISH)).isEqualTo(new Latency(1_050, 450, 0));
    assertThat(faults.latency(Moment.RECEIVE)).isEqualTo(new Latency(50, 450, 0));
    assertThat(faults.latency(Moment.SUBSCRIBE)).isEqualTo(Latency.NONE);
    assertThat(faults.restMs()).isZero();
    assertThat(Faults.of(InjectedFault.slowReader(60)).restMs()).isEqualTo(60);
  }

  @Test
  void faults_are_told_with_kind_moment_amount_and_seed() {
    assertThat(DROPS.words()).isEqualTo("drop 20 % at publish, receive; seed 7");
    assertThat(Faults.of(InjectedFault.jitter(50, 500, Moment.RECEIVE)).words())
        .startsWith("jitter 50 to 500 ms at receive");
    assertThat(Faults.NONE.words()).isEqualTo("none");
  }

  @Test
  void a_fault_without_a_moment_or_with_an_impossible_rate_is_refused() {
    assertThatThrownBy(() -> InjectedFault.drop(0.5)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> InjectedFault.drop(1.5, Moment.PUBLISH))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
