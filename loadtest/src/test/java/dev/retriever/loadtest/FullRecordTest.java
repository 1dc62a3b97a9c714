package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.process.Database.Kind;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.HostMachine;
import dev.retriever.loadtest.result.Planned;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import dev.retriever.loadtest.run.Scenario.Stores;
import dev.retriever.loadtest.run.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FullRecordTest {
  private static final Path RECORD = Path.of("record");

  private static Scenario scenario(String name, Stores stores) {
    return Scenario.of(Group.E, name, context -> {})
        .sized(Size.of("fetches", 100, 10).planned(Planned.atLeast(1_000)))
        .on(stores);
  }

  private static Result ran(String name, String commit, boolean quick, int fetches) {
    return new Result(
        name,
        "E",
        "",
        new HostMachine(2, 4_000, "17", "Linux", commit, "ext4"),
        "PostgreSQL",
        quick,
        7,
        "2026-01-01T00:00:00Z",
        60,
        Map.of("fetches", String.valueOf(fetches)),
        Map.of("fetches", Planned.atLeast(1_000)),
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static Context.RunOptions options(boolean full) {
    return new Context.RunOptions(
        false, 1, Map.of(), List.of(), List.of(), List.of(), false, 1, full);
  }

  @Test
  void each_scenario_runs_on_both_databases_those_of_several_nodes_on_one_and_the_long_ones_last() {
    var scenarios =
        List.of(
            scenario("day", Stores.ONCE),
            scenario("bars", Stores.EACH),
            scenario("kills", Stores.SHARED));

    assertThat(FullRecord.jobs(scenarios, List.of(Kind.POSTGRES, Kind.H2), RECORD))
        .extracting(Job::title)
        .containsExactly(
            "bars on PostgreSQL", "kills on PostgreSQL", "bars on H2", "day on PostgreSQL");
    assertThat(FullRecord.jobs(scenarios, List.of(Kind.H2), RECORD))
        .extracting(Job::title)
        .containsExactly("bars on H2", "day on H2");
  }

  @Test
  void a_run_is_done_if_the_record_has_it_at_full_size_of_this_commit() {
    assertThat(done(ran("bars", "abc1234", false, 1_000))).isTrue();
    assertThat(done(ran("bars", "0000001", false, 1_000))).as("another commit").isFalse();
    assertThat(done(ran("bars", "abc1234", false, 999))).as("smaller").isFalse();
    assertThat(done(ran("bars", "abc1234", true, 1_000))).as("quick").isFalse();
    assertThat(FullRecord.isDone(Optional.empty(), "abc1234")).isFalse();
    assertThat(FullRecord.isDone(Optional.of(ran("bars", "abc1234+", false, 1_000)), "abc1234+"))
        .as("with changed files")
        .isFalse();
    assertThat(FullRecord.isDone(Optional.of(ran("bars", "", false, 1_000)), ""))
        .as("without a commit nothing is known to be the same")
        .isFalse();
  }

  private static boolean done(Result recorded) {
    return FullRecord.isDone(Optional.of(recorded), "abc1234");
  }

  @Test
  void the_time_left_grows_with_the_sizes_and_names_what_never_ran() {
    var bars = new Job(scenario("bars", Stores.EACH), Kind.POSTGRES, Optional.empty());
    var kills = new Job(scenario("kills", Stores.SHARED), Kind.POSTGRES, Optional.empty());
    var earlier = List.of(ran("bars", "abc1234", false, 100), ran("bars", "abc1234", true, 10));

    assertThat(new Estimate(earlier, options(false)).words(List.of(bars)))
        .isEqualTo("about 1 min 0 s left");
    assertThat(new Estimate(earlier, options(true)).words(List.of(bars, kills)))
        .isEqualTo("about 10 min 0 s left, and 1 that never ran before");
    assertThat(new Estimate(List.of(), options(true)).words(List.of(kills)))
        .isEqualTo("time left not known: none of them ran before");
  }

  @Test
  void of_several_at_a_time_the_longest_begin_first() {
    var bars = new Job(scenario("bars", Stores.EACH), Kind.POSTGRES, Optional.empty());
    var kills = new Job(scenario("kills", Stores.SHARED), Kind.POSTGRES, Optional.empty());
    var crowd = new Job(scenario("crowd", Stores.EACH), Kind.POSTGRES, Optional.empty());
    var earlier = List.of(ran("bars", "abc1234", false, 100));

    assertThat(new Estimate(earlier, options(false)).longestFirst(List.of(crowd, bars, kills)))
        .containsExactly(kills, bars, crowd);
  }

  @Test
  void full_sizes_are_those_of_the_plans_and_can_be_run() {
    for (var scenario : Scenarios.ALL) {
      for (var size : scenario.sizes()) {
        assertThat(size.ofPlan())
            .as("%s of %s", size.name(), scenario.name())
            .isBetween(size.min(), size.max());
      }
    }
  }
}
