package dev.retriever.cluster.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.storage.IndexReads;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.index.IndexRows;
import dev.retriever.origin.index.ScheduleRow;
import dev.retriever.origin.schedules.ScheduleView.State;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists of schedules whose rows were written before, in real databases. */
@ParameterizedClass
@EnumSource
class ScheduleSearchTest {
  private static final Instant NOON = Instant.parse("2030-01-01T12:00:00Z");
  private static final Caller ALL = caller("default", "*");

  @TempDir private Path directory;
  @Parameter private TestDatabase database;
  private Storage storage;
  private IndexReads reads;

  @BeforeEach
  void some_schedules() throws SQLException {
    storage = Storage.from(RunningNode.config(directory, database.settings()));
    storage.migrate();
    reads = new IndexReads(storage, Runnable::run);
    write("http|b", row("y", State.ACTIVE, 30), row("x", State.ACTIVE, 60));
    write("http|B", row("z", State.ACTIVE, 30));
    write("http|a", row("p", State.PAUSED, 10), row("e", State.ENDED, -1));
    write("http|order-1", row("o", State.ACTIVE, 20));
    write("http|acme/order-1", row("theirs", State.ACTIVE, 5));
    write("checkout|a", row("library", State.ACTIVE, 5));
  }

  @AfterEach
  void close() {
    reads.close();
  }

  private static Caller caller(String tenant, String origins) {
    return new Caller(
        Caller.Method.KEY, "k", new Tenant(tenant), Role.ALL, new OriginPattern(origins));
  }

  private static ScheduleRow row(String id, State state, int seconds) {
    var next = seconds < 0 ? Optional.<Instant>empty() : Optional.of(NOON.plusSeconds(seconds));
    return new ScheduleRow(
        id,
        Optional.of(
            new ScheduleRow.Standing(
                1, state, next, "PT1H", Optional.empty(), "GET", "a.example")));
  }

  private void write(String persistenceId, ScheduleRow... rows) throws SQLException {
    try (var connection = storage.connect()) {
      connection.setAutoCommit(false);
      IndexWrite.of(persistenceId, new IndexRows(List.of(), List.of(rows))).write(connection);
      connection.commit();
    }
  }

  /** All pages of that size, one after the other. */
  private List<String> listed(Caller caller, int limit, Map<String, String> terms) {
    var query = ScheduleQuery.read(terms);
    var search = new ScheduleSearch(reads);
    var all = new ArrayList<String>();
    var from = Optional.<ScheduleQuery.Key>empty();
    do {
      var page =
          search
              .page(caller, query, from, limit)
              .toCompletableFuture()
              .orTimeout(60, TimeUnit.SECONDS)
              .join();
      page.items().forEach(it -> all.add(SearchScope.originId(it.persistenceId()) + it.id()));
      from =
          page.isLast()
              ? Optional.empty()
              : Optional.of(page.items().get(page.items().size() - 1).key());
    } while (from.isPresent() && all.size() < 20);
    return all;
  }

  @Test
  void they_are_listed_by_the_bytes_of_origin_and_id_in_pages_of_any_size() {
    for (var limit : List.of(1, 2, 3, 5, 6, 500)) {
      assertThat(listed(ALL, limit, Map.of()))
          .as("pages of %d", limit)
          .containsExactly("Bz", "ae", "ap", "bx", "by", "order-1o");
    }
  }

  @Test
  void active_ones_are_listed_by_time_and_then_by_origin_in_pages_of_any_size() {
    for (var limit : List.of(1, 2, 3, 4, 500)) {
      assertThat(listed(ALL, limit, Map.of("order", "next")))
          .as("pages of %d", limit)
          .containsExactly("order-1o", "Bz", "by", "bx");
    }
  }

  @Test
  void they_are_listed_by_state_and_origin() {
    assertThat(listed(ALL, 1, Map.of("state", "paused"))).containsExactly("ap");
    assertThat(listed(ALL, 1, Map.of("state", "ended"))).containsExactly("ae");
    assertThat(listed(ALL, 1, Map.of("origin", "b"))).containsExactly("bx", "by");
    assertThat(listed(ALL, 1, Map.of("origin", "b", "order", "next"))).containsExactly("by", "bx");
  }

  @Test
  void a_caller_is_shown_its_tenant_and_its_origins_alone() {
    assertThat(listed(caller("acme", "*"), 1, Map.of())).containsExactly("order-1theirs");
    assertThat(listed(caller("acme", "*"), 1, Map.of("order", "next")))
        .containsExactly("order-1theirs");
    assertThat(listed(caller("default", "order-*"), 1, Map.of())).containsExactly("order-1o");
    assertThat(listed(caller("default", "order-*"), 1, Map.of("origin", "b"))).isEmpty();
    assertThat(listed(caller("other", "*"), 1, Map.of())).isEmpty();
  }
}
