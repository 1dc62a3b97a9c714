package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.alarms.WakeUp;
import dev.retriever.cluster.storage.JdbcWakeUps;
import dev.retriever.cluster.storage.Purge;
import dev.retriever.cluster.storage.SilentServer;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.origin.Notice;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A database that goes silent without closing anything, and speaks again. */
@ParameterizedClass
@EnumSource
class SilentDatabaseTest {
  /** Seconds are the least that the driver of PostgreSQL can wait. */
  private static final String SHORT =
      """
      retriever.node.db.limits {
        journal { connect = 1 s, statement = 900 ms, silent = 1 s }
        bulk { connect = 1 s, statement = 900 ms, silent = 1 s }
        wake-up { connect = 1 s, statement = 900 ms, silent = 1 s }
        one-off { connect = 1 s, statement = 900 ms, silent = 1 s }
        watch { connect = 1 s, statement = 900 ms, silent = 1 s }
        migrate { connect = 1 s, statement = 900 ms, silent = 1 s }
      }
      retriever.node.db.pool { acquire = 1 s, validation = 500 ms }
      retriever.node.db.watch-interval = 200 ms
      retriever.node.alarm-clock { interval = 100 ms, time-limit = 3 s }
      retriever.origin { idle = 200 ms, restart-max = 1 s, ask-timeout = 3 s }
      jdbc-journal.circuit-breaker { call-timeout = 2500 ms, reset-timeout = 200 ms }
      """;

  /**
   * A few of those limits, one after the other, on a machine that is busy. Without them it would be
   * minutes or for ever.
   */
  private static final Duration BOUND = Duration.ofSeconds(20);

  @TempDir private Path directory;
  @Parameter private SilentServer kind;
  private SilentServer.Place place;
  private SilentProxy proxy;

