package dev.retriever.cluster.security.keys;

import dev.retriever.executor.Tenant;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys in the database. Each change gets a version that is larger than those of all changes
 * before it. All methods block, for as long as the limits of connections allow. Thread-safe.
 */
public interface KeyTable extends AutoCloseable {
  /**
   * Keys that were read.
   *
   * @param version of the last change that they surely hold
   * @param standing how many keys of the table are not revoked
   */
  record Read(long version, int standing, List<StoredKey> keys) {}

  /** The keys that were changed after that version, revoked ones too. */
  Read changedAfter(long version) throws SQLException;

  /** All keys that are not revoked. */
  Read standing() throws SQLException;

  /**
   * Adds a key.
   *
   * @return false if there are as many already that are not revoked
   */
  boolean add(StoredKey key, int most) throws SQLException;

  /**
   * Revokes a key. A key that was revoked before stays as it is.
   *
   * @return the key after that; empty if there is none
   */
  Optional<StoredKey> revoke(String id, Instant now) throws SQLException;

  Optional<StoredKey> find(String id) throws SQLException;

  /**
   * A page of all keys, in the order of their ids.
   *
   * @param tenant whose keys; empty for those of all tenants
   * @param after the id that the page begins after; may be empty
   */
  List<StoredKey> page(Optional<Tenant> tenant, String after, int limit) throws SQLException;

  /** Notes when keys were used last, by their ids. It is no change of the keys. */
  void used(Map<String, Instant> hours) throws SQLException;

  /** Deletes the keys that were revoked or have expired before that time. */
  void forget(Instant before) throws SQLException;

  @Override
  void close();
}
