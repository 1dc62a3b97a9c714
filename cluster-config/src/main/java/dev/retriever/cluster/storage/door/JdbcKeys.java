package dev.retriever.cluster.storage.door;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.security.keys.KeyTable;
import dev.retriever.cluster.security.keys.StoredKey;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.cluster.storage.Connections;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.Tenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys in the database. Opens connections when it is first used. */
public final class JdbcKeys implements KeyTable {
  /** It opens so many at most. */
  public static final int CONNECTIONS = 2;

  private final Storage storage;
  private Connections.Pool source;
  private boolean closed;

  public JdbcKeys(Storage storage) {
    this.storage = storage;
  }

  private interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private <T> T read(Work<T> work) throws SQLException {
    try (var connection = pool().get()) {
      return work.with(connection);
    }
  }

  /** In one transaction. */
  private <T> T write(Transaction.Work<T> work) throws SQLException {
    try (var connection = pool().get()) {
      return Transaction.run(connection, work);
    }
  }

  private synchronized Connections.Pool pool() throws SQLException {
    if (closed) {
      throw new SQLException("the node stops");
    }
    if (source == null) {
      source = storage.connections().pool(Use.DOOR, CONNECTIONS);
    }
    return source;
  }

  @Override
  public Read changedAfter(long version) throws SQLException {
    return read(connection -> ApiKeyTable.changedAfter(connection, version));
  }

  @Override
  public Read standing() throws SQLException {
    return read(ApiKeyTable::standing);
  }

  @Override
  public boolean add(StoredKey key, int most) throws SQLException {
    return write(
        connection -> {
          var version = ApiKeyTable.nextVersion(connection);
          var room = ApiKeyTable.state(connection).standing() < most;
          if (room) {
            ApiKeyTable.insert(connection, key, version);
          }
          return room;
        });
  }

  @Override
  public Optional<StoredKey> revoke(String id, Instant now) throws SQLException {
    return write(
        connection -> {
          ApiKeyTable.revoke(connection, id, now, ApiKeyTable.nextVersion(connection));
          return ApiKeyTable.find(connection, id);
        });
  }

  @Override
  public Optional<StoredKey> find(String id) throws SQLException {
    return read(connection -> ApiKeyTable.find(connection, id));
  }

  @Override
  public List<StoredKey> page(Optional<Tenant> tenant, String after, int limit)
      throws SQLException {
    return read(connection -> ApiKeyTable.page(connection, tenant, after, limit));
  }

  @Override
  public void used(Map<String, Instant> hours) throws SQLException {
    write(
        connection -> {
          ApiKeyTable.used(connection, hours);
          return hours;
        });
  }

  @Override
  public void forget(Instant before) throws SQLException {
    write(connection -> ApiKeyTable.forget(connection, before));
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (source != null) {
      source.close();
    }
  }
}
