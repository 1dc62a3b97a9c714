package dev.retriever.cluster.storage;

import com.typesafe.config.Config;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks at the start of a node that the database keeps what the promises need. */
public final class StorageCheck {
  private static final String OVERRIDE = "retriever.node.db.allow-unsafe";
  private static final Set<String> FENCE = Set.of("persistence_id", "sequence_number");

  /** Without these settings, acknowledged rows may be lost or torn when the machine crashes. */
  private static final List<String> DURABLE =
      List.of("fsync", "synchronous_commit", "full_page_writes");

  private StorageCheck() {}

  /**
   * Checks a database that has its schema.
   *
   * @throws IllegalStateException with the next step, when it must not be used
   */
  public static void of(Storage storage, Config config) {
    try (var connection = storage.connect()) {
      fence(storage, connection);
      if (storage.isPostgres() && !config.getBoolean(OVERRIDE)) {
        durable(storage, connection);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the database " + storage + " cannot be checked: " + e.getMessage(), e);
    }
  }

  /**
   * Two nodes that take each other for dead may write the same origin. The key lets only one of
   * them.
   */
  private static void fence(Storage storage, Connection connection) throws SQLException {
    var key = new TreeSet<String>();
    var schema = connection.getSchema();
    try (var columns = connection.getMetaData().getPrimaryKeys(null, schema, "event_journal")) {
      while (columns.next()) {
        key.add(columns.getString("COLUMN_NAME"));
      }
    }
    if (!key.equals(FENCE)) {
      throw new IllegalStateException(
          "the table event_journal of %s has %s for its primary key instead of (persistence_id, sequence_number), which keeps two nodes from writing the same origin; restore it before you start a node"
              .formatted(storage, key));
    }
  }

  private static void durable(Storage storage, Connection connection) throws SQLException {
    var off = new ArrayList<String>();
    for (var setting : DURABLE) {
      try (var statement = connection.createStatement();
          var rows = statement.executeQuery("SHOW " + setting)) {
        rows.next();
        if (rows.getString(1).equals("off")) {
          off.add(setting + " = off");
        }
      }
    }
    if (!off.isEmpty()) {
      throw new IllegalStateException(
          "the database %s has %s, and may lose what it has acknowledged; set it to on, for the user of the node too, or %s = true (RETRIEVER_DB_ALLOW_UNSAFE) if that may be"
              .formatted(storage, String.join(", ", off), OVERRIDE));
    }
  }
}
