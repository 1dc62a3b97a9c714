package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoomThereTest {
  private final RoomThere room = new RoomThere();

  @Test
  void nothing_is_taken_for_granted_before_the_pool_has_said_anything() {
    assertThat(room.reserve()).isFalse();
  }

  @Test
  void reported_room_can_be_reserved_once() {
    room.told(2, 0);

    assertThat(room.reserve()).isTrue();
    assertThat(room.reserve()).isTrue();
    assertThat(room.reserve()).isFalse();
  }

  @Test
  void released_room_can_be_reserved_again() {
    room.told(1, 0);
    room.reserve();
    room.release();

    assertThat(room.reserve()).isTrue();
  }

  @Test
  void a_room_report_older_than_a_dispatch_does_not_free_its_place() {
    room.told(2, 0);
    room.reserve();
    assertThat(room.send()).isEqualTo(1);

    assertThat(room.told(2, 0)).as("the dispatch is still on its way").isEqualTo(1);
    assertThat(room.told(1, 1)).as("it has come").isEqualTo(1);
    assertThat(room.told(2, 1)).as("and is over").isEqualTo(2);
  }

  @Test
  void room_is_never_negative() {
    room.told(2, 0);
    room.reserve();
    room.reserve();

    assertThat(room.told(1, 0)).isZero();
    assertThat(room.reserve()).isFalse();
  }
}
