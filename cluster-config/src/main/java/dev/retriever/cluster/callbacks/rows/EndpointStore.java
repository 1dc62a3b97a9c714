package dev.retriever.cluster.callbacks.rows;

import dev.retriever.origin.callback.EndpointSettings;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The endpoints and callbacks in the database. Each method is one transaction. Thread-safe. */
public interface EndpointStore extends AutoCloseable {
  /** All endpoints; those that were removed, or cannot be read, too. */
  List<StoredEndpoint> all() throws SQLException;

  /** That endpoint; one that was removed, or cannot be read, too. */
  Optional<StoredEndpoint> find(EndpointKey key) throws SQLException;

  /**
   * Stores settings. One that was removed, or never was, begins a new generation. An endpoint that
   * was disabled is enabled. The same settings are no change; those that cannot be read are
   * replaced, in their generation.
   *
   * @param expected the version that it must have, 0 for none that is not removed; empty for any
   * @return empty when it has another version
   */
  Optional<StoredEndpoint> put(EndpointKey key, EndpointSettings settings, Optional<Long> expected)
      throws SQLException;

  /** What became of a removal. */
  enum Removal {
    DONE,
    NO_SUCH_ENDPOINT,
    OTHER_VERSION,
    CALLBACKS_PENDING
  }

  /**
   * Removes an endpoint.
   *
   * @param drop also if callbacks to it are pending; they fail with their next attempts
   * @param expected the version that it must have; empty for any
   */
  Removal remove(EndpointKey key, boolean drop, Optional<Long> expected) throws SQLException;

  /** Disables the endpoint, unless its generation is over, or it is disabled already. */
  void disable(EndpointKey key, long generation, Instant at) throws SQLException;

  /** How many callbacks of that generation are pending and dead. */
  Counts counts(EndpointKey key, long generation) throws SQLException;

  /**
   * How many callbacks are dead, of all endpoints and tenants.
   *
   * @param most that are counted
   */
  long dead(int most) throws SQLException;

  /**
   * How many callbacks to that endpoint are dead, of all its generations.
   *
   * @param most that are counted
   */
  long dead(EndpointKey key, long most) throws SQLException;

  /** Numbers of callbacks. */
  record Counts(long pending, long dead) {}

  /** A place in the list of dead callbacks: that of the last one of a page. */
  record Place(long at, String persistenceId, String fetchId) {}

  /**
   * The dead callbacks of all generations of an endpoint, in the order in which they died.
   *
   * @param after empty for the first page
   */
  List<DeadCallback> dead(EndpointKey key, Optional<Place> after, int limit) throws SQLException;

  @Override
  void close();
}
