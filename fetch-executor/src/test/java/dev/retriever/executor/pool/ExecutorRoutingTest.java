package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Target;
import dev.retriever.executor.pool.ScriptedTransport.Call;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutorRoutingTest {
  private static final int ATTEMPTS = 100;

  private final ActorTestKit kit = ActorTestKit.create(VirtualTime.config());
  private final VirtualTime time = new VirtualTime(kit);
  private final TestProbe<Call> wire = kit.createTestProbe();
  private final TestProbe<String> aborts = kit.createTestProbe();
  private final TestProbe<AttemptReport> reports = kit.createTestProbe();
  private final ExecutorPool pool =
      new ExecutorPool(
          new PoolNode(
              kit.system(),
              new TargetRoom(ATTEMPTS, 10),
              new ScriptedTransport(wire.ref(), aborts.ref()),
              reports.ref()::tell,
              time,
              time::nanos),
          "here#1",
          "default",
          new ExecutorSettings(
              4,
              ATTEMPTS,
              1000,
              Duration.ofSeconds(5),
              Duration.ofSeconds(1),
              Duration.ofSeconds(4),
              Duration.ofMinutes(1),
              2));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static List<AttemptKey> keys() {
    return IntStream.range(0, ATTEMPTS)
        .mapToObj(i -> new AttemptKey("origin", "o", "fetch-" + i, 1))
        .toList();
  }

  /** An abort that reached another executor could overtake the dispatch, and would be lost. */
  @Test
  void whatever_concerns_one_attempt_reaches_its_executor_in_order() {
    for (var key : keys()) {
      pool.reserve(key, Target.of("http://target.example/"));
      pool.dispatch(key, FetchRequest.get("http://target.example/"), Duration.ofSeconds(30));
      pool.abort(key);
    }

    assertThat(wire.receiveSeveralMessages(ATTEMPTS))
        .extracting(Call::key)
        .containsExactlyInAnyOrderElementsOf(keys());
    assertThat(aborts.receiveSeveralMessages(ATTEMPTS)).doesNotHaveDuplicates();
  }

  @Test
  void attempts_are_spread_over_executors_and_acknowledged_where_they_were_made() {
    for (var key : keys()) {
      pool.reserve(key, Target.of("http://target.example/"));
      pool.dispatch(key, FetchRequest.get("http://target.example/"), Duration.ofSeconds(30));
      pool.abort(key);
    }

    var executors = new HashSet<ActorRef<ReportAck>>();
    for (var report : reports.receiveSeveralMessages(ATTEMPTS)) {
      executors.add(report.ackTo());
      report.ackTo().tell(new ReportAck(report.key()));
    }
    assertThat(executors).hasSize(4);
    reports.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          assertThat(pool.stats().permitsHeld()).isZero();
          return null;
        });

    time.pass(Duration.ofSeconds(10));
    reports.expectNoMessage(Duration.ZERO);
  }
}
