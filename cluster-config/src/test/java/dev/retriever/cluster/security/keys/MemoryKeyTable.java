package dev.retriever.cluster.security.keys;

import dev.retriever.executor.Tenant;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A table of keys that can be away, as several nodes share it. */
final class MemoryKeyTable implements KeyTable {
  private final Map<String, StoredKey> rows = new TreeMap<>();
  private final Map<String, Long> versions = new HashMap<>();
  final List<Map<String, Instant>> notes = new ArrayList<>();
  private long version;
  boolean away;
  int reads;

  private void answer() throws SQLException {
    if (away) {
      throw new SQLException("away", "08006");
    }
  }

  private int count() {
    return (int) rows.values().stream().filter(key -> !key.isRevoked()).count();
  }

  @Override
  public Read changedAfter(long after) throws SQLException {
    answer();
    var changed = rows.values().stream().filter(key -> versions.get(key.id()) > after).toList();
    reads += changed.size();
    return new Read(version, count(), changed);
  }

  @Override
  public Read standing() throws SQLException {
    answer();
    var all = rows.values().stream().filter(key -> !key.isRevoked()).toList();
    reads += all.size();
    return new Read(version, count(), all);
  }

  @Override
  public boolean add(StoredKey key, int most) throws SQLException {
    answer();
    if (count() >= most) {
      return false;
    }
    rows.put(key.id(), key);
    versions.put(key.id(), ++version);
    return true;
  }

  @Override
  public Optional<StoredKey> revoke(String id, Instant now) throws SQLException {
    answer();
    var key = rows.get(id);
    if (key != null && !key.isRevoked()) {
      var revoked =
          new StoredKey(
              key.key(), key.created(), key.createdBy(), key.lastUsed(), Optional.of(now));
      rows.put(id, revoked);
      versions.put(id, ++version);
    }
    return Optional.ofNullable(rows.get(id));
  }

  /** As an operator may do by hand. */
  void delete(String id) {
    rows.remove(id);
  }

  @Override
  public Optional<StoredKey> find(String id) throws SQLException {
    answer();
    return Optional.ofNullable(rows.get(id));
  }

  @Override
  public List<StoredKey> page(Optional<Tenant> tenant, String after, int limit) {
    return List.copyOf(rows.values());
  }

  @Override
  public void used(Map<String, Instant> hours) throws SQLException {
    answer();
    notes.add(Map.copyOf(hours));
  }

  @Override
  public void forget(Instant before) {}

  @Override
  public void close() {}
}
