package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrowdTest {
  @Test
  void sizes_grow_tenfold_up_to_the_last_and_hold_at_least_the_probes() {
    assertThat(Crowd.sizes(100_000)).containsExactly(1_000, 10_000, 100_000);
    assertThat(Crowd.sizes(25_000)).containsExactly(1_000, 10_000, 25_000);
    assertThat(Crowd.sizes(1)).containsExactly(1_000);
  }

  private static CrowdReport report(long pendingAfter, int failed) {
    var latency = Phase.histogram();
    latency.recordValue(2_000);
    var driven = new Drive.Driven(Duration.ofSeconds(2), 1_000, failed, Optional.of("why"));
    var phase =
        new Phase(
            "accept at 1000",
            1_000,
            driven,
            Map.of("call", latency),
            Optional.of(Duration.ofSeconds(3)));
    var load = new Scenario.Load(1_000, 8, 1, Optional.empty(), Kills.Options.DEFAULT);
    return new CrowdReport(
        load,
        List.of(phase),
        Duration.ofMillis(1_500),
        Duration.ofMillis(2_500),
        1_000,
        pendingAfter,
        Optional.empty());
  }

  @Test
  void a_fetch_that_is_missing_after_the_kill_breaks_the_promise() {
    assertThat(report(1_000, 0).kept()).isTrue();
    assertThat(report(999, 0).kept()).isFalse();
    assertThat(report(1_000, 1).kept()).isFalse();
  }

  @Test
  void the_report_shows_what_one_call_costs_and_how_long_recovery_took() {
    var text = new ByteArrayOutputStream();

    report(999, 0).print(new PrintStream(text, true, StandardCharsets.UTF_8));

    assertThat(text.toString(StandardCharsets.UTF_8))
        .containsPattern("accept at 1000 +500 +2\\.0 +2\\.0 +2\\.0 +3\\.00")
        .contains("ready after 2.5 s with 999 fetches pending in one origin, 1.5 s with none")
        .contains("NOT AS PROMISED: 1000 pending before, 999 after, 0 failed calls");
  }

  @Test
  void results_are_written_as_json(@TempDir Path directory) throws Exception {
    var file =
        Results.write("crowd", Optional.of(directory.resolve("r.json")), report(1_000, 0).json());

    var json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.at("/startCrowdedSeconds").asDouble()).isEqualTo(2.5);
    assertThat(json.at("/phases/0/nodeCpuSecondsPer1000").asDouble()).isEqualTo(3.0);
    assertThat(json.at("/kept").asBoolean()).isTrue();
  }
}
