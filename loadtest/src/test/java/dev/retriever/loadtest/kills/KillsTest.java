package dev.retriever.loadtest.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.load.Probes;
import dev.retriever.loadtest.process.Workspace;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.run.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/**
 * The smallest of the kill tests, so that a build knows that they run; the series is its own
 * command.
 */
class KillsTest {
  private static final KillSize ONE_KILL =
      new KillSize(8, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO, 2, 1);

  @Test
  void accepted_fetches_settle_once_although_the_only_node_is_killed() throws Exception {
    var lone = KillTest.all().get(0);
    var result = new AtomicReference<KillResult>();

    try (var context = Recorded.context("kills", options(false))) {
      Workspace.run(
          "kills-test",
          "The node's logs are in ",
          System.out,
          workspace -> {
            result.set(new KillRun(lone, ONE_KILL, context, workspace).run());
            return result.get().kept();
          });
    }

    assertThat(result.get().complaints()).isEmpty();
    assertThat(result.get().verdict().breaches()).isEmpty();
    assertThat(result.get().underWay()).isPositive();
    assertThat(result.get().extraHits() + result.get().verdict().total().settled("unknown"))
        .as("what was under way when it was killed")
        .isPositive();
    assertThat(result.get().silences()).hasSize(1);
  }

  @Test
  void every_shard_has_an_origin_that_is_asked() {
    assertThat(Probes.origins()).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void tests_are_chosen_by_name_in_the_order_of_the_series() {
    assertThat(Kills.tests(options(true, "rolling", "lone")))
        .extracting(KillTest::name)
        .containsExactly("lone", "rolling");
  }

  @Test
  void a_quick_run_leaves_out_the_partition_unless_it_is_named() {
    assertThat(Kills.tests(options(true))).hasSize(8).noneMatch(KillTest::partitionable);
    assertThat(Kills.tests(options(true, "partition")))
        .extracting(KillTest::name)
        .containsExactly("partition");
    assertThat(Kills.tests(options(false))).hasSize(10);
  }

  private static Context.RunOptions options(boolean quick, String... only) {
    return new Context.RunOptions(
        quick, 1, Map.of(), List.of(only), List.of(), List.of(), false, 1);
  }
}
