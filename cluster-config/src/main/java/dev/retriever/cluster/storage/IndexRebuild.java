package dev.retriever.cluster.storage;

import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.cluster.storage.StoredOrigins.Folded;
import dev.retriever.executor.OriginKey;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.index.Rebuilt;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.pekko.serialization.Serialization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the index of fetches and schedules anew from the journal, origin by origin. Origins may
 * write meanwhile: a row as of a later journal row stays as it is. None is loaded for it.
 */
public final class IndexRebuild {
  private static final Logger LOG = LoggerFactory.getLogger(IndexRebuild.class);

  /** Rows of fetches that a transaction writes or deletes, at most. */
  private static final int PART = 200;

  private static final String NEXT =
      "SELECT MIN(\"persistence_id\") FROM \"event_journal\" WHERE \"persistence_id\" > ?";

  private static final String PLACES =
      "SELECT \"place\" FROM \"fetch_index\" WHERE \"persistence_id\" = ?";

  private static final String SCHEDULES =
      "SELECT \"schedule_id\" FROM \"schedule\" WHERE \"persistence_id\" = ?";

  /** An origin that writes meanwhile is read again, so often. */
  private static final int TRIES = 5;

  private final Storage storage;
  private final StoredOrigins origins;
  private final Predicate<String> indexed;

  /**
   * @param types by name; origins of others are left alone
   * @param indexed the names of types that are in the index; rows of others are deleted
   */
  public IndexRebuild(
      Storage storage,
      Supplier<Map<String, OriginHost<?>>> types,
      Serialization serialization,
      Predicate<String> indexed) {
    this.storage = storage;
    this.origins = new StoredOrigins(types, serialization);
    this.indexed = indexed;
  }

  /**
   * What was done.
   *
   * @param origins that were read
   * @param rows that follow from them
   * @param deleted rows that no longer did
   * @param missing fetches whose acceptance is no longer in the journal
   * @param unread origins that could not be read, or whose rows were in use
   */
  public record Count(long origins, long rows, long deleted, long missing, long unread) {
    public static final Count NONE = new Count(0, 0, 0, 0, 0);

    public Count plus(Count other) {
      return new Count(
          origins + other.origins,
          rows + other.rows,
          deleted + other.deleted,
          missing + other.missing,
          unread + other.unread);
    }
  }

  /**
   * Goes through all origins, on one connection of its own.
   *
   * @param oldest fetches that settled then or before are left out; empty for none
   * @param stopped asked between origins
   * @param done called after each origin
   */
  public void run(Optional<Instant> oldest, BooleanSupplier stopped, Consumer<Count> done)
      throws SQLException {
    try (var connection = storage.connect()) {
      var id = next(connection, "");
      while (id.isPresent() && !stopped.getAsBoolean()) {
        if (origins.knows(id.get())) {
          done.accept(one(connection, id.get(), oldest));
        }
        id = next(connection, id.get());
      }
    }
  }

  private static Optional<String> next(Connection connection, String after) throws SQLException {
    try (var query = connection.prepareStatement(NEXT)) {
      query.setString(1, after);
      try (var row = query.executeQuery()) {
        row.next();
        return Optional.ofNullable(row.getString(1));
      }
    }
  }

