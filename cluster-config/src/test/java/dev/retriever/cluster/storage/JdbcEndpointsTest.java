package dev.retriever.cluster.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.TestDatabase;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.callbacks.rows.EndpointStore.Removal;
import dev.retriever.cluster.callbacks.rows.StoredEndpoint;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.EndpointSettings;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdbcEndpointsTest {
  private static final EndpointKey KEY = new EndpointKey("default", "orders");

  @TempDir private Path directory;

  private Storage storage() {
    var storage = Storage.from(RunningNode.config(directory, TestDatabase.H2.settings()));
    storage.migrate();
    return storage;
  }

  private static EndpointSettings settings(String url) {
    return new EndpointSettings(
        url,
        List.of("cb-1"),
        Algorithm.V1A,
        EndpointSettings.EVENTS,
        Payload.THIN,
        EndpointSettings.SCHEDULE,
        EndpointSettings.TIMEOUT,
        List.of(),
        Optional.empty());
  }

  private static void writtenByOtherCode(Storage storage) throws SQLException {
    try (var pool = storage.connections().pool(Use.WAKE_UP, 1);
        var connection = pool.get();
        var update =
            connection.prepareStatement(
                "UPDATE \"callback_endpoint\" SET \"settings\" = '{\"url\": 7}'")) {
      assertThat(update.executeUpdate()).isEqualTo(1);
      if (!connection.getAutoCommit()) {
        connection.commit();
      }
    }
  }

  @Test
  void settings_that_cannot_be_read_are_replaced_in_their_generation() throws SQLException {
    var storage = storage();
    try (var store = new JdbcEndpoints(storage)) {
      store.put(KEY, settings("https://a.example/"), Optional.of(0L));
      writtenByOtherCode(storage);

      assertThat(store.all()).extracting(StoredEndpoint::isReadable).containsExactly(false);
      assertThat(store.find(KEY).orElseThrow().isReadable()).isFalse();
      assertThat(store.find(KEY).orElseThrow().isRemoved()).isFalse();
      assertThat(store.put(KEY, settings("https://b.example/"), Optional.of(0L))).isEmpty();
      assertThat(store.put(KEY, settings("https://b.example/"), Optional.of(1L)))
          .contains(
              new StoredEndpoint(
                  KEY, 1, 2, Optional.of(settings("https://b.example/")), Optional.empty(), true));
      assertThat(store.all()).hasSize(1);
    }
  }

  @Test
  void one_that_cannot_be_read_is_removed_in_the_version_that_was_expected() throws SQLException {
    var storage = storage();
    try (var store = new JdbcEndpoints(storage)) {
      store.put(KEY, settings("https://a.example/"), Optional.empty());
      writtenByOtherCode(storage);

      assertThat(store.remove(KEY, false, Optional.of(2L))).isEqualTo(Removal.OTHER_VERSION);
      assertThat(store.remove(KEY, false, Optional.of(1L))).isEqualTo(Removal.DONE);
      assertThat(store.remove(KEY, false, Optional.of(2L))).isEqualTo(Removal.NO_SUCH_ENDPOINT);
      assertThat(store.put(KEY, settings("https://a.example/"), Optional.of(0L)))
          .get()
          .extracting(StoredEndpoint::generation, StoredEndpoint::version)
          .containsExactly(2L, 3L);
    }
  }
}
