package dev.retriever.cluster.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.security.audit.AuditRow;
import dev.retriever.cluster.security.audit.AuditRow.Kind;
import dev.retriever.cluster.security.audit.AuditRow.Who;
import dev.retriever.cluster.security.audit.AuditStore;
import dev.retriever.cluster.security.audit.AuditStore.Query;
import dev.retriever.cluster.security.audit.AuditStore.Stored;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.Tenant;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JdbcAuditTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Tenant ACME = new Tenant("acme");

  @TempDir private Path directory;

  private AuditStore store(TestDatabase database) {
    var storage = Storage.from(RunningNode.config(directory, database.settings()));
    storage.migrate();
    return new JdbcAudit(storage);
  }

  private static AuditRow row(Instant at, Kind kind, String deed, Tenant tenant) {
    return new AuditRow(
        at, kind, deed, new Who(tenant, "key", "k", "::1"), "GET /x", "s", 0, "", 1, "b", "a");
  }

  private static List<Stored> all(AuditStore store) throws SQLException {
    return store.read(new Query(Optional.empty(), Optional.empty(), 0, 1000));
  }

  @ParameterizedTest
  @EnumSource
  void rows_are_read_as_they_were_added_with_the_ends_of_deeds(TestDatabase database)
      throws Exception {
    try (var store = store(database)) {
      var asked = row(NOON, Kind.ASKED, "1", ACME);
      var open = row(NOON, Kind.ASKED, "2", ACME);
      var failed = row(NOON.plusMillis(1), Kind.FAILED, "1", ACME);
      store.add(List.of(asked, open));
      store.add(List.of(failed));

      assertThat(all(store))
          .containsExactly(
              new Stored(1, asked, Optional.of(Kind.FAILED)),
              new Stored(2, open, Optional.empty()),
              new Stored(3, failed, Optional.empty()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_page_has_the_rows_of_one_tenant_since_a_time_after_a_position(TestDatabase database)
      throws Exception {
    try (var store = store(database)) {
      for (var i = 0; i < 10; i++) {
        var tenant = i % 2 == 0 ? ACME : Tenant.DEFAULT;
        store.add(List.of(row(NOON.plusSeconds(i), Kind.DENIED, "" + i, tenant)));
      }

      var page = store.read(new Query(Optional.of(ACME), Optional.of(NOON.plusSeconds(4)), 5, 2));

      assertThat(page).extracting(it -> it.row().deed()).containsExactly("6", "8");
    }
  }

  @ParameterizedTest
  @EnumSource
  void rows_that_are_too_old_are_deleted_in_batches(TestDatabase database) throws Exception {
    try (var store = store(database)) {
      store.add(
          IntStream.range(0, 10)
              .mapToObj(i -> row(NOON.plusSeconds(i), Kind.DENIED, "" + i, ACME))
              .toList());

      assertThat(store.deleteBefore(NOON.plusSeconds(5), 3)).isEqualTo(3);
      assertThat(store.deleteBefore(NOON.plusSeconds(5), 3)).isEqualTo(2);
      assertThat(all(store)).extracting(it -> it.row().deed()).startsWith("5").hasSize(5);
      store.deleteBefore(NOON.plusSeconds(100), 100);
      store.add(List.of(row(NOON, Kind.DENIED, "next", ACME)));
      assertThat(all(store)).extracting(Stored::position).containsExactly(11L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void writers_at_the_same_time_get_positions_of_their_own(TestDatabase database) throws Exception {
    try (var store = store(database)) {
      var writers =
          IntStream.range(0, 20)
              .mapToObj(i -> CompletableFuture.runAsync(() -> add(store, i)))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(writers).join();

      assertThat(all(store))
          .extracting(Stored::position)
          .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).mapToObj(i -> (long) i).toList());
    }
  }

  private static void add(AuditStore store, int i) {
    try {
      store.add(List.of(row(NOON, Kind.DENIED, "" + i, ACME)));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
