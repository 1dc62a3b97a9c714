package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.storage.Storage;
import dev.retriever.origin.Notice;
import dev.retriever.origin.Origins;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Origins that leave memory while they have work pending, in a real node. */
class SleepingOriginTest {
  private static final String SLEEPY = "retriever.origin.idle = 200 ms";

  @TempDir private Path directory;

  private void submit(RunningNode node, String origin, String url, String timeout) {
    var spec =
        json("{'id': 'f', 'request': {'url': '%s'}, 'timeout': '%s', 'grace': '1s'}", url, timeout);
    assertThat(node.api().submit(origin, spec).status()).isEqualTo(202);
  }

  private String outcome(RunningNode node, String origin) {
    return node.api().get(fetch(origin, "f")).at("/outcome/type");
  }

  private long wakeUps() {
    var storage = Storage.from(RunningNode.config(directory));
    try (var connection =
            DriverManager.getConnection(storage.url(), storage.user(), storage.password());
        var rows = connection.createStatement().executeQuery("SELECT COUNT(*) FROM \"wake_up\"")) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void origins_leave_memory_while_their_fetches_fly_and_settle_all_the_same() {
    try (var target = new TestTarget();
        var node = RunningNode.start(directory, SLEEPY, RunningNode.MAY_CALL_LOOPBACK)) {
      for (var i = 0; i < 20; i++) {
        submit(node, "o" + i, target.url("/held/sleep"), "30s");
      }
      Eventually.becomes(20L, () -> node.stat("/inFlight"));
      Eventually.becomes(0L, () -> node.stat("/pending"));
      assertThat(node.stat("/originsInMemory")).isZero();
      assertThat(wakeUps()).isEqualTo(20);

      target.release("sleep");

      Eventually.becomes(20L, () -> node.stat("/settled/answered"));
      assertThat(wakeUps()).isZero();
      assertThat(outcome(node, "o7")).isEqualTo("answered");
    }
  }

  @Test
  void an_origin_that_sleeps_is_woken_for_its_alarm_which_rings_once_and_not_early() {
    var config = RunningNode.config(directory, SLEEPY);
    var system = ActorSystem.<Void>create(Behaviors.empty(), "library", Retriever.prepare(config));
    try {
      var retriever = Retriever.on(system);
      var sleepers = retriever.origins("sleeper", new Sleeper());
      retriever.joinAlone();
      retriever.start();
      sleepers.tell("s", new Sleeper.Wait(Duration.ofSeconds(7)));
      Eventually.becomes(1L, this::wakeUps);
      var resident = new AtomicInteger(Sleeper.RECOVERED.get());

      Eventually.becomes(0L, this::wakeUps);

      var rang = sleepers.<Sleeper.State>ask("s", Sleeper.Get::new).toCompletableFuture().join();
      assertThat(rang.lateMillis()).hasSize(1);
      assertThat(rang.lateMillis().get(0)).isNotNegative();
      assertThat(Sleeper.RECOVERED.get()).isGreaterThan(resident.get());
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  @Test
  void
      when_there_are_too_many_those_used_least_recently_leave_and_their_alarms_ring_all_the_same() {
    var config =
        RunningNode.config(
            directory,
            "retriever.origin { idle = 1 h, max-in-memory = 10 }",
            "retriever.node.alarm-clock { ahead = 100 ms, interval = 50 ms }");
    var system = ActorSystem.<Void>create(Behaviors.empty(), "crowded", Retriever.prepare(config));
    try {
      var retriever = Retriever.on(system);
      var sleepers = retriever.origins("sleeper", new Sleeper());
      retriever.joinAlone();
      retriever.start();
      sleepers.<Sleeper.State>ask("s0", Sleeper.Get::new).toCompletableFuture().join();
      var all = 100;
      for (var i = 0; i < all; i++) {
        sleepers.tell("s" + i, new Sleeper.Wait(Duration.ofMillis(8_000 + 20 * i)));
      }
      // On a slow machine the first ring before the last has come.
      Eventually.becomes((long) all, () -> wakeUps() + fired(sleepers));

      var most = new AtomicLong();
      Eventually.becomes(
          (long) all,
          () -> {
            most.accumulateAndGet(sleepers.operations().stats().inMemory(), Math::max);
            return fired(sleepers);
          });

      // Besides the ten, those that are about to ring: as many as the clocks wake at a time.
      assertThat(most.get()).isLessThan(all);
      Eventually.becomes(10L, () -> sleepers.operations().stats().inMemory());
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  private static long fired(Origins<?> origins) {
    return origins.operations().stats().counts().get(Notice.ALARMS_FIRED);
  }

  @Test
  void a_caller_that_waits_for_a_fetch_gets_its_outcome_at_once_however_many_origins_there_are() {
    try (var target = new TestTarget();
        var node =
            RunningNode.start(
                directory,
                "retriever.origin { idle = 1 h, max-in-memory = 2 }",
                RunningNode.MAY_CALL_LOOPBACK)) {
      var waiting = new ArrayList<CompletableFuture<Api.Answer>>();
      for (var i = 0; i < 6; i++) {
        submit(node, "waited-" + i, target.url("/held/outcome"), "50s");
        waiting.add(node.api().getLater(fetch("waited-" + i, "f"), "Prefer", "wait=50"));
      }
      Eventually.becomes(6L, () -> node.stat("/originsInMemory"));
      for (var i = 0; i < 12; i++) {
        submit(node, "other-" + i, target.url("/held/outcome"), "50s");
      }
      Eventually.becomes(18L, () -> node.stat("/inFlight"));
      Eventually.becomes(true, () -> node.stat("/originsInMemory") <= 9);
      assertThat(node.stat("/originsInMemory")).as("those waited at").isGreaterThanOrEqualTo(6);

      target.release("outcome");

      for (var each : waiting) {
        assertThat(each.orTimeout(60, TimeUnit.SECONDS).join().at("/outcome/type"))
            .isEqualTo("answered");
      }
      Eventually.becomes(18L, () -> node.stat("/settled/answered"));
    }
  }

  @Test
  void fetches_pending_at_a_nodes_death_go_on_with_the_next_node_unasked() {
    try (var target = new TestTarget()) {
      try (var first =
          RunningNode.start(
              directory, SLEEPY, RunningNode.MAY_CALL_LOOPBACK, RunningNode.CRASHING)) {
        submit(first, "o", target.url("/held/next"), "30s");
        Eventually.becomes(1L, () -> first.stat("/inFlight"));
      }
      target.release("next");

      try (var next = RunningNode.start(directory, SLEEPY, RunningNode.MAY_CALL_LOOPBACK)) {
        Eventually.becomes(1L, () -> next.stat("/settled/answered"));
        Eventually.becomes(0L, this::wakeUps);
      }
    }
  }
}
