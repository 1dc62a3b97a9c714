package dev.retriever.origin.entity;

import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.entity.OriginFixture.PERSISTENCE_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Samples;
import dev.retriever.origin.entity.OriginCommand.Submit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the invocation log has of an origin. */
class InvocationRecorderTest {
  private final OriginFixture it = new OriginFixture(4);
  private final List<String> lines = new CopyOnWriteArrayList<>();

  InvocationRecorderTest() {
    it.log = Optional.of(InvocationLog.to(lines::add, it.time));
    it.restart();
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Of each line: its event, message, outcome, and the rows that were written and read. */
  private List<String> told() {
    return lines.stream()
        .map(InvocationRecorderTest::json)
        .map(
            line ->
                "%s %s %s %d %d"
                    .formatted(
                        line.path("eventType").asText(),
                        line.path("message").asText(),
                        line.path("outcome").asText(),
                        line.path("rowsWritten").asInt(),
                        line.path("rowsRead").asInt()))
        .toList();
  }

  private void linesBecome(String... expected) {
    it.eventually(() -> told().size() >= expected.length);
    assertThat(told()).containsExactly(expected);
  }

  @Test
  void one_fetch_is_a_command_and_a_report_and_a_time_in_memory() {
    it.submit("a", Samples.get());
    it.here.call("a", 1).end(answer(200));
    it.permitsHeldBecome(0);
    it.kit.stop(it.origin);

    linesBecome(
        "wake Recovery recovered 0 0",
        "command Submit accepted 1 0",
        "report ReportArrived answered 1 0",
        "residency Residency left 2 0");
    assertThat(lines)
        .map(InvocationRecorderTest::json)
        .allSatisfy(
            line -> {
              assertThat(line.path("entityType").asText()).isEqualTo("origin");
              assertThat(line.path("originType").asText()).isEqualTo(OriginFixture.TYPE);
              assertThat(line.path("originId").asText()).isEqualTo(OriginFixture.ID);
              assertThat(line.path("timestampMs").asLong())
                  .isEqualTo(it.time.instant().toEpochMilli());
              assertThat(line.path("wallTimeMs").isNumber()).isTrue();
              assertThat(line.path("cpuTimeMs").asDouble()).isNotNegative();
            });
    assertThat(json(lines.get(1)).path("fetchId").asText()).isEqualTo("a");
    assertThat(json(lines.get(2)).path("fetchId").asText()).isEqualTo("a");
    assertThat(json(lines.get(3)).has("fetchId")).isFalse();
  }

  @Test
  void all_that_happens_in_memory_is_within_its_time_there() {
    it.submit("a", Samples.get());
    it.here.call("a", 1).end(answer(200));
    it.permitsHeldBecome(0);
    it.kit.stop(it.origin);
    it.eventually(() -> lines.size() == 4);

    var residency = json(lines.get(3));
    var handled = lines.subList(0, 3).stream().map(InvocationRecorderTest::json).toList();
    assertThat(handled.stream().mapToDouble(line -> line.path("wallTimeMs").asDouble()).sum())
        .isLessThanOrEqualTo(residency.path("wallTimeMs").asDouble());
    assertThat(handled.stream().mapToDouble(line -> line.path("cpuTimeMs").asDouble()).sum())
        .isLessThanOrEqualTo(residency.path("cpuTimeMs").asDouble() + 0.002);
  }

  @Test
  void each_time_in_memory_begins_with_a_recovery_that_says_what_was_read() {
    it.submit("a", Samples.get());
    it.restart();
    it.read("a");
    it.kit.stop(it.origin);

    linesBecome(
        "wake Recovery recovered 0 0",
        "command Submit accepted 1 0",
        "residency Residency left 1 0",
        "wake Recovery recovered 0 1",
        "command Read read 0 0",
        "residency Residency left 0 1");
  }

  @Test
  void a_message_that_comes_during_a_write_has_a_line_of_its_own() {
    it.origin.tell(new Submit("a", Samples.get(), it.replies.ref()));
    it.origin.tell(new Submit("a", Samples.get(), it.replies.ref()));
    it.origin.tell(new Submit("b", Samples.get(), it.replies.ref()));

    it.eventually(() -> lines.size() == 4);

    assertThat(told())
        .containsExactly(
            "wake Recovery recovered 0 0",
            "command Submit accepted 1 0",
            "command Submit read 0 0",
            "command Submit accepted 1 0");
  }

  @Test
  void an_alarm_that_rings_is_one() {
    it.submit("a", Samples.post());
    it.here.call("a", 1);

    it.time.pass(FetchSpec.TIMEOUT.plus(FetchSpec.GRACE).plusMillis(1));

    linesBecome(
        "wake Recovery recovered 0 0",
        "command Submit accepted 1 0",
        "alarm TimerFired unknown 1 0");
  }

  @Test
  void a_write_that_fails_wrote_nothing_and_the_next_incarnation_takes_the_message_up() {
    it.submit("a", Samples.get());
    it.journal.failNextPersisted(PERSISTENCE_ID);
    it.origin.tell(new Submit("b", Samples.get(), it.replies.ref()));
    it.eventually(() -> it.counters.pending() == 0);
    it.readAfterRestart("a");

    assertThat(told())
        .startsWith(
            "wake Recovery recovered 0 0",
            "command Submit accepted 1 0",
            "command Submit failed 0 0",
            "wake Recovery recovered 0 1",
            "command Submit accepted 1 0",
            "command Read read 0 0");
  }

  @Test
  void when_somebody_wakes_origins_the_row_that_says_when_counts_too() {
    it.woken = true;
    it.restart();

    it.submit("a", Samples.get());

    it.eventually(() -> told().contains("command Submit accepted 2 0"));
  }

  @Test
  void nothing_of_what_is_asked_is_in_a_line() {
    var secretive =
        FetchSpec.of(FetchRequest.get("http://target.example/?t=canary").header("X", "canary"));

    it.submit("a", secretive);

    it.eventually(() -> lines.size() == 2);
    assertThat(lines).noneMatch(line -> line.contains("canary"));
  }
}
