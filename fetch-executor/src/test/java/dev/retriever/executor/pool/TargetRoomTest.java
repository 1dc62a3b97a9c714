package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Target;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetRoomTest {
  private static final Target A = Target.of("http://a.example/");
  private static final Target B = Target.of("http://b.example/");

  private final TargetRoom room = new TargetRoom(2, 3);
  private final List<String> called = new ArrayList<>();

  private boolean enters(String origin, Target target) {
    return room.enter(target, new AttemptKey("t", origin, "f", 1));
  }

  private void awaits(String origin, Target target) {
    room.await(target, "t/" + origin, () -> called.add(origin));
  }

  private void full(Target target) {
    assertThat(enters("x", target)).isTrue();
    assertThat(enters("y", target)).isTrue();
  }

  @Test
  void so_many_have_room_at_one_target_and_others_have_room_of_their_own() {
    full(A);

    assertThat(enters("z", A)).isFalse();
    full(B);
    assertThat(room.free(A)).isZero();
  }

  @Test
  void waiters_are_called_in_order_when_an_attempt_leaves_and_only_they_enter() {
    full(A);
    awaits("first", A);
    awaits("second", A);
    assertThat(called).isEmpty();

    room.leave(A);

    assertThat(called).containsExactly("first");
    assertThat(enters("newcomer", A)).as("others wait").isFalse();
    assertThat(enters("first", A)).isTrue();
    room.leave(A);
    assertThat(called).containsExactly("first", "second");
  }

  @Test
  void a_called_waiter_that_does_not_come_blocks_the_others_only_briefly() {
    full(A);
    awaits("first", A);
    awaits("second", A);
    room.leave(A);

    awaits("third", A);

    assertThat(called).containsExactly("first", "second");
    assertThat(enters("second", A)).isTrue();
  }

  @Test
  void the_most_that_waited_for_all_targets_together_is_kept_when_they_have_gone() {
    full(A);
    full(B);
    awaits("first", A);
    awaits("second", B);
    assertThat(room.waiting()).isEqualTo(2);

    room.leave(A);
    room.leave(B);

    assertThat(room.waiting()).isZero();
    assertThat(room.mostWaited()).isEqualTo(2);
  }

  @Test
  void a_waiter_for_one_target_is_not_called_for_another() {
    full(A);
    full(B);
    awaits("a", A);

    room.leave(B);

    assertThat(called).isEmpty();
    assertThat(enters("newcomer", B)).isTrue();
  }

  @Test
  void a_waiter_for_a_target_with_room_is_called_at_once() {
    awaits("a", A);

    assertThat(called).containsExactly("a");
  }

  @Test
  void only_so_many_wait_for_all_targets_together() {
    full(A);
    full(B);
    awaits("1", A);
    awaits("2", B);
    awaits("3", A);
    awaits("4", B);
    awaits("1", A);

    room.leave(A);
    room.leave(B);
    room.leave(A);
    room.leave(B);

    assertThat(called).containsExactly("1", "2", "3");
  }

  @Test
  void of_targets_that_are_left_alone_nothing_is_kept() {
    for (var i = 0; i < 10; i++) {
      full(A);
      awaits("a", A);
      room.leave(A);
      room.leave(A);
      full(B);
      room.leave(B);
      room.leave(B);
    }

    assertThat(room.size()).isZero();
  }
}
