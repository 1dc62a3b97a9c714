package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SeenNumbersTest {
  private final SeenNumbers numbers = new SeenNumbers();

  @Test
  void each_is_new_once_in_whatever_order_they_come() {
    var random = new SplittableRandom(1);
    var come = new HashSet<Long>();
    for (var i = 1; i < 20_000; i++) {
      var number = Math.max(1, i - random.nextInt(2_000));
      assertThat(numbers.isNew(number)).isEqualTo(come.add((long) number));
    }
  }

  @Test
  void one_that_is_far_behind_is_never_new() {
    assertThat(numbers.isNew(SeenNumbers.REMEMBERED + 1)).isTrue();

    assertThat(numbers.isNew(1)).isFalse();
    assertThat(numbers.isNew(2)).isTrue();
  }

  @Test
  void a_leap_forgets_what_was_before() {
    assertThat(numbers.isNew(1)).isTrue();

    assertThat(numbers.isNew(10L * SeenNumbers.REMEMBERED + 1)).isTrue();
    assertThat(numbers.isNew(10L * SeenNumbers.REMEMBERED)).isTrue();
    assertThat(numbers.isNew(10L * SeenNumbers.REMEMBERED)).isFalse();
  }
}
