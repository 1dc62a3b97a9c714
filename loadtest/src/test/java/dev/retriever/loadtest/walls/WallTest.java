package dev.retriever.loadtest.walls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.walls.Reached.Used;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which setting or resource a ramp has met. */
class WallTest {
  private static final Used WITH_ROOM = new Used("the node", true, 500, 20_000, 100, 1_000, 0);
  private static final RampPlan PLAN =
      new RampPlan("here", false, 3, 5_000, 10_000, List.of(), "several targets");

  private static Reached step(int asked, int held, long permits, Used process) {
    return new Reached(
        asked, held, held, permits, 0, Optional.empty(), List.of(), List.of(process), 1);
  }

  private static String wall(Reached step) {
    return Wall.of(step, PLAN).orElseThrow().what();
  }

  @Test
  void a_step_that_holds_all_that_it_asked_has_met_no_wall() {
    assertThat(Wall.of(step(10_000, 10_000, 10_000, WITH_ROOM), PLAN)).isEmpty();
  }

  @Test
  void permits_and_the_room_of_targets_are_told_apart() {
    assertThat(wall(step(12_000, 10_000, 10_000, WITH_ROOM)))
        .isEqualTo("retriever.executor.permits");
    assertThat(wall(step(20_000, 15_000, 9_999, WITH_ROOM)))
        .isEqualTo("retriever.executor.transport.max-per-target");
  }

  @Test
  void descriptors_and_heap_are_found_at_the_process_that_has_none_left() {
    var descriptors = new Used("the node", true, 19_990, 20_000, 100, 1_000, 0);
    var heap = new Used("the node", true, 500, 20_000, 900, 1_000, 0);

    assertThat(wall(step(20_000, 9_000, 9_000, descriptors)))
        .isEqualTo("file descriptors of the node");
    assertThat(wall(step(20_000, 9_000, 9_000, heap))).isEqualTo("the heap of the node");
    assertThat(Wall.of(step(20_000, 9_000, 9_000, heap), PLAN)).matches(it -> it.get().isHeap());
  }

  @Test
  void a_node_that_has_ended_is_the_wall_whatever_it_held() {
    assertThat(wall(step(20_000, 0, 0, new Used("the node", false, 0, 0, 0, 0, 0))))
        .isEqualTo("the life of the node");
  }

  @Test
  void a_share_of_the_memory_that_refused_is_named() {
    var step =
        new Reached(
            2_000,
            900,
            900,
            900,
            1_100,
            Optional.of("503"),
            List.of("open"),
            List.of(WITH_ROOM),
            1);

    assertThat(wall(step)).isEqualTo("retriever.memory.shares.open");
  }

  @Test
  void what_nothing_explains_is_said_to_be_unknown() {
    var wall = Wall.of(step(2_000, 900, 900, WITH_ROOM), PLAN).orElseThrow();

    assertThat(wall.isKnown()).isFalse();
    assertThat(wall.words()).contains("900 of 2,000");
  }

  @Test
  void a_ramp_doubles_from_a_tenth_and_ends_with_the_most() {
    assertThat(RampPlan.steps(30_000)).containsExactly(3_000, 6_000, 12_000, 24_000, 30_000);
    assertThat(RampPlan.steps(1)).containsExactly(1);
  }

  @Test
  void the_first_ramp_is_as_shipped_and_the_last_has_no_limit_by_settings() {
    var plans = RampPlan.all("here", false, false);

    assertThat(plans.get(0).perTarget()).isLessThan(plans.get(0).permits());
    assertThat(plans.get(1).targets() * plans.get(1).perTarget())
        .isGreaterThan(plans.get(1).permits());
    assertThat(plans.get(2).permits()).isGreaterThan(100_000);
  }
}
