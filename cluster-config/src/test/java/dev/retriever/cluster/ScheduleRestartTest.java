package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules of a node that ends while they tick, and starts again. */
class ScheduleRestartTest {
  private static final int SCHEDULES = 30;

  @TempDir private Path directory;

  private static String path(int number) {
    return "/v1/origins/every-" + number + "/schedules/s";
  }

  private static void set(RunningNode node, TestTarget target, int number) {
    var body =
        json(
            "{'every': '1s', 'overlap': 'allow', 'end': '%s', 'catchUp': {'policy': 'all'},"
                + " 'fetch': {'request': {'url': '%s'}}}",
            Instant.now().plus(Duration.ofSeconds(12)), target.url("/ok"));
    var answer =
        node.api()
            .send(
                "PUT",
                path(number),
                body.getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");
    assertThat(answer.status()).isEqualTo(201);
  }

  /** Nobody asks for them before they have ended: the alarm clock wakes their origins. */
  @ParameterizedTest
  @ValueSource(strings = {"", RunningNode.CRASHING})
  void each_second_is_there_once_although_no_node_ran_for_some(String end) {
    try (var target = new TestTarget()) {
      try (var first = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, end)) {
        for (var i = 0; i < SCHEDULES; i++) {
          set(first, target, i);
        }
        Eventually.becomes(
            true, () -> first.stat("/settled/answered") > SCHEDULES, Duration.ofSeconds(60));
      }

      try (var node = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK)) {
        Eventually.becomes(false, () -> node.stat("/settled/answered") == 0);
        for (var i = 0; i < SCHEDULES; i++) {
          ticked(node, i);
        }
      }
    }
  }

  private static void ticked(RunningNode node, int number) {
    Eventually.becomes("ended", () -> node.api().get(path(number)).at("/state"));
    var schedule = node.api().get(path(number));
    var times = new TreeSet<Instant>();
    for (var tick : schedule.json().get("recent")) {
      var at = Instant.parse(tick.get("at").asText());
      assertThat(tick.get("result").asText()).isEqualTo("fired");
      assertThat(Instant.parse(tick.get("decidedAt").asText())).isAfterOrEqualTo(at);
      assertThat(times.add(at)).as("tick %s is there once", at).isTrue();
    }
    var first = Instant.parse(schedule.at("/start")).plusSeconds(1);
    var last = Instant.parse(schedule.at("/end"));
    var seconds = Duration.between(first, last).toSeconds() + 1;
    assertThat(times).hasSize((int) seconds);
    assertThat(schedule.at("/counts/fired")).isEqualTo("" + seconds);
  }
}
