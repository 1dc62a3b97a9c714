package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who waits for another waits longer than that one, by the settings a node really starts with. */
class StorageLadderTest {
  private static final String POOLS = "pekko-persistence-jdbc.shared-databases.";

  @TempDir private Path dataDir;

  private Config postgres() {
    var config =
        RunningNode.config(dataDir, "retriever.node.db.url = \"jdbc:postgresql://host/d\"");
    return Storage.from(config).configure(config);
  }

  @ParameterizedTest
  @CsvSource({"slick, jdbc-journal", "bulk, jdbc-snapshot-store"})
  void a_call_outlasts_all_that_its_statement_may_wait_for(String pool, String plugin) {
    var config = postgres();
    var db = config.getConfig(POOLS + pool + ".db");
    var connection = Duration.ofMillis(db.getLong("connectionTimeout"));
    var connect = Duration.ofSeconds(db.getLong("properties.connectTimeout"));
    var statement = option(db, "statement_timeout");
    var socket = Duration.ofSeconds(db.getLong("properties.socketTimeout"));

    assertThat(config.getString(plugin + ".use-shared-db")).isEqualTo(pool);
    assertThat(Duration.ofMillis(db.getLong("validationTimeout"))).isLessThan(connection);
    assertThat(connect).isLessThanOrEqualTo(connection);
    assertThat(
            List.of(
                connection,
                statement,
                socket,
                connection.plus(socket),
                config.getDuration(plugin + ".circuit-breaker.call-timeout")))
        .isSortedAccordingTo(StorageLadderTest::strictly);
    assertThat(option(db, "idle_in_transaction_session_timeout")).isLessThan(socket);
  }

  @Test
  void a_caller_outlasts_the_journal_and_a_request_its_caller() {
    var config = postgres();

    assertThat(
            List.of(
                config.getDuration("jdbc-journal.circuit-breaker.call-timeout"),
                config.getDuration("retriever.origin.ask-timeout"),
                config.getDuration("retriever.node.max-wait"),
                config.getDuration("pekko.http.server.request-timeout")))
        .isSortedAccordingTo(StorageLadderTest::strictly);
  }

  @Test
  void
      an_origin_may_finish_its_write_before_its_shard_is_given_away_and_that_is_not_waited_for_long() {
    var config = postgres();
    var handOff = config.getDuration("pekko.cluster.sharding.handoff-timeout");

    // What Pekko gives to each of the shard's origins.
    assertThat(handOff.minusSeconds(5))
        .isGreaterThan(config.getDuration("jdbc-journal.circuit-breaker.call-timeout"));
    // A shard that was being handed over by a node that is killed is silent for so long.
    assertThat(handOff).isLessThanOrEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void a_journal_that_fails_at_once_is_tried_again_before_origins_wait_their_longest() {
    var config = postgres();

    assertThat(config.getDuration("jdbc-journal.circuit-breaker.reset-timeout"))
        .isLessThan(config.getDuration("retriever.origin.restart-max"));
  }

  @Test
  void every_statement_has_a_thread_and_every_thread_a_connection() {
    for (var pool : List.of("slick", "bulk")) {
      var db = postgres().getConfig(POOLS + pool + ".db");

      assertThat(db.getInt("numThreads")).isEqualTo(db.getInt("maxConnections"));
    }
  }

  @Test
  void the_embedded_database_is_given_no_parameters_that_it_does_not_know() {
    var config = RunningNode.config(dataDir);
    var properties =
        Storage.from(config).configure(config).getObject(POOLS + "slick.db.properties");

    assertThat(properties.unwrapped()).containsOnlyKeys("QUERY_TIMEOUT");
  }

  @Test
  void an_alarm_clock_outlasts_its_statements_and_gives_up_before_many_of_them() {
    var config = postgres();
    var limits = ConnectionSettings.from(config);
    var one = limits.pool().acquire().plus(limits.limits(Use.WAKE_UP).silent());

    assertThat(config.getDuration("retriever.node.alarm-clock.time-limit"))
        .isBetween(one, one.multipliedBy(2));
  }

  private static int strictly(Duration shorter, Duration longer) {
    return shorter.compareTo(longer) < 0 ? -1 : 1;
  }

  private static Duration option(Config db, String name) {
    var match = Pattern.compile(name + "=(\\d+)").matcher(db.getString("properties.options"));
    assertThat(match.find()).as(name).isTrue();
    return Duration.ofMillis(Long.parseLong(match.group(1)));
  }
}
