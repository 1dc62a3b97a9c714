package dev.retriever.cluster.storage;

import dev.retriever.cluster.storage.Tombstones.Tombstone;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets origins of which nothing is needed any more: one small row stands for each then, and is
 * deleted much later. Of those of which the users' state is needed, that is saved, and all rows
 * before are deleted. None is loaded for it. The journal itself says which to look at: the highest
 * row of an origin becomes older than the age once, and a later write makes another row that does.
 * Several nodes may run it at once.
 *
 * <p>Rows younger than the age stay. A writer that was paused and replaced has lost its licence
 * long before its next row number is free again.
 *
 * @param age of the highest row of an origin that may be forgotten; at least {@link #LEAST_AGE}
 * @param remembered age of the row that stands for a forgotten origin when it is deleted
 */
record Forgetting(
    Storage storage,
    StoredOrigins origins,
    Tombstones tombstones,
    Duration age,
    Duration remembered) {
  /** Twice the time after which a writer has lost its licence for certain. */
  static final Duration LEAST_AGE = JournalWriter.LIMIT.multipliedBy(2);

  private static final Logger LOG = LoggerFactory.getLogger(Forgetting.class);

  /** Rows that are looked at together, and origins of one transaction. */
  private static final int PAGE = 1_000;

  private static final int TOGETHER = 200;

  private static final String ROWS =
      """
      SELECT "ordering", "persistence_id", "sequence_number", "write_timestamp",
        "event_ser_id", "event_ser_manifest"
      FROM "event_journal" WHERE "ordering" > ? ORDER BY "ordering" LIMIT ?
      """;

  Forgetting {
    if (age.compareTo(LEAST_AGE) < 0) {
      throw new IllegalArgumentException(
          "origins are forgotten after %s at least, but retriever.origin.retention and retriever.node.purge.margin are %s together"
              .formatted(LEAST_AGE, age));
    }
  }

  /**
   * Rows in the order in which they were written, up to the first young one. Those of forgotten
   * origins count as old: they are no candidates.
   *
   * @param last the ordering of the last one; that before them if there are none
   * @param old that of the last one that is old; a young row may still be committed before others
   * @param highest by origin, sorted
   * @param gone rows to be deleted that stand for forgotten origins, by origin, sorted
   * @param ended whether younger rows follow, or none
   */
  private record Page(
      long last, long old, Map<String, Long> highest, Map<String, Long> gone, boolean ended) {}

  /**
   * Looks at all rows that have become old enough since the last run.
   *
   * @param whole whether to begin at the first row
   * @param stopped asked between origins; the next run goes on
   * @param deleted called after each transaction
   */
  void run(Instant now, boolean whole, BooleanSupplier stopped, Consumer<Purge.Count> deleted)
      throws SQLException {
    try (var connection = storage.connect()) {
      var mark = whole ? PurgeMark.first(now) : PurgeMark.read(connection, now);
      var after = mark.ordering();
      var ended = false;
      while (!ended && !stopped.getAsBoolean()) {
        var page = page(connection, after, now);
        forget(connection, found(connection, page, now, stopped), now, deleted);
        inParts(
            connection,
            List.copyOf(page.gone().entrySet()),
            part -> tombstones.delete(connection, part),
            deleted);
        if (!stopped.getAsBoolean()) {
          mark = mark.at(Math.max(mark.ordering(), page.old()));
          mark.write(connection);
        }
        after = page.last();
        ended = page.ended();
      }
    }
  }

  private Page page(Connection connection, long after, Instant now) throws SQLException {
    var before = now.minus(age).toEpochMilli();
    var forgottenBefore = now.minus(remembered).toEpochMilli();
    var highest = new TreeMap<String, Long>();
    var gone = new TreeMap<String, Long>();
    var forgotten = tombstones.form();
    var last = after;
    var old = 0L;
    var count = 0;
    try (var query = connection.prepareStatement(ROWS)) {
      query.setLong(1, after);
      query.setInt(2, PAGE);
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          var isForgotten = forgotten.isThatOf(rows.getInt(5), rows.getString(6));
          if (!isForgotten && rows.getLong(4) >= before) {
            break;
          }
          count++;
          last = rows.getLong(1);
          old = rows.getLong(4) < before ? last : old;
          var id = rows.getString(2);
          gone.remove(id);
          if (isForgotten) {
            highest.remove(id);
            if (rows.getLong(4) < forgottenBefore) {
              gone.put(id, rows.getLong(3));
            }
          } else if (origins.knows(id)) {
            highest.merge(id, rows.getLong(3), Math::max);
          }
        }
      }
    }
    return new Page(last, old, highest, gone, count < PAGE);
  }

  private List<Tombstone> found(
      Connection connection, Page page, Instant now, BooleanSupplier stopped) throws SQLException {
    var found = new ArrayList<Tombstone>();
    for (var origin : page.highest().entrySet()) {
      if (stopped.getAsBoolean()) {
        break;
      }
      try {
        origins
            .remains(connection, origin.getKey(), origin.getValue(), now)
            .ifPresent(it -> found.add(new Tombstone(origin.getKey(), origin.getValue() + 1, it)));
      } catch (RuntimeException | LinkageError | StackOverflowError e) {
        // Code of the users may be at fault, or gone.
        LOG.warn("{} cannot be read and is not forgotten", origin.getKey(), e);
      }
    }
    return found;
  }

  private void forget(
      Connection connection, List<Tombstone> all, Instant now, Consumer<Purge.Count> deleted)
      throws SQLException {
    inParts(connection, all, part -> tombstones.write(connection, part, now), deleted);
  }

  /** What is done with some origins in one transaction. */
  private interface Together<T> {
    Purge.Count on(List<T> part) throws SQLException;
  }

  private static <T> void inParts(
      Connection connection, List<T> all, Together<T> work, Consumer<Purge.Count> deleted)
      throws SQLException {
    for (var from = 0; from < all.size(); from += TOGETHER) {
      var part = all.subList(from, Math.min(all.size(), from + TOGETHER));
      try {
        deleted.accept(work.on(part));
      } catch (SQLException e) {
        oneByOne(connection, part, work, deleted);
      }
    }
  }

  /** One that writes now refuses all of its transaction. It is left alone. */
  private static <T> void oneByOne(
      Connection connection, List<T> part, Together<T> work, Consumer<Purge.Count> deleted)
      throws SQLException {
    for (var origin : part) {
      try {
        deleted.accept(work.on(List.of(origin)));
      } catch (SQLException e) {
        if (!connection.isValid(1)) {
          throw e;
        }
        LOG.debug("{} is left as it is for now", origin, e);
      }
    }
  }
}
