package dev.retriever.cluster.storage.door;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.security.audit.AuditRow;
import dev.retriever.cluster.security.audit.AuditRow.Kind;
import dev.retriever.cluster.security.audit.AuditRow.Who;
import dev.retriever.cluster.security.audit.AuditStore;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import dev.retriever.cluster.storage.Connections;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.executor.Tenant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The audit in the database. It has its own connections. */
public final class JdbcAudit implements AuditStore {
  /** It opens so many at most. */
  public static final int CONNECTIONS = 2;

  private static final String COLUMNS =
      """
      "at", "kind", "deed", "tenant", "credential", "caller", "address", "action", "subject",
      "status", "reason", "count", "before", "after"
      """;

  /** Holds the row until the commit, so that later positions are committed later. */
  private static final String TAKE =
      "UPDATE \"audit_last\" SET \"position\" = \"position\" + ? WHERE \"only\" = 1";

  private static final String LAST = "SELECT \"position\" FROM \"audit_last\" WHERE \"only\" = 1";

  private static final String INSERT =
      "INSERT INTO \"audit\" (\"position\", "
          + COLUMNS
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String READ =
      "SELECT a.\"position\", "
          + COLUMNS
          + """
          , (SELECT MAX(e."kind") FROM "audit" e
            WHERE a."kind" = 'asked' AND e."deed" = a."deed" AND e."kind" <> 'asked') AS "end"
          FROM "audit" a WHERE a."position" > ? AND a."at" >= ? %s
          ORDER BY a."position" LIMIT ?
          """;

  private static final String DELETE =
      """
      DELETE FROM "audit" WHERE "position" IN (
        SELECT "position" FROM "audit" WHERE "at" < ? ORDER BY "at" LIMIT ?)
      """;

  private final Connections.Pool source;

  public JdbcAudit(Storage storage) {
    source = storage.connections().pool(Use.AUDIT, CONNECTIONS);
  }

  @Override
  public void add(List<AuditRow> rows) throws SQLException {
    try (var connection = source.get()) {
      Transaction.write(connection, it -> insert(it, last(it, rows.size()) - rows.size(), rows));
    }
  }

  private static long last(Connection connection, int more) throws SQLException {
    try (var take = connection.prepareStatement(TAKE)) {
      take.setInt(1, more);
      take.executeUpdate();
    }
    try (var query = connection.prepareStatement(LAST);
        var rows = query.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException(
            "the table audit_last has no row; insert (1, 0), or the last position");
      }
      return rows.getLong(1);
    }
  }

  private static void insert(Connection connection, long before, List<AuditRow> rows)
      throws SQLException {
    try (var insert = connection.prepareStatement(INSERT)) {
      var position = before;
      for (var row : rows) {
        position++;
        insert.setLong(1, position);
        set(insert, row);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static void set(PreparedStatement insert, AuditRow row) throws SQLException {
    insert.setLong(2, row.at().toEpochMilli());
    insert.setString(3, row.kind().key());
    insert.setString(4, row.deed());
    insert.setString(5, row.who().tenant().name());
    insert.setString(6, row.who().credential());
    insert.setString(7, row.who().caller());
    insert.setString(8, row.who().address());
    insert.setString(9, row.action());
    insert.setString(10, row.subject());
    insert.setInt(11, row.status());
    insert.setString(12, row.reason());
    insert.setLong(13, row.count());
    insert.setString(14, row.before());
    insert.setString(15, row.after());
  }

  @Override
  public List<Stored> read(Query query) throws SQLException {
    var ofTenant = query.tenant().map(it -> "AND a.\"tenant\" = ?").orElse("");
    try (var connection = source.get();
        var select = connection.prepareStatement(READ.formatted(ofTenant))) {
      select.setLong(1, query.after());
      select.setLong(2, query.since().map(Instant::toEpochMilli).orElse(0L));
      if (query.tenant().isPresent()) {
        select.setString(3, query.tenant().get().name());
      }
      select.setInt(query.tenant().isPresent() ? 4 : 3, query.limit());
      var found = new ArrayList<Stored>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          var end = Optional.ofNullable(rows.getString("end")).map(Kind::of);
          found.add(new Stored(rows.getLong("position"), row(rows), end));
        }
      }
      return found;
    }
  }

  private static AuditRow row(ResultSet row) throws SQLException {
    return new AuditRow(
        Instant.ofEpochMilli(row.getLong("at")),
        Kind.of(row.getString("kind")),
        row.getString("deed"),
        new Who(
            new Tenant(row.getString("tenant")),
            row.getString("credential"),
            row.getString("caller"),
            row.getString("address")),
        row.getString("action"),
        row.getString("subject"),
        row.getInt("status"),
        row.getString("reason"),
        row.getLong("count"),
        row.getString("before"),
        row.getString("after"));
  }

  @Override
  public int deleteBefore(Instant time, int limit) throws SQLException {
    try (var connection = source.get();
        var delete = connection.prepareStatement(DELETE)) {
      delete.setLong(1, time.toEpochMilli());
      delete.setInt(2, limit);
      return delete.executeUpdate();
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
