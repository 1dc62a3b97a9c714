package dev.retriever.origin.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ReductionTest {
  private static final SeedRun.Plan PLAN =
      new SeedRun.Plan(7, EnumSet.allOf(Fault.class), 13, false);

  private final List<SeedRun.Plan> runs = new ArrayList<>();

  /** What is broken by a plan, when all of its faults strike; empty for nothing. */
  private SeedRun.Plan reduced(int most, Function<SeedRun.Plan, String> breaks) {
    return reduced(most, breaks, SeedRun.Plan::faults);
  }

  private SeedRun.Plan reduced(
      int most, Function<SeedRun.Plan, String> breaks, Function<SeedRun.Plan, Set<Fault>> struck) {
    return Reduction.of(
        PLAN,
        "P2",
        most,
        plan -> {
          runs.add(plan);
          return Optional.of(result(breaks.apply(plan), struck.apply(plan)));
        });
  }

  private static SeedRun.Result result(String promise, Set<Fault> struck) {
    var times = new EnumMap<Fault, Integer>(Fault.class);
    struck.forEach(fault -> times.put(fault, 1));
    var breach =
        promise.isEmpty()
            ? Optional.<BrokenPromise>empty()
            : Optional.of(new BrokenPromise(promise, "o1/f1", "it is", Duration.ZERO));
    return new SeedRun.Result(
        SeedRun.Plan.of(7), breach, 0, 0, Duration.ZERO, times, Map.of(), 0, List.of());
  }

  @Test
  void a_reduction_keeps_only_what_breaks_the_promise() {
    var takes = EnumSet.of(Fault.CRASH, Fault.WRITE_LIES);

    var smallest =
        reduced(200, plan -> plan.fetches() >= 5 && plan.faults().containsAll(takes) ? "P2" : "");

    assertThat(smallest.fetches()).isEqualTo(5);
    assertThat(smallest.faults()).isEqualTo(takes);
    assertThat(smallest.seed()).isEqualTo(7);
  }

  @Test
  void one_fetch_and_no_fault_is_the_least() {
    var smallest = reduced(200, plan -> "P2");

    assertThat(smallest.fetches()).isEqualTo(1);
    assertThat(smallest.faults()).isEmpty();
  }

  @Test
  void a_plan_that_breaks_another_promise_is_not_smaller() {
    assertThat(reduced(200, plan -> plan.equals(PLAN) ? "P2" : "P1")).isEqualTo(PLAN);
  }

  @Test
  void fewer_faults_may_make_fewer_fetches_possible() {
    var smallest =
        reduced(
            200,
            plan ->
                plan.fetches() > 6 || !plan.faults().contains(Fault.HANDLER_UNKNOWN) ? "P2" : "");

    assertThat(smallest.fetches()).isEqualTo(1);
  }

  @Test
  void faults_that_did_not_strike_are_left_out_together() {
    var only = EnumSet.of(Fault.PAUSE);

    var smallest = reduced(200, plan -> plan.faults().containsAll(only) ? "P2" : "", plan -> only);

    assertThat(smallest.faults()).isEqualTo(only);
    assertThat(runs).hasSizeLessThan(10);
  }

  @Test
  void no_more_runs_are_made_than_may_be_and_none_twice() {
    reduced(9, plan -> plan.fetches() > 4 ? "P2" : "");

    assertThat(runs).hasSize(9).doesNotHaveDuplicates();
  }
}
