package dev.retriever.cluster.storage.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.TestPostgres;
import dev.retriever.cluster.storage.Storage;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What real databases say of themselves, and one that says nothing. */
class DatabaseLookTest {
  @TempDir private Path dataDir;
  private final AtomicLong nanos = new AtomicLong();

  private Storage storage(String... settings) {
    return Storage.from(RunningNode.config(dataDir, settings));
  }

  private DatabaseLook look(Storage storage, Executor threads) {
    return new DatabaseLook(storage, threads, Clock.systemUTC(), nanos::get);
  }

  private static DatabaseLook.Seen seen(DatabaseLook look) throws Exception {
    return look.look().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void a_database_tells_product_version_settings_and_its_clock(TestDatabase database)
      throws Exception {
    var seen = seen(look(storage(database.settings()), Runnable::run));

    var facts = seen.facts().orElseThrow();
    assertThat(facts.version()).isNotBlank();
    assertThat(facts.ahead().abs()).isLessThan(Duration.ofSeconds(2));
    if (database == TestDatabase.POSTGRESQL) {
      assertThat(facts.product()).isEqualTo("PostgreSQL");
      assertThat(facts.settings())
          .containsEntry("fsync", "on")
          .containsEntry("default_transaction_isolation", "read committed")
          .containsKeys("synchronous_commit", "wal_level", "max_connections", "autovacuum");
      assertThat(facts.connections().orElseThrow().used()).isPositive();
    } else {
      assertThat(facts.product()).isEqualTo("H2");
      assertThat(facts.place()).isEqualTo(DatabaseFacts.Place.EMBEDDED);
      assertThat(facts.settings())
          .containsEntry("WRITE_DELAY", "0")
          .containsEntry("transaction_isolation", "read committed");
      assertThat(facts.connections()).isEmpty();
    }
  }

  @Test
  void settings_of_a_server_and_limits_of_a_database_are_seen() throws Exception {
    var off = Map.of("fsync", "off", "autovacuum", "off", "max_connections", "20");
    try (var postgres = TestPostgres.startWith(dataDir.resolve("pg"), off)) {
      var storage = storage(postgres.database());
      var before = seen(look(storage, Runnable::run)).facts().orElseThrow();
      var url = storage.url();
      execute(
          storage,
          "ALTER DATABASE %s CONNECTION LIMIT 9"
              .formatted(url.substring(url.lastIndexOf('/') + 1)));
      var after = seen(look(storage, Runnable::run)).facts().orElseThrow();

      assertThat(before.settings())
          .containsEntry("fsync", "off")
          .containsEntry("autovacuum", "off");
      assertThat(before.connections().orElseThrow().most()).isEqualTo(17);
      assertThat(after.connections().orElseThrow().most()).isEqualTo(9);
    }
  }

  private static void execute(Storage storage, String sql) throws SQLException {
    try (var connection = storage.connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void a_silent_database_is_answered_within_the_bound_and_asked_once() throws Exception {
    List<Runnable> waiting = new ArrayList<>();
    var look = look(storage(), waiting::add);

    var begun = System.nanoTime();
    var first = look.look();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    var second = seen(look);

    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
    assertThat(second.facts()).isEmpty();
    assertThat(second.because()).isEqualTo("The database did not answer within 3 s.");
    assertThat(first.toCompletableFuture().get(20, TimeUnit.SECONDS).facts()).isEmpty();
    assertThat(waiting).hasSize(1);
  }

  @Test
  void a_database_that_refuses_is_told_by_its_state_alone() throws Exception {
    var look =
        new DatabaseLook(
            storage(),
            () -> {
              throw new SQLException("user secret at host", "53300");
            },
            Runnable::run,
            Clock.systemUTC(),
            nanos::get);

    assertThat(seen(look).because()).isEqualTo("The database refused, with the SQL state 53300.");
  }

  @Test
  void looks_within_five_seconds_share_an_answer() throws Exception {
    var opened = new AtomicInteger();
    var storage = storage();
    var look =
        new DatabaseLook(
            storage,
            () -> {
              opened.incrementAndGet();
              return storage.connect();
            },
            Runnable::run,
            Clock.systemUTC(),
            nanos::get);

    seen(look);
    nanos.addAndGet(Duration.ofMillis(4_999).toNanos());
    seen(look);
    assertThat(opened).hasValue(1);

    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    seen(look);
    assertThat(opened).hasValue(2);
  }
}
