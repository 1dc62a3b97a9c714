package dev.retriever.origin.simulation.forgetting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That nothing is lost, counted twice or left out in silence when origins are forgotten. */
class ForgettingWorldTest {
  /** In this one, a writer that wrote nothing for a day goes on below the highest row. */
  private static final long IDLE_WRITER = 88;

  @Test
  void an_origin_that_is_forgotten_and_comes_back_for_months_keeps_its_promises() {
    var sum = new EnumMap<Seen, Integer>(Seen.class);

    LongStream.concat(LongStream.rangeClosed(1, 24), LongStream.of(IDLE_WRITER))
        .forEach(
            seed ->
                assertThatCode(
                        () ->
                            ForgettingWorld.run(seed, Set.of())
                                .forEach((what, times) -> sum.merge(what, times, Integer::sum)))
                    .as("seed %d", seed)
                    .doesNotThrowAnyException());

    assertThat(sum.keySet()).isEqualTo(EnumSet.allOf(Seen.class));
  }

  /** When a change of the model gives other runs, look for other seeds. */
  @ParameterizedTest
  @CsvSource({
    "NO_LICENCE, 4",
    "WRITES_BELOW_THE_HIGHEST_ROW, " + IDLE_WRITER,
    "FORGETS_PENDING, 1",
    "FORGETS_YOUNG, 1",
    "NOT_ANEW, 12",
    "CURSOR_WITHOUT_LIFE, 15"
  })
  void each_planted_mistake_breaks_a_promise(Mistake mistake, long seed) {
    assertThatThrownBy(() -> ForgettingWorld.run(seed, Set.of(mistake))).isInstanceOf(Broken.class);
  }
}
