package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomQueueTest {
  private final RoomQueue waiting = new RoomQueue(3);
  private final List<String> called = new ArrayList<>();

  private static AttemptKey of(String origin) {
    return new AttemptKey("t", origin, "f", 1);
  }

  private void waits(String origin) {
    waiting.add(of(origin).origin(), () -> called.add(origin));
  }

  private void roomFor(int count) {
    waiting.next(count).forEach(Runnable::run);
  }

  @Test
  void they_are_called_in_the_order_in_which_they_came() {
    waits("a");
    waits("b");
    waits("a");
    waits("c");

    roomFor(2);

    assertThat(called).containsExactly("a", "b");
  }

  @Test
  void the_most_that_waited_at_once_is_kept_when_they_have_gone() {
    waits("a");
    waits("b");
    waits("a");
    roomFor(2);
    waits("c");

    assertThat(waiting.mostWaited()).isEqualTo(2);
  }

  @Test
  void when_nobody_waits_it_is_everybodys_turn() {
    assertThat(waiting.isTurnOf(of("new"))).isTrue();

    waits("a");
    roomFor(1);

    assertThat(waiting.isTurnOf(of("new"))).isTrue();
  }

  @Test
  void while_others_wait_it_is_the_turn_of_one_who_was_called_once() {
    waits("a");
    waits("b");
    waits("c");
    roomFor(1);

    assertThat(waiting.isTurnOf(of("new"))).isFalse();
    assertThat(waiting.isTurnOf(of("a"))).isTrue();
    assertThat(waiting.isTurnOf(of("a"))).isFalse();
  }

  @Test
  void the_first_of_those_who_wait_need_not_be_called() {
    waits("a");
    waits("b");

    assertThat(waiting.isTurnOf(of("b"))).isFalse();
    assertThat(waiting.isTurnOf(of("a"))).isTrue();
  }

  @Test
  void beyond_the_limit_nobody_is_noted_down() {
    List.of("a", "b", "c", "d").forEach(this::waits);

    roomFor(4);

    assertThat(called).containsExactly("a", "b", "c");
  }
}
