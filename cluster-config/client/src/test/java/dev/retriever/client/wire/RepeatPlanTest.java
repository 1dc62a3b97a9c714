package dev.retriever.client.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.client.wire.RepeatPlan.Ending;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatPlanTest {
  private static final RepeatPlan PLAN = new RepeatPlan(10, Duration.ofSeconds(30));

  private static Ending status(int status) {
    return new Ending(Optional.of(status), Optional.empty());
  }

  @Test
  void waits_double_up_to_a_bound_and_differ_by_chance() {
    assertThat(PLAN.next(1, Duration.ZERO, Ending.NONE, 1)).contains(Duration.ofMillis(200));
    assertThat(PLAN.next(1, Duration.ZERO, Ending.NONE, 0)).contains(Duration.ofMillis(100));
    assertThat(PLAN.next(3, Duration.ZERO, Ending.NONE, 1)).contains(Duration.ofMillis(800));
    assertThat(PLAN.next(9, Duration.ZERO, Ending.NONE, 1)).contains(Duration.ofSeconds(5));
  }

  @Test
  void the_last_try_and_the_end_of_patience_are_the_end() {
    assertThat(PLAN.next(10, Duration.ZERO, Ending.NONE, 1)).isEmpty();
    assertThat(PLAN.next(1, Duration.ofMillis(29_800), Ending.NONE, 1)).isPresent();
    assertThat(PLAN.next(1, Duration.ofMillis(29_801), Ending.NONE, 1)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 503, 504})
  void what_passes_is_tried_again(int status) {
    assertThat(PLAN.next(1, Duration.ZERO, status(status), 1)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 404, 409, 422, 429, 500})
  void what_stays_is_not(int status) {
    assertThat(PLAN.next(1, Duration.ZERO, status(status), 1)).isEmpty();
  }

  @Test
  void a_node_that_says_when_is_asked_no_earlier() {
    var busy = new Ending(Optional.of(429), Optional.of(Duration.ofSeconds(9)));

    assertThat(PLAN.next(1, Duration.ZERO, busy, 1)).contains(Duration.ofSeconds(9));
  }
}
