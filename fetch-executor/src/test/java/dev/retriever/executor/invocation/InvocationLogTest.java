package dev.retriever.executor.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pools;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport;
import dev.retriever.executor.http.TransportFixture;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.executor.pool.ScriptedTransport;
import dev.retriever.executor.pool.ScriptedTransport.Call;
import dev.retriever.executor.settings.PoolsSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class InvocationLogTest {
  private static final AttemptKey KEY = new AttemptKey("http", "order \"17\"", "charge", 2);
  private static final FetchRequest SECRETIVE =
      FetchRequest.get("http://target.example/?token=canary-1").header("X-Key", "canary-2");
  private static final Report ANSWER =
      new Report.Answered(new Response(200, List.of(), Body.utf8("canary-3")));
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.250Z");

  private final List<String> lines = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(5);
  private final AtomicLong cpu = new AtomicLong(7);
  private final InvocationLog log =
      new InvocationLog(Clock.fixed(NOW, ZoneOffset.UTC), nanos::get, cpu::get, lines::add);

  private static JsonNode json(String line) throws JsonProcessingException {
    return new ObjectMapper().readTree(line);
  }

  /** An exchange that takes that time, and as much of its threads before and after. */
  private Transport taking(Duration wall, Duration cpuBefore, Duration cpuAfter, Report report) {
    return (key, request, limit, done) -> {
      cpu.addAndGet(cpuBefore.toNanos());
      nanos.addAndGet(wall.toNanos());
      done.accept(report);
      cpu.addAndGet(cpuAfter.toNanos());
      return reason -> {};
    };
  }

  @Test
  void an_attempt_is_one_line_with_its_ids_its_outcome_and_what_it_took() throws Exception {
    var transport =
        log.around(taking(Duration.ofMillis(120), Duration.ZERO, Duration.ZERO, ANSWER));

    transport.start(
        KEY,
        SECRETIVE,
        TransportFixture.ample(),
        report -> cpu.addAndGet(Duration.ofNanos(1_500_400).toNanos()));

    assertThat(lines).hasSize(1);
    assertThat(json(lines.get(0)))
        .isEqualTo(
            json(
                """
                {"entityType": "executor", "originType": "http", "originId": "order \\"17\\"",
                 "fetchId": "charge", "eventType": "report", "message": "Attempt",
                 "outcome": "answered", "timestampMs": 1795255200250, "wallTimeMs": 120.0,
                 "cpuTimeMs": 1.5, "rowsWritten": 0, "rowsRead": 0}
                """));
  }

  @Test
  void an_attempt_without_an_answer_says_whether_it_may_have_been_sent() throws Exception {
    for (var stage : List.of(Stage.CONNECTING, Stage.BODY)) {
      var broken = Report.broken(stage, "reset", Optional.empty());
      log.around(taking(Duration.ZERO, Duration.ZERO, Duration.ZERO, broken))
          .start(KEY, SECRETIVE, TransportFixture.ample(), report -> {});
    }

    assertThat(json(lines.get(0)).path("outcome").asText()).isEqualTo("not-sent");
    assertThat(json(lines.get(1)).path("outcome").asText()).isEqualTo("ambiguous");
  }

  @Test
  void nothing_of_request_or_response_is_in_a_line() {
    log.around(taking(Duration.ZERO, Duration.ZERO, Duration.ZERO, ANSWER))
        .start(KEY, SECRETIVE, TransportFixture.ample(), report -> {});

    assertThat(lines).hasSize(1).noneMatch(line -> line.contains("canary"));
  }

  @Test
  void the_report_is_handed_on_as_it_is() {
    var reports = new ArrayList<Report>();

    log.around(taking(Duration.ZERO, Duration.ZERO, Duration.ZERO, ANSWER))
        .start(KEY, SECRETIVE, TransportFixture.ample(), reports::add);

    assertThat(reports).containsExactly(ANSWER);
  }

  @Test
  void a_system_has_none_unless_it_is_set_so_and_then_its_pools_write_to_the_logger() {
    assertThat(linesOfAPool("")).isEmpty();
    assertThat(linesOfAPool("retriever.invocation-log.enabled = on"))
        .hasSize(1)
        .allMatch(line -> line.startsWith("{\"entityType\":\"executor\""));
  }

  /** What a pool and a direct attempt write. */
  private static List<String> linesOfAPool(String setting) {
    var logger = (Logger) LoggerFactory.getLogger(InvocationLog.LOGGER);
    var written = new ListAppender<ILoggingEvent>();
    written.start();
    logger.addAppender(written);
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    var kit = ActorTestKit.create(ConfigFactory.parseString(setting));
    try {
      attempts(kit);
    } finally {
      kit.shutdownTestKit();
      logger.detachAppender(written);
    }
    return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static void attempts(ActorTestKit kit) {
    TestProbe<Call> wire = kit.createTestProbe();
    TestProbe<String> aborts = kit.createTestProbe();
    TestProbe<AttemptReport> reports = kit.createTestProbe();
    var settings = PoolsSettings.from(kit.system().settings().config());
    var pools =
        ExecutorPools.start(
            kit.system(),
            "here:1#2",
            new PoolsSettings(
                settings.standard(), Map.of(), settings.placement(), settings.maxPerTarget()),
            new ScriptedTransport(wire.ref(), aborts.ref()),
            reports.ref()::tell,
            Clock.systemUTC(),
            System::nanoTime,
            ExecutorPools.Neighbours.NONE);
    for (var pool : List.of(Optional.<String>empty(), Optional.of(Pools.DIRECT))) {
      var key = new AttemptKey("http", "o", "f" + pool, 1);
      var id = pools.reserve(pool, key, Target.of(SECRETIVE.url())).pool().orElseThrow();
      pools.withId(id).orElseThrow().dispatch(key, SECRETIVE, Duration.ofSeconds(9));
      wire.receiveMessage().end(ANSWER);
      reports.receiveMessage();
    }
  }
}