  /**
   * Writers of the origin wait for its rows: no transaction has many of those of fetches, and its
   * schedules are no more than one origin may have.
   */
  private Count one(Connection connection, String id, Optional<Instant> oldest)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      return indexed.test(OriginKey.ofOrigin(id).type())
          ? rebuilt(connection, id, oldest)
          : new Count(1, 0, deleteAll(connection, id) + noSchedules(connection, id), 0, 0);
    } catch (SQLException | RuntimeException | LinkageError | StackOverflowError e) {
      // The rows may be in use, or code of the users at fault, or gone.
      LOG.warn("{} cannot be read, and its other rows of the index stay as they are", id, e);
      connection.rollback();
      return new Count(0, 0, 0, 0, 1);
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private Count rebuilt(Connection connection, String id, Optional<Instant> oldest)
      throws SQLException {
    var folded = origins.folded(connection, id);
    if (folded.isEmpty()) {
      LOG.warn("{} has too many rows since its last snapshot to be read for the index", id);
      connection.rollback();
      return new Count(0, 0, 0, 0, 1);
    }
    var state = folded.get().state();
    var count = new Count(1, 0, 0, 0, 0);
    var parts = Rebuilt.parts(state, oldest, PART, row -> row(connection, id, row)).iterator();
    while (parts.hasNext()) {
      var part = parts.next();
      IndexWrite.of(id, part.rows()).repair(connection);
      connection.commit();
      count = count.plus(new Count(0, part.rows().rows().size(), 0, part.missing(), 0));
    }
    // Of fetches that are over, or not yet known to be: a later row of the index stays.
    var others = places(connection, id);
    others.removeAll(Rebuilt.places(state));
    var deleted = delete(connection, id, others, folded.get().last());
    return count.plus(new Count(0, 0, deleted, 0, 0)).plus(schedules(connection, id, folded.get()));
  }

  /**
   * Writes the rows of its schedules, all in one transaction. A writer may change one meanwhile. It
   * waits for the rows that are written here, or has journaled before they are committed: then they
   * are taken back, and made of its state.
   */
  private Count schedules(Connection connection, String id, Folded first) throws SQLException {
    if (first.state().schedules().isEmpty() && scheduleIds(connection, id).isEmpty()) {
      return Count.NONE;
    }
    for (var n = 0; n < TRIES; n++) {
      var folded = origins.folded(connection, id);
      if (folded.isEmpty()) {
        connection.rollback();
        return Count.NONE;
      }
      var written = schedulesOf(connection, id, folded.get());
      if (StoredOrigins.last(connection, id) == folded.get().last()) {
        connection.commit();
        return written;
      }
      connection.rollback();
    }
    LOG.warn("{} writes all the time, and the rows of its schedules stay as they are", id);
    return new Count(0, 0, 0, 0, 1);
  }

  private static Count schedulesOf(Connection connection, String id, Folded folded)
      throws SQLException {
    var gone = scheduleIds(connection, id);
    IndexWrite.of(id, Rebuilt.schedules(folded.state(), gone)).write(connection);
    gone.removeAll(scheduleIds(connection, id));
    return new Count(0, folded.state().schedules().size(), gone.size(), 0, 0);
  }

  private static long noSchedules(Connection connection, String id) throws SQLException {
    var all = scheduleIds(connection, id);
    IndexDeletes.schedulesOf(connection, id);
    connection.commit();
    return all.size();
  }

  private static SortedSet<String> scheduleIds(Connection connection, String id)
      throws SQLException {
    var ids = new TreeSet<String>();
    try (var query = connection.prepareStatement(SCHEDULES)) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getString(1));
        }
      }
    }
    return ids;
  }

  private Optional<Object> row(Connection connection, String id, long number) {
    try {
      return origins.locked(connection, id, number);
    } catch (SQLException e) {
      throw new IllegalStateException("row " + number + " of " + id + " cannot be read", e);
    }
  }

  private static SortedSet<Long> places(Connection connection, String id) throws SQLException {
    var places = new TreeSet<Long>();
    try (var query = connection.prepareStatement(PLACES)) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          places.add(rows.getLong(1));
        }
      }
    }
    return places;
  }

  private static long deleteAll(Connection connection, String id) throws SQLException {
    return delete(connection, id, places(connection, id), Long.MAX_VALUE);
  }

  /** Those rows of the index, unless a later journal row has changed them. */
  private static long delete(Connection connection, String id, Set<Long> places, long last)
      throws SQLException {
    var deleted = 0L;
    var open = 0;
    for (var place : places) {
      deleted += IndexDeletes.stale(connection, id, place, last);
      if (++open == PART) {
        connection.commit();
        open = 0;
      }
    }
    connection.commit();
    return deleted;
  }
}
