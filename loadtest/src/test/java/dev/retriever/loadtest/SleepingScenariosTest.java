package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One scenario of sleeping origins, as small as it can be, and what it takes each of them to fail.
 * The others are run after the build.
 */
class SleepingScenariosTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Drive.Driven DRIVEN =
      new Drive.Driven(Duration.ofSeconds(1), 5, 0, Optional.empty());

  @TempDir private Path directory;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(text, true, StandardCharsets.UTF_8);

  /** 20 alarms on 5 origins; 20 fetches. */
  private Scenario.Load small() {
    var sleeping = new Scenario.Sleeping(20, Duration.ofSeconds(1), Duration.ofSeconds(20), false);
    return new Scenario.Load(
        20, 4, 5, sleeping, Kills.Options.DEFAULT, Optional.of(directory.resolve("result.json")));
  }

  private JsonNode run(Scenario scenario) throws Exception {
    assertThat(scenario.run(small(), out, false)).as(said()).isTrue();
    return JSON.readTree(directory.resolve("result.json").toFile());
  }

  private String said() {
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void alarms_of_sleeping_origins_ring_once_each_and_not_early() throws Exception {
    var result = run(new AlarmsDue());

    assertThat(result.path("measured").asInt()).isEqualTo(20);
    assertThat(result.path("woken").asInt()).isGreaterThanOrEqualTo(5);
    assertThat(result.at("/lateMs/max").asLong(-1)).isNotNegative();
    assertThat(said()).contains("early 0").contains("each rang once and none early");
  }

  private boolean dueKept(int fired, int early, int wrong) {
    var figures = JSON.createObjectNode().put("fired", fired).put("early", early);
    var asked = new AlarmCalls.Asked(wrong, 1);
    return new AlarmsDue.Result(small(), "H2", DRIVEN, figures, asked).kept();
  }

  @Test
  void an_alarm_that_is_early_or_missing_or_rang_twice_breaks_the_promise() {
    assertThat(dueKept(20, 0, 0)).isTrue();
    assertThat(dueKept(20, 1, 0)).isFalse();
    assertThat(dueKept(0, 0, 0)).isFalse();
    assertThat(dueKept(21, 0, 0)).isFalse();
    assertThat(dueKept(20, 0, 1)).isFalse();
  }

  @Test
  void an_alarm_that_is_gone_after_the_restart_breaks_the_promise() {
    var moment = new AlarmsPending.Moment(Duration.ofSeconds(1), 1, 1);
    var asked = new AlarmCalls.Asked(1, 1);
    var result = new AlarmsPending.Result(small(), "H2", DRIVEN, moment, 1, moment, asked);

    result.print(out);

    assertThat(result.kept()).isFalse();
    assertThat(said()).contains("NOT AS PROMISED: 1 origins say otherwise");
  }

  @Test
  void origins_that_stay_in_memory_while_they_wait_break_the_promise() {
    var verdict = new Ledger().verdict(Map.of());

    assertThat(new Waiting.Result(small(), DRIVEN, 20, 0, verdict).kept()).isTrue();
    assertThat(new Waiting.Result(small(), DRIVEN, 19, 1, verdict).kept()).isFalse();
  }

  @Test
  void alarms_are_shared_evenly() {
    var load =
        new Scenario.Load(1, 1, 3, small().sleeping(), Kills.Options.DEFAULT, Optional.empty());

    assertThat(IntStream.range(0, 3).map(i -> AlarmCalls.share(load, i))).containsExactly(7, 7, 6);
  }
}
