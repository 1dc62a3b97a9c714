package dev.retriever.origin.core.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class DoneTimesTest {
  private static Instant tick(int number) {
    return Instant.EPOCH.plusSeconds(60L * number);
  }

  @Test
  void ticks_in_any_order_are_known_in_as_few_ranges_as_there_are() {
    var random = new SplittableRandom(7);
    for (var round = 0; round < 50; round++) {
      var done = DoneTimes.NONE;
      var expected = new TreeSet<Integer>();
      for (var i = 0; i < 200; i++) {
        var n = random.nextInt(1, 120);
        expected.add(n);
        done = done.plus(tick(n), Optional.of(tick(n - 1)), Optional.of(tick(n + 1)));
      }
      for (var n = 0; n < 121; n++) {
        assertThat(done.contains(tick(n))).as("tick %d", n).isEqualTo(expected.contains(n));
      }
      var ranges = expected.stream().filter(n -> !expected.contains(n - 1)).count();
      assertThat(done.ranges()).hasSize((int) ranges);
      assertThat(done.forgotten()).isEmpty();
    }
  }

  @Test
  void beyond_its_size_the_earliest_are_forgotten_and_it_knows_that() {
    var done = DoneTimes.NONE;
    for (var i = 0; i <= DoneTimes.MOST; i++) {
      done = done.plus(tick(2 * i), Optional.empty(), Optional.empty());
    }

    assertThat(done.ranges()).hasSize(DoneTimes.MOST);
    assertThat(done.contains(tick(0))).isFalse();
    assertThat(done.mayContain(tick(0))).isTrue();
    assertThat(done.mayContain(tick(2))).isFalse();
    assertThat(done.mayContain(tick(3))).isFalse();
  }
}
