package dev.retriever.cluster.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Whether one node may be stopped. */
class MayStopTest {
  private static final MayStop MAY_STOP =
      new MayStop(Map.of("origin", "holds origins", "executor", "makes attempts"));

  private static Optional<String> refusal(Member... members) {
    return MAY_STOP.refusal(Fleets.of(members), UnaryOperator.identity());
  }

  @Test
  void one_of_nodes_that_are_all_well_may_be_stopped() {
    assertThat(refusal(Fleets.node("a"), Fleets.node("b"), Fleets.node("c"))).isEmpty();
    assertThat(refusal(Fleets.node("a"), Fleets.node("b"))).isEmpty();
  }

  @Test
  void the_only_node_may_not() {
    assertThat(refusal(Fleets.node("a")))
        .contains("There is no other node. What is pending waits until this one is started again.");
  }

  @Test
  void none_may_while_another_is_not_well() {
    var well = Fleets.node("a");

    assertThat(refusal(well, Fleets.member("b", "up", false, null)))
        .hasValueSatisfying(why -> assertThat(why).startsWith("Node b is unreachable."));
    assertThat(refusal(well, Fleets.member("b", "joining", true, Fleets.report("b"))))
        .contains("Node b is joining. Wait until that is over.");
    assertThat(refusal(well, Fleets.member("b", "up", true, null)))
        .hasValueSatisfying(why -> assertThat(why).startsWith("Node b did not answer in time."));
  }

  @Test
  void none_may_while_another_stops_or_the_database_is_away() {
    var stopping =
        Fleets.report("b", false, Optional.of("It stops."), List.of(), List.of(), List.of());
    var away = Fleets.report("b", true, Optional.empty(), List.of(), List.of(), List.of());

    assertThat(refusal(Fleets.node("a"), Fleets.with(stopping)))
        .contains("Node b is stopping. Wait until it is gone.");
    assertThat(refusal(Fleets.node("a"), Fleets.with(away)))
        .contains("The database is away. Wait until it is back.");
  }

  @Test
  void the_only_node_of_its_kind_may_not() {
    var origins = Fleets.roles("a", "origin");
    var executor = Fleets.roles("b", "executor");
    var fleet = Fleets.of(origins, Fleets.roles("c", "origin"), executor);

    assertThat(MAY_STOP.refusalOf(executor, fleet))
        .contains("It is the only node that makes attempts.");
    assertThat(MAY_STOP.refusalOf(origins, fleet)).isEmpty();
  }

  @Test
  void none_may_when_each_is_the_only_one_of_its_kind() {
    assertThat(refusal(Fleets.roles("a", "origin"), Fleets.roles("b", "executor")))
        .contains(
            "Node a is the only node that holds origins. Node b is the only node that makes"
                + " attempts. Start another one first.");
    assertThat(
            refusal(
                Fleets.roles("a", "origin"),
                Fleets.roles("b", "executor"),
                Fleets.roles("c", "executor")))
        .isEmpty();
  }
}
