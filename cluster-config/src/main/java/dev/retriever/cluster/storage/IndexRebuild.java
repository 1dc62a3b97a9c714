package dev.retriever.cluster.storage;

import dev.retriever.cluster.index.IndexDeletes;
import dev.retriever.cluster.index.IndexWrite;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.index.IndexRow;
import dev.retriever.origin.index.Rebuilt;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.pekko.serialization.Serialization;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the index anew from the journal, origin by origin. Origins may write meanwhile: a row as of
 * a later journal row stays as it is. None is loaded for it.
 */
public final class IndexRebuild {
  private static final Logger LOG = LoggerFactory.getLogger(IndexRebuild.class);

  private static final String NEXT =
      "SELECT MIN(\"persistence_id\") FROM \"event_journal\" WHERE \"persistence_id\" > ?";

  private static final String PLACES =
      "SELECT \"place\" FROM \"fetch_index\" WHERE \"persistence_id\" = ?";

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
   * @param unread origins that could not be read
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

  private Count one(Connection connection, String id, Optional<Instant> oldest)
      throws SQLException {
    connection.setAutoCommit(false);
    try {
      var count =
          indexed.test(id.substring(0, id.indexOf('|')))
              ? rebuilt(connection, id, oldest)
              : new Count(1, 0, IndexDeletes.ofOrigin(connection, id), 0, 0);
      connection.commit();
      return count;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      // Code of the users may be at fault, or gone.
      LOG.warn("{} cannot be read, and its rows of the index stay as they are", id, e);
      connection.rollback();
      return new Count(0, 0, 0, 0, 1);
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  private Count rebuilt(Connection connection, String id, Optional<Instant> oldest)
      throws SQLException {
    var folded = origins.folded(connection, id);
    if (folded.isEmpty()) {
      LOG.warn("{} has too many rows since its last snapshot to be read for the index", id);
      return new Count(0, 0, 0, 0, 1);
    }
    var rebuilt = Rebuilt.of(folded.get().state(), oldest, row -> row(connection, id, row));
    var write = IndexWrite.of(id, rebuilt.rows());
    write.write(connection);
    var deleted = deleteOthers(connection, id, rebuilt, folded.get());
    return new Count(1, rebuilt.rows().rows().size(), deleted, rebuilt.missing(), 0);
  }

  private Optional<Object> row(Connection connection, String id, long number) {
    try {
      return origins.row(connection, id, number);
    } catch (SQLException e) {
      throw new IllegalStateException("row " + number + " of " + id + " cannot be read", e);
    }
  }

  /** Of fetches that are over, or not yet known to be: a later row of the index stays. */
  private static long deleteOthers(
      Connection connection, String id, Rebuilt rebuilt, StoredOrigins.Folded folded)
      throws SQLException {
    var known = rebuilt.rows().rows().stream().map(IndexRow::place).collect(Collectors.toSet());
    folded.state().settled().values().forEach(fetch -> known.add(fetch.order()));
    var others = new ArrayList<Long>();
    try (var query = connection.prepareStatement(PLACES)) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          if (!known.contains(rows.getLong(1))) {
            others.add(rows.getLong(1));
          }
        }
      }
    }
    var deleted = 0L;
    for (var place : others) {
      deleted += IndexDeletes.stale(connection, id, place, folded.last());
    }
    return deleted;
  }
}
