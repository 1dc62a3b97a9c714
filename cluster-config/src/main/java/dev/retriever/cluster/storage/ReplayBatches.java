package dev.retriever.cluster.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Divides the rows that an origin recovers from into batches. All rows of a batch are in memory at
 * once, so their bytes are bounded beside their number.
 *
 * @param rows in one batch at most
 * @param bytes in one batch at most, unless it is a single row
 */
record ReplayBatches(int rows, long bytes) {
  /** So few rows are read without asking for their sizes first. */
  static final int FEW = 8;

  private static final String SIZES =
      """
      SELECT "sequence_number", OCTET_LENGTH("event_payload") FROM "event_journal"
      WHERE "persistence_id" = ? AND "sequence_number" >= ? AND "sequence_number" <= ?
      ORDER BY "sequence_number" LIMIT ?
      """;

  ReplayBatches {
    if (rows < 1) {
      throw new IllegalArgumentException(
          "jdbc-journal.replayBatchSize must be at least 1, but is " + rows);
    }
    if (bytes < 1) {
      throw new IllegalArgumentException(
          "retriever.node.db.replay-bytes must be at least 1, but is " + bytes);
    }
  }

  /** Whether these rows make one batch, whatever their sizes are. */
  boolean areFew(long from, long to) {
    return to - from < Math.min(FEW, rows);
  }

  /**
   * The last row of each of the next batches; empty when there are no rows. There may be more
   * behind them.
   *
   * @param from the first row, inclusive
   * @param to the last row, inclusive
   */
  List<Long> ends(Connection connection, String persistenceId, long from, long to)
      throws SQLException {
    var ends = new ArrayList<Long>();
    try (var query = connection.prepareStatement(SIZES)) {
      query.setString(1, persistenceId);
      query.setLong(2, from);
      query.setLong(3, to);
      query.setInt(4, rows);
      try (var sizes = query.executeQuery()) {
        var sum = 0L;
        var last = 0L;
        while (sizes.next()) {
          var size = sizes.getLong(2);
          if (last > 0 && sum + size > bytes) {
            ends.add(last);
            sum = 0;
          }
          sum += size;
          last = sizes.getLong(1);
        }
        if (last > 0) {
          ends.add(last);
        }
      }
    }
    return List.copyOf(ends);
  }
}
