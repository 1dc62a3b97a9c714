package dev.retriever.cluster.storage;

import dev.retriever.cluster.callbacks.rows.DeadCallback;
import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.callbacks.rows.EndpointTable;
import dev.retriever.cluster.callbacks.rows.StoredEndpoint;
import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.origin.callback.EndpointSettings;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The endpoints in the database. It has its own connections. */
public final class JdbcEndpoints implements EndpointStore {
  /** It opens so many at most. */
  public static final int CONNECTIONS = 1;

  private static final Place FIRST = new Place(Long.MIN_VALUE, "", "");

  private final Connections.Pool source;

  public JdbcEndpoints(Storage storage) {
    source = storage.connections().pool(Use.WAKE_UP, CONNECTIONS);
  }

  private <T> T call(Transaction.Work<T> work) throws SQLException {
    try (var connection = source.get()) {
      return Transaction.run(connection, work);
    }
  }

  @Override
  public List<StoredEndpoint> all() throws SQLException {
    return call(EndpointTable::all);
  }

  @Override
  public Optional<StoredEndpoint> find(EndpointKey key) throws SQLException {
    return call(connection -> EndpointTable.find(connection, key));
  }

  @Override
  public Optional<StoredEndpoint> put(
      EndpointKey key, EndpointSettings settings, Optional<Long> expected) throws SQLException {
    return call(
        connection -> {
          var before = EndpointTable.lock(connection, key);
          var version =
              before.filter(it -> !it.isRemoved()).map(StoredEndpoint::version).orElse(0L);
          if (expected.filter(it -> !it.equals(version)).isPresent()) {
            return Optional.empty();
          }
          if (before.filter(it -> isSame(it, settings)).isPresent()) {
            return before;
          }
          var changed = changed(key, before, settings);
          if (before.isPresent()) {
            EndpointTable.update(connection, changed);
          } else {
            EndpointTable.insert(connection, changed);
          }
          return Optional.of(changed);
        });
  }

  private static boolean isSame(StoredEndpoint before, EndpointSettings settings) {
    return before.settings().equals(Optional.of(settings)) && before.disabledAt().isEmpty();
  }

  private static StoredEndpoint changed(
      EndpointKey key, Optional<StoredEndpoint> before, EndpointSettings settings) {
    var generation = before.map(StoredEndpoint::generation).orElse(0L);
    var goesOn = before.filter(it -> !it.isRemoved()).isPresent();
    return new StoredEndpoint(
        key,
        goesOn ? generation : generation + 1,
        before.map(StoredEndpoint::version).orElse(0L) + 1,
        Optional.of(settings),
        Optional.empty(),
        true);
  }

  @Override
  public Removal remove(EndpointKey key, boolean drop, Optional<Long> expected)
      throws SQLException {
    return call(
        connection -> {
          var before = EndpointTable.lock(connection, key).filter(it -> !it.isRemoved());
          if (before.isEmpty()) {
            return Removal.NO_SUCH_ENDPOINT;
          }
          var it = before.get();
          if (expected.filter(version -> version != it.version()).isPresent()) {
            return Removal.OTHER_VERSION;
          }
          var counts = EndpointTable.counts(connection, key, it.generation());
          if (!drop && counts.pending() > 0) {
            return Removal.CALLBACKS_PENDING;
          }
          EndpointTable.update(
              connection,
              new StoredEndpoint(
                  key,
                  it.generation(),
                  it.version() + 1,
                  Optional.empty(),
                  Optional.empty(),
                  true));
          return Removal.DONE;
        });
  }

  @Override
  public void disable(EndpointKey key, long generation, Instant at) throws SQLException {
    call(
        connection -> {
          var it = EndpointTable.lock(connection, key);
          if (it.filter(is -> is.generation() == generation && isEnabled(is)).isPresent()) {
            EndpointTable.update(
                connection,
                new StoredEndpoint(
                    key,
                    generation,
                    it.get().version() + 1,
                    it.get().settings(),
                    Optional.of(at),
                    true));
          }
          return it;
        });
  }

  private static boolean isEnabled(StoredEndpoint endpoint) {
    return endpoint.settings().isPresent() && endpoint.disabledAt().isEmpty();
  }

  @Override
  public Counts counts(EndpointKey key, long generation) throws SQLException {
    return call(connection -> EndpointTable.counts(connection, key, generation));
  }

  @Override
  public long dead(int most) throws SQLException {
    return call(connection -> EndpointTable.dead(connection, most));
  }

  @Override
  public long dead(EndpointKey key, long most) throws SQLException {
    return call(connection -> EndpointTable.dead(connection, key, most));
  }

  @Override
  public List<DeadCallback> dead(EndpointKey key, Optional<Place> after, int limit)
      throws SQLException {
    return call(connection -> EndpointTable.dead(connection, key, after.orElse(FIRST), limit));
  }

  @Override
  public void close() {
    source.close();
  }
}
