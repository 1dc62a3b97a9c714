package dev.retriever.cluster.storage;

import dev.retriever.cluster.RunningNode;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;

/** Journals rows of one origin, one commit after the other. A process of its own, to be killed. */
final class Committing {
  private final Connection connection;
  private final String origin;
  private final Random random = new Random();
  private long row;

  Committing(Connection connection, String origin) throws SQLException {
    this.connection = connection;
    this.origin = origin;
    this.row = last(connection, origin);
    connection.setAutoCommit(false);
  }

  /** Prints the origin and its last row whenever that is acknowledged. */
  public static void main(String[] args) throws SQLException {
    var storage = Storage.from(RunningNode.config(Path.of(args[0])));
    storage.migrate();
    for (var origin : args[1].split(",")) {
      var committing = new Committing(storage.connect(), origin);
      new Thread(committing::forever).start();
    }
  }

  private void forever() {
    // Not System.out, whose buffer would be lost with the process.
    var out = new FileOutputStream(FileDescriptor.out);
    try {
      while (true) {
        try {
          commit(1 + random.nextInt(4));
          out.write((origin + " " + row + "\n").getBytes(StandardCharsets.UTF_8));
          if (random.nextInt(200) == 0) {
            deleteBefore(row - 500);
          }
        } catch (BatchUpdateException e) {
          // H2 may hand out again numbers of "ordering" that it handed out just before the kill.
          connection.rollback();
          row = last(connection, origin);
        }
      }
    } catch (SQLException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void commit(int rows) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            INSERT INTO "event_journal" ("persistence_id", "sequence_number", "writer",
              "write_timestamp", "adapter_manifest", "event_payload", "event_ser_id",
              "event_ser_manifest") VALUES (?, ?, 'w', 0, '', ?, 0, '')
            """)) {
      for (var i = 1; i <= rows; i++) {
        var payload = new byte[random.nextInt(20) == 0 ? 20_000 : 600];
        random.nextBytes(payload);
        insert.setString(1, origin);
        insert.setLong(2, row + i);
        insert.setBytes(3, payload);
        insert.addBatch();
      }
      insert.executeBatch();
      connection.commit();
      row += rows;
    }
  }

  private void deleteBefore(long number) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            """
            DELETE FROM "event_journal" WHERE "persistence_id" = ? AND "sequence_number" < ?
            """)) {
      delete.setString(1, origin);
      delete.setLong(2, number);
      delete.executeUpdate();
      connection.commit();
    }
  }

  /** The highest row, when those below it are all there, down to what was deleted. */
  static long last(Connection connection, String origin) throws SQLException {
    try (var query =
        connection.prepareStatement(
            """
            SELECT COUNT(*), MIN("sequence_number"), MAX("sequence_number"),
              SUM(LENGTH("event_payload")) FROM "event_journal" WHERE "persistence_id" = ?
            """)) {
      query.setString(1, origin);
      try (var found = query.executeQuery()) {
        found.next();
        if (found.getLong(1) > 0 && found.getLong(1) != found.getLong(3) - found.getLong(2) + 1) {
          throw new IllegalStateException("rows of " + origin + " are missing");
        }
        return found.getLong(3);
      }
    }
  }
}
