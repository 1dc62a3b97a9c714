package dev.retriever.origin.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Quiet.class)
class SimulatorTest {
  @Test
  void runs_are_counted_while_they_go_on() {
    var told = new ArrayList<Long>();

    var totals =
        Simulator.ofSeeds(3, 2)
            .faults(Set.of())
            .fetches(2)
            .run(1, 1, progress -> told.add(progress.seeds()));

    assertThat(told).containsExactly(1L, 2L);
    assertThat(totals.seeds()).isEqualTo(2);
    assertThat(totals.fetches()).isGreaterThanOrEqualTo(4);
    assertThat(totals.struck()).isEmpty();
    assertThat(totals.failures()).isEmpty();
  }

  @Test
  void the_trace_says_what_happened_to_each_fetch() {
    var simulator = Simulator.ofSeeds(3, 1).faults(Set.of()).fetches(1);

    assertThat(simulator.trace())
        .anyMatch(line -> line.contains("FetchAccepted f1"))
        .anyMatch(line -> line.contains("reaches the target"))
        .anyMatch(line -> line.contains("FetchSettled f1"));
    assertThat(simulator.trace("o9/f9")).isEqualTo(simulator.trace());
  }

  @Test
  void the_story_of_a_failure_is_of_its_fetch() {
    var breach = new BrokenPromise("P2", "o1/f1", "it is", Duration.ZERO);
    var failure = new Failure(3, Set.of(), 4, breach);

    assertThat(Simulator.story(failure))
        .noneMatch(line -> line.contains("f2"))
        .noneMatch(line -> line.contains("f3"));
  }

  @Test
  void a_simulation_that_cannot_run_is_refused() {
    var simulator = Simulator.ofSeeds(1, 1);

    assertThatIllegalArgumentException().isThrownBy(() -> Simulator.ofSeeds(1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Simulator.ofSeeds(Long.MAX_VALUE, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> simulator.fetches(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> simulator.fetches(Simulator.MAX_FETCHES + 1));
  }

  @Test
  void every_promise_is_said_as_the_design_says_it() throws java.io.IOException {
    var design = java.nio.file.Files.readString(java.nio.file.Path.of("../../docs/design.md"));

    for (var number = 1; number <= 13; number++) {
      var breach = new BrokenPromise("P" + number, "o1", "it is", Duration.ZERO);
      assertThat(design).contains("| P%d | **%s**".formatted(number, breach.promised()));
    }
    assertThat(List.of(Fault.values())).allMatch(fault -> !fault.words().endsWith("."));
  }
}
