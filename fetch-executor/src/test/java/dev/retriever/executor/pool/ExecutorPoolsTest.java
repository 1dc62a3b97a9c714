package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Room;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.pool.ExecutorPool.Stats.Most;
import dev.retriever.executor.pool.ScriptedTransport.Call;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutorPoolsTest {
  private static final FetchRequest REQUEST = FetchRequest.get("http://target.example/");
  private static final Report ANSWER =
      new Report.Answered(new Response(200, List.of(), Body.EMPTY));

  private final ActorTestKit kit = ActorTestKit.create(VirtualTime.config());
  private final VirtualTime time = new VirtualTime(kit);
  private final TestProbe<Call> wire = kit.createTestProbe();
  private final TestProbe<String> aborts = kit.createTestProbe();
  private final TestProbe<AttemptReport> reports = kit.createTestProbe();
  private final ExecutorPools pools =
      ExecutorPools.start(
          kit.system(),
          "here:1#2",
          new PoolsSettings(
              permits(2),
              Map.of("bulk", permits(1), "a.b_c-D", permits(1)),
              PoolsSettings.Placement.OWN_NODE,
              1_000_000),
          new ScriptedTransport(wire.ref(), aborts.ref()),
          reports.ref()::tell,
          time,
          time::nanos,
          new ExecutorPools.Neighbours("there:1#1/bulk"::equals, false));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static ExecutorSettings permits(int permits) {
    return new ExecutorSettings(
        1,
        permits,
        1000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4),
        Duration.ofMinutes(1),
        2);
  }

  private static AttemptKey key(String fetchId) {
    return new AttemptKey("origin", "o", fetchId, 1);
  }

  private static boolean reserve(ExecutorPool pool, AttemptKey key) {
    return pool.reserve(key, Target.of(REQUEST.url())) == Room.RESERVED;
  }

  private ExecutorPool standard() {
    return pools.find(Optional.empty()).orElseThrow();
  }

  private ExecutorPool bulk() {
    return pools.find(Optional.of("bulk")).orElseThrow();
  }

  @Test
  void a_pool_is_found_by_its_name_and_the_default_one_without() {
    assertThat(standard().id()).isEqualTo("here:1#2");
    assertThat(bulk().id()).isEqualTo("here:1#2/bulk");
    assertThat(pools.find(Optional.of("default"))).isEmpty();
    assertThat(pools.find(Optional.of("none"))).isEmpty();
    assertThat(pools.names()).containsExactly("a.b_c-D", "bulk");
  }

  @Test
  void a_pool_is_found_by_the_id_that_is_journaled() {
    assertThat(pools.withId("here:1#2").orElseThrow()).isSameAs(standard());
    assertThat(pools.withId("here:1#2/bulk").orElseThrow()).isSameAs(bulk());
    assertThat(pools.withId("here:1#1/bulk")).isEmpty();
    assertThat(pools.withId("here:1#2/gone")).isEmpty();
    assertThat(pools.withId("bulk")).isEmpty();
  }

  @Test
  void a_pool_that_is_full_leaves_the_others_their_room() {
    assertThat(reserve(bulk(), key("a"))).isTrue();
    assertThat(reserve(bulk(), key("b"))).isFalse();

    assertThat(reserve(standard(), key("b"))).isTrue();
    assertThat(reserve(standard(), key("c"))).isTrue();
    assertThat(reserve(standard(), key("d"))).isFalse();
  }

  @Test
  void each_pool_makes_and_counts_its_own_attempts() {
    reserve(bulk(), key("a"));
    bulk().dispatch(key("a"), REQUEST, Duration.ofSeconds(30));
    var call = wire.receiveMessage();
    reserve(standard(), key("b"));

    assertThat(pools.stats().keySet()).containsExactly("default", "a.b_c-D", "bulk");
    assertThat(pools.stats().get("bulk"))
        .isEqualTo(new ExecutorPool.Stats(1, 1, 0, new Most(1, 1, 0), 0, 0, 0));
    assertThat(pools.stats().get("default"))
        .isEqualTo(new ExecutorPool.Stats(0, 1, 0, new Most(0, 1, 0), 0, 0, 0));
    assertThat(pools.stats().get("a.b_c-D"))
        .isEqualTo(new ExecutorPool.Stats(0, 0, 0, new Most(0, 0, 0), 0, 0, 0));
    assertThat(bulk().standing(key("a"), VirtualTime.START)).isEqualTo(AttemptStatus.RUNNING);
    assertThat(standard().standing(key("a"), VirtualTime.START))
        .isEqualTo(AttemptStatus.NEVER_BEGAN);

    call.end(ANSWER);
    assertThat(reports.receiveMessage().key()).isEqualTo(key("a"));
  }

  private static final DrainSettings DRAIN =
      new DrainSettings(Duration.ofSeconds(5), Duration.ofSeconds(3));

  private Call started(ExecutorPool pool, String fetchId) {
    assertThat(reserve(pool, key(fetchId))).isTrue();
    pool.dispatch(key(fetchId), REQUEST, Duration.ofSeconds(30));
    return wire.receiveMessage();
  }

  private void acknowledge() {
    var report = reports.receiveMessage();
    report.ackTo().tell(new ReportAck(report.key()));
  }

  @Test
  void draining_takes_nothing_more_and_ends_when_all_reports_are_acknowledged() {
    var call = started(bulk(), "a");
    var drained = pools.drain(DRAIN).toCompletableFuture();

    assertThat(reserve(standard(), key("b"))).isFalse();
    call.end(ANSWER);
    assertThat(drained).isNotDone();
    acknowledge();

    assertThat(drained).succeedsWithin(Duration.ofSeconds(60));
    aborts.expectNoMessage(Duration.ZERO);
  }

  @Test
  void draining_with_nothing_under_way_ends_at_once() {
    assertThat(pools.drain(DRAIN).toCompletableFuture()).isDone();
  }

  @Test
  void an_attempt_whose_dispatch_is_still_on_its_way_is_made() {
    assertThat(reserve(standard(), key("a"))).isTrue();
    var drained = pools.drain(DRAIN).toCompletableFuture();

    standard().dispatch(key("a"), REQUEST, Duration.ofSeconds(30));
    wire.receiveMessage().end(ANSWER);
    acknowledge();

    assertThat(drained).succeedsWithin(Duration.ofSeconds(60));
  }

  @Test
  void an_attempt_that_does_not_finish_in_time_is_aborted_as_lost_with_its_executor() {
    started(standard(), "a");
    assertThat(reserve(standard(), key("late"))).isTrue();
    var drained = pools.drain(DRAIN).toCompletableFuture();

    time.pass(DRAIN.finish());
    assertThat(aborts.receiveMessage()).isEqualTo("a " + Report.EXECUTOR_LOST);
    assertThat(reports.receiveMessage().report())
        .isEqualTo(Report.broken(Stage.SENT, Report.EXECUTOR_LOST, Optional.empty()));
    standard().dispatch(key("late"), REQUEST, Duration.ofSeconds(30));
    assertThat(reports.receiveMessage().report())
        .isEqualTo(new Report.NotSent(Stage.QUEUED, "dispatched-too-late"));
    assertThat(drained).isNotDone();
    time.pass(DRAIN.acknowledge());

    assertThat(drained).as("although nobody acknowledged").isDone();
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_executor_lives_while_its_node_is_a_member() {
    assertThat(pools.lives("here:1#2/bulk")).isTrue();
    assertThat(pools.lives("here:1#1")).isFalse();
    assertThat(pools.lives("there:1#1/bulk")).isTrue();
  }
}
