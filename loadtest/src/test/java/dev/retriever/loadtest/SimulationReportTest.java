package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.simulation.Failure;
import dev.retriever.origin.simulation.Totals;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import dev.retriever.origin.simulation.trace.CoverageMark;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulationReportTest {
  private static final BrokenPromise BREACH =
      new BrokenPromise("P2", "o1/f3", "it settled again", Duration.ofMillis(12_345));

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private static Failure failure(Set<Fault> faults, int fetches) {
    return new Failure(4711, faults, fetches, BREACH);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void faults_and_events_that_never_occurred_are_marked() {
    var totals =
        new Totals(
            10,
            100,
            5_000,
            Duration.ofMinutes(15),
            Map.of(Fault.CRASH, 3),
            Map.of(CoverageMark.PARKED, 2),
            List.of());

    new SimulationReport(totals, SimulationSpeed.words(totals, Duration.ofSeconds(2))).print(out);

    assertThat(printed())
        .contains("10 seeds, 100 fetches, 5000 events; 5.0 seeds/s, 2500 events/s, 0.3 virtual")
        .containsPattern("crash +3  a node ends")
        .containsPattern("pause +NEVER  ")
        .containsPattern("parked +2  ")
        .containsPattern("alarm-rang +NEVER  ")
        .contains("every promise was kept");
  }

  @Test
  void a_failure_is_the_promise_the_least_that_breaks_it_the_story_and_how_to_see_it_again() {
    var smallest = failure(EnumSet.of(Fault.CRASH), 1);

    SimulationReport.explain(
        failure(EnumSet.allOf(Fault.class), 9), smallest, List.of("  1.000  n1   starts"), out);

    assertThat(printed())
        .contains("NOT AS PROMISED with seed 4711")
        .contains("promise: P2, One outcome.")
        .contains("P2 broken for o1/f3 after 12.345 s: it settled again")
        .contains("with:    one fetch and crash")
        .contains("before:  9 fetches and all kinds of faults")
        .contains("  1.000  n1   starts")
        .contains(
            "  ./retriever simulate --seeds 1 --from 4711 --faults crash --fetches 1 --trace");
  }

  @Test
  void the_command_names_what_strikes_or_what_does_not_whichever_is_less() {
    var all = EnumSet.allOf(Fault.class);
    var butOne = EnumSet.complementOf(EnumSet.of(Fault.MESSAGE_LOST));

    assertThat(SimulationReport.command(failure(all, 2)))
        .isEqualTo("./retriever simulate --seeds 1 --from 4711 --fetches 2 --trace");
    assertThat(SimulationReport.command(failure(butOne, 2))).contains(" --without message-lost ");
    assertThat(SimulationReport.command(failure(Set.of(), 2))).contains(" --faults none ");
  }
}
