package dev.retriever.cluster.tenants.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.storage.TenantLeases;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Units of several nodes, in real databases. What is recorded, the test writes itself. */
@ParameterizedClass
@EnumSource
class PendingQuotaTest {
  private static final long LIMIT = 100;

  @TempDir private Path dataDir;
  @Parameter private TestDatabase database;
  private Storage storage;
  private final AtomicInteger stripe = new AtomicInteger();
  private final AtomicLong nanos = new AtomicLong();
  private final List<TenantLeases> opened = new ArrayList<>();
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");

  @BeforeEach
  void migrate() {
    storage = Storage.from(RunningNode.config(dataDir, database.settings()));
    storage.migrate();
  }

  @AfterEach
  void close() {
    opened.forEach(TenantLeases::close);
  }

  private PendingQuota node(String name) {
    var leases = new TenantLeases(storage);
    opened.add(leases);
    var clock = Clock.fixed(now, ZoneOffset.UTC);
    return new PendingQuota(
        "acme",
        LIMIT,
        new PendingQuota.Node(name, leases, () -> 3, Runnable::run, clock, nanos::get));
  }

  private static Optional<Unit> take(PendingQuota quota) {
    return quota.take().toCompletableFuture().join();
  }

  private int takeAll(PendingQuota quota) {
    var taken = 0;
    while (take(quota).isPresent()) {
      taken++;
    }
    return taken;
  }

  /** As a journal write that is committed. */
  private void pending(long change) throws SQLException {
    try (var connection = storage.connect();
        var insert =
            connection.prepareStatement("INSERT INTO \"tenant_use\" VALUES ('acme', ?, ?, 0)")) {
      insert.setInt(1, stripe.incrementAndGet());
      insert.setLong(2, change);
      insert.executeUpdate();
    }
  }

  @Test
  void no_more_units_are_given_than_the_limit() {
    assertThat(takeAll(node("a"))).isEqualTo((int) LIMIT);
  }

  @Test
  void units_of_other_nodes_and_pending_fetches_are_taken_off() throws SQLException {
    pending(40);
    for (var n = 0; n < 10; n++) {
      assertThat(take(node("b"))).isPresent();
      opened.get(n).close();
    }
    var held = 8; // one block of the limit, a quarter shared by three nodes

    assertThat(takeAll(node("a"))).isEqualTo((int) LIMIT - 40 - held);
  }

  @Test
  void a_recorded_fetch_is_not_counted_twice_after_the_next_look() throws Exception {
    var a = node("a");
    for (var n = 0; n < LIMIT; n++) {
      var unit = take(a).orElseThrow();
      pending(1);
      unit.recorded();
    }
    assertThat(takeAll(a)).isZero();

    pending(-30);
    a.look();
    nanos.addAndGet(1_000_000_000L);

    assertThat(takeAll(a)).isEqualTo(30);
  }

  @Test
  void the_units_of_a_node_that_is_gone_come_back_after_a_minute() {
    takeAll(node("gone"));
    assertThat(takeAll(node("a"))).isZero();

    now = now.plus(TenantLeases.LAPSE).plusMillis(1);

    assertThat(takeAll(node("a"))).isEqualTo((int) LIMIT);
  }

  @Test
  void a_node_that_has_not_reached_the_database_gives_no_free_units_after_a_look()
      throws Exception {
    var a = node("a");
    assertThat(take(a)).isPresent();
    nanos.addAndGet(TenantLeases.LAPSE.toNanos());

    a.look();
    now = now.plus(TenantLeases.LAPSE).plusMillis(1);

    assertThat(takeAll(node("b"))).isEqualTo((int) LIMIT);
  }

  @Test
  void three_nodes_that_are_hammered_never_record_more_than_the_limit() throws Exception {
    var nodes = List.of(node("a"), node("b"), node("c"));
    var recorded = new AtomicLong();
    var threads = Executors.newFixedThreadPool(6);
    try {
      var all = new ArrayList<Callable<Void>>();
      for (var n = 0; n < 6; n++) {
        var mine = nodes.get(n % 3);
        all.add(
            () -> {
              for (var turn = 0; turn < 60; turn++) {
                var unit = take(mine);
                if (unit.isPresent()) {
                  pending(1);
                  recorded.incrementAndGet();
                  unit.get().recorded();
                }
                nanos.addAndGet(300_000_000L);
              }
              return null;
            });
      }
      for (var done : threads.invokeAll(all)) {
        done.get();
      }
    } finally {
      threads.shutdown();
    }
    assertThat(recorded.get()).isBetween(LIMIT / 2, LIMIT);
  }
}
