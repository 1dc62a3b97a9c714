package dev.retriever.cluster.callbacks.rows;

import dev.retriever.cluster.database.LockOrder;
import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.executor.OriginKey;
import dev.retriever.origin.delivery.CallbackRow;
import dev.retriever.origin.delivery.CallbackRow.State;
import dev.retriever.origin.delivery.CallbackRows;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What journal rows change in the table of callbacks, with the ids of their origins. Immutable.
 *
 * @param rows the last of each callback, sorted, so that two writers take their locks in one order
 */
public record CallbackWrite(List<RowOf> rows) {
  /** Changes nothing. */
  public static final CallbackWrite NONE = new CallbackWrite(List.of());

  /** Memory of a row: its texts and the objects around them. */
  private static final long ROW = 500;

  private static final int LONGEST = 255;

  private static final Comparator<RowOf> BY_KEY =
      Comparator.comparing(RowOf::persistenceId).thenComparing(it -> it.row().fetchId());

  private static final String DELETE =
      """
      DELETE FROM "callback" WHERE "persistence_id" = ? AND "fetch_id" = ?
      """;

  private static final String INSERT =
      """
      INSERT INTO "callback" ("persistence_id", "fetch_id", "tenant", "endpoint", "generation",
        "state", "told", "reason", "status", "at")
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private static final String DELETE_ALL =
      """
      DELETE FROM "callback" c USING unnest(?::text[], ?::text[]) AS g(origin, own)
      WHERE c."persistence_id" = g.origin AND c."fetch_id" = g.own
      """;

  private static final String INSERT_ALL =
      """
      INSERT INTO "callback" ("persistence_id", "fetch_id", "tenant", "endpoint", "generation",
        "state", "told", "reason", "status", "at")
      SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::int[],
        ?::text[], ?::text[], ?::int[], ?::bigint[])
      """;

  /** How a callback of that origin stands. */
  record RowOf(String persistenceId, CallbackRow row) {
    String tenant() {
      return OriginKey.ofOrigin(persistenceId).tenant().name();
    }

    boolean isKept() {
      return row.state() != State.OVER;
    }

    String reason() {
      return row.reason().map(CallbackWrite::shortened).orElse(null);
    }

    String told() {
      return shortened(row.told());
    }
  }

  public CallbackWrite {
    rows = LockOrder.lastOfEach(rows, BY_KEY);
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), LONGEST)).replace('\0', '?');
  }

  /** The changes of that origin. */
  public static CallbackWrite of(String persistenceId, CallbackRows rows) {
    return new CallbackWrite(rows.rows().stream().map(it -> new RowOf(persistenceId, it)).toList());
  }

  /** All as one. */
  public static CallbackWrite together(List<CallbackWrite> writes) {
    return new CallbackWrite(
        writes.stream().map(CallbackWrite::rows).flatMap(Collection::stream).toList());
  }

  /** Whether nothing changes. */
  public boolean isNothing() {
    return rows.isEmpty();
  }

  /** Its approximate memory. */
  public long bytes() {
    return rows.size() * ROW;
  }

  /** Adds it to a message to PostgreSQL. */
  public void addTo(PostgresMessage message) {
    if (isNothing()) {
      return;
    }
    message
        .then(DELETE_ALL)
        .array("text", rows, RowOf::persistenceId)
        .array("text", rows, it -> it.row().fetchId());
    var kept = rows.stream().filter(RowOf::isKept).toList();
    if (!kept.isEmpty()) {
      message
          .then(INSERT_ALL)
          .array("text", kept, RowOf::persistenceId)
          .array("text", kept, it -> it.row().fetchId())
          .array("text", kept, RowOf::tenant)
          .array("text", kept, it -> it.row().endpoint())
          .array("bigint", kept, it -> it.row().generation())
          .array("int", kept, it -> it.row().state().ordinal())
          .array("text", kept, RowOf::told)
          .array("text", kept, RowOf::reason)
          .array("int", kept, it -> it.row().status().orElse(null))
          .array("bigint", kept, it -> it.row().at().toEpochMilli());
    }
  }

  /** A part of the caller's transaction. */
  public void write(Connection connection) throws SQLException {
    if (isNothing()) {
      return;
    }
    try (var delete = connection.prepareStatement(DELETE)) {
      for (var row : rows) {
        delete.setString(1, row.persistenceId());
        delete.setString(2, row.row().fetchId());
        delete.addBatch();
      }
      delete.executeBatch();
    }
    try (var insert = connection.prepareStatement(INSERT)) {
      for (var it : rows.stream().filter(RowOf::isKept).toList()) {
        var row = it.row();
        insert.setString(1, it.persistenceId());
        insert.setString(2, row.fetchId());
        insert.setString(3, it.tenant());
        insert.setString(4, row.endpoint());
        insert.setLong(5, row.generation());
        insert.setInt(6, row.state().ordinal());
        insert.setString(7, it.told());
        insert.setString(8, it.reason());
        if (row.status().isPresent()) {
          insert.setInt(9, row.status().get());
        } else {
          insert.setNull(9, Types.INTEGER);
        }
        insert.setLong(10, row.at().toEpochMilli());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