  @BeforeEach
  void open() {
    place = kind.newDatabase();
    proxy = new SilentProxy(place.port());
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  /** Reached through the proxy. */
  private Storage storage() {
    return place.storage(directory, proxy.port(), SHORT);
  }

  private static <T> T within(Callable<T> call) throws Exception {
    var result = new CompletableFuture<T>();
    var thread =
        new Thread(
            () -> {
              try {
                result.complete(call.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result.get(BOUND.toSeconds(), TimeUnit.SECONDS);
  }

  /** It ends by itself, with a failure. */
  private static void failsWithinBound(Callable<?> call) {
    assertThatThrownBy(() -> within(call)).isInstanceOf(ExecutionException.class);
  }

  private static boolean succeeds(Callable<?> call) {
    try {
      within(call);
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void a_look_at_wake_ups_ends_and_the_next_is_answered() throws Exception {
    storage().migrate();
    try (var wakeUps = new JdbcWakeUps(storage())) {
      Callable<?> look = () -> wakeUps.look(0, Instant.EPOCH, 10, lives -> true, id -> true);
      within(look);

      proxy.silence();
      failsWithinBound(look);
      proxy.speak();

      Eventually.becomes(true, () -> succeeds(look), BOUND);
    }
  }

  @Test
  void a_correction_of_a_wake_up_ends() throws Exception {
    storage().migrate();
    try (var wakeUps = new JdbcWakeUps(storage())) {
      wakeUps.look(0, Instant.EPOCH, 10, lives -> true, id -> true);

      proxy.silence();

      failsWithinBound(
          () -> {
            wakeUps.correct("http|a", 1, WakeUp.NONE);
            return null;
          });
    }
  }

  @Test
  void a_purge_ends_and_the_next_one_runs() throws Exception {
    storage().migrate();
    var purge = new Purge(storage(), Optional.of(Duration.ofHours(25)), 10);
    Callable<?> run =
        () -> {
          purge.run(Instant.EPOCH, () -> false, count -> {});
          return null;
        };

    proxy.silence();
    failsWithinBound(run);
    proxy.speak();

    within(run);
  }

  /** It has read a page, and is silent then. */
  @Test
  void a_purge_ends_that_had_begun() throws Exception {
    storage().migrate();
    try (var connection = storage().connect();
        var statement = connection.createStatement()) {
      statement.execute(
          """
          INSERT INTO "snapshot" ("persistence_id", "sequence_number", "created",
            "snapshot_ser_id", "snapshot_ser_manifest", "snapshot_payload")
          VALUES ('a', 1, 0, 0, '', '')
          """);
    }
    var purge = new Purge(storage(), Optional.of(Duration.ofHours(25)), 10);

    failsWithinBound(
        () -> {
          purge.run(Instant.EPOCH, () -> false, count -> proxy.silence());
          return null;
        });
  }

  @Test
  void the_watch_notices_that_it_is_silent_and_that_it_is_back() throws Exception {
    storage().migrate();
    var watch = new StorageWatch(storage());
    Callable<?> look =
        () -> {
          watch.look();
          return null;
        };
    within(look);
    assertThat(watch.isAway()).isFalse();

    proxy.silence();
    within(look);
    assertThat(watch.isAway()).isTrue();
    proxy.speak();

    within(look);
    assertThat(watch.isAway()).isFalse();
  }

  @Test
  void a_node_does_not_start_on_one_that_is_silent_whichever_connection_is_the_first_to_be() {
    var config = RunningNode.config(directory, SHORT, place.settings().apply(proxy.port()));
    var started = false;
    for (var connections = 0; !started; connections++) {
      proxy.speak();
      proxy.silenceAfter(connections);
      started = startsOrFails(() -> Retriever.prepare(config));
      assertThat(connections).isLessThan(20);
      assertThat(connections > 0 || !started).as("silent from the start").isTrue();
    }
  }

  private static boolean startsOrFails(Callable<?> start) {
    try {
      within(start);
      return true;
    } catch (ExecutionException e) {
      assertThat(e.getCause())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the database jdbc:");
      return false;
    } catch (Exception e) {
      throw new AssertionError("it neither starts nor fails", e);
    }
  }

  @Test
  void callers_are_refused_and_writers_recoveries_and_reads_are_back_when_it_is() {
    try (var target = new TestTarget();
        var node =
            RunningNode.start(
                directory,
                SHORT,
                place.settings().apply(proxy.port()),
                RunningNode.MAY_CALL_LOOPBACK)) {
      assertThat(submit(node, "before", target.url("/ok")).status()).isEqualTo(202);
      Eventually.becomes("answered", () -> outcome(node, "before"));
      // The next that hears of it recovers.
      Eventually.becomes(0L, () -> node.stat("/originsInMemory"));

      proxy.silence();
      Eventually.becomes(503, () -> submit(node, "during", target.url("/ok")).status());
      proxy.speak();

      Eventually.becomes(202, () -> submit(node, "after", target.url("/ok")).status(), BOUND);
      Eventually.becomes("answered", () -> outcome(node, "after"), BOUND);
      Eventually.becomes("answered", () -> outcome(node, "before"), BOUND);
      assertThat(target.hits("after")).hasSize(1);
    }
  }

  private static Api.Answer submit(RunningNode node, String id, String url) {
    return node.api()
        .submit(
            "o-" + id, json("{'id': '%s', 'request': {'url': '%s', 'method': 'POST'}}", id, url));
  }

  private static String outcome(RunningNode node, String id) {
    var read = node.api().get(fetch("o-" + id, id));
    return read.status() == 200 ? read.at("/outcome/type") : "";
  }

  @Test
  void alarms_that_were_due_meanwhile_ring_when_it_is_back() {
    var config = RunningNode.config(directory, SHORT, place.settings().apply(proxy.port()));
    var system = ActorSystem.<Void>create(Behaviors.empty(), "silent", Retriever.prepare(config));
    try {
      var retriever = Retriever.on(system);
      var sleepers = retriever.origins("sleeper", new Sleeper());
      retriever.joinAlone();
      retriever.start();
      var ids = List.of("a", "b", "c", "d", "e", "f", "g", "h");
      sleepers.<Sleeper.State>ask("a", Sleeper.Get::new).toCompletableFuture().join();
      var begun = System.nanoTime();
      for (var id : ids) {
        sleepers.tell(id, new Sleeper.Wait(Duration.ofSeconds(6)));
      }
      Eventually.becomes(ids.size(), this::wakeUps);
      Eventually.becomes(0L, () -> sleepers.operations().stats().inMemory());

      proxy.silence();
      var watch = new StorageWatch(storage());
      Eventually.becomes(
          true,
          () -> {
            watch.look();
            return watch.isAway();
          });
      var due = begun + Duration.ofSeconds(7).toNanos();
      Eventually.becomes(true, () -> System.nanoTime() > due);
      assertThat(sleepers.operations().stats().counts().get(Notice.ALARMS_FIRED)).isZero();
      proxy.speak();

      Eventually.becomes(
          (long) ids.size(),
          () -> sleepers.operations().stats().counts().get(Notice.ALARMS_FIRED),
          BOUND);
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().join();
    }
  }

  /** Looked at beside the proxy. */
  private int wakeUps() {
    var found = new ArrayList<String>();
    try (var connection = place.storage(directory, place.port()).connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT \"persistence_id\" FROM \"wake_up\"")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return found.size();
  }
}
