package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrioritiesTest {
  private final Priorities priorities = new Priorities();

  private int[] turns(int count, int mayGo) {
    int[] turns = new int[Priorities.LEVELS];
    for (int i = 0; i < count; i++) {
      int level = priorities.next(mayGo);
      priorities.granted(level, mayGo);
      turns[level]++;
    }
    return turns;
  }

  @Test
  void each_lower_priority_gets_one_of_20_and_the_highest_the_rest() {
    assertThat(turns(20_003, 0b11111)).containsExactly(16_003, 1_000, 1_000, 1_000, 1_000);
  }

  @Test
  void two_priorities_share_19_to_1() {
    assertThat(turns(2_000, 0b10010)).containsExactly(0, 1_900, 0, 0, 100);
  }

  @Test
  void what_was_earned_is_gone_when_nothing_waits_there() {
    turns(19, 0b10001);
    priorities.emptied(4);

    assertThat(turns(19, 0b10001)).containsExactly(19, 0, 0, 0, 0);
  }

  @Test
  void a_turn_that_comes_back_is_given_again() {
    turns(19, 0b10001);
    int paid = priorities.granted(priorities.next(0b10001), 0b10001);

    priorities.refund(4, paid);

    assertThat(paid).isEqualTo(100);
    assertThat(priorities.next(0b10001)).isEqualTo(4);
  }
}
