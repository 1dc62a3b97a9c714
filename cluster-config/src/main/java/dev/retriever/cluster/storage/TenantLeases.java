package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.Transaction;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/**
 * What tenants use, and the pending fetches that nodes may still accept for them. It has a
 * connection of its own. Thread-safe; its callers wait.
 */
public final class TenantLeases implements AutoCloseable {
  /** A node that has not renewed its lease for so long is gone, or takes it for lapsed itself. */
  public static final Duration LAPSE = Duration.ofSeconds(60);

  private static final String LOCK =
      "SELECT \"units\" FROM \"tenant_lease\" WHERE \"tenant\" = ? AND \"node\" = '' FOR UPDATE";

  private static final String OTHERS =
      """
      SELECT COALESCE(SUM("units"), 0) FROM "tenant_lease"
      WHERE "tenant" = ? AND "node" <> ? AND "renewed_at" >= ?
      """;

  private static final String USE =
      """
      SELECT COALESCE(SUM("pending"), 0), COALESCE(SUM("bytes"), 0) FROM "tenant_use"
      WHERE "tenant" = ?
      """;

  private static final String UPDATE =
      """
      UPDATE "tenant_lease" SET "units" = ?, "renewed_at" = ? WHERE "tenant" = ? AND "node" = ?
      """;

  private static final String INSERT =
      """
      INSERT INTO "tenant_lease" ("units", "renewed_at", "tenant", "node") VALUES (?, ?, ?, ?)
      """;

  private static final String DELETE_LAPSED =
      "DELETE FROM \"tenant_lease\" WHERE \"node\" <> '' AND \"renewed_at\" < ?";

  private final Connections.Pool source;

  public TenantLeases(Storage storage) {
    source = storage.connections().pool(Use.WAKE_UP, 1);
  }

  @Override
  public void close() {
    source.close();
  }

  /**
   * What a tenant uses.
   *
   * @param pending fetches that have not settled
   * @param bytes of journal rows
   */
  public record Used(long pending, long bytes) {}

  public Used used(String tenant) throws SQLException {
    try (var connection = source.get()) {
      return used(connection, tenant);
    }
  }

  private static Used used(Connection connection, String tenant) throws SQLException {
    try (var query = connection.prepareStatement(USE)) {
      query.setString(1, tenant);
      try (var rows = query.executeQuery()) {
        rows.next();
        return new Used(rows.getLong(1), rows.getLong(2));
      }
    }
  }

  /**
   * A request for units.
   *
   * @param held units that the node has, also those of submissions under way
   * @param wanted further units
   * @param limit fetches pending and units of all nodes, together
   */
  public record Request(String tenant, String node, long held, long wanted, long limit) {}

  /**
   * Grants units, in a transaction of its own; as many as there is room for.
   *
   * <p>The order matters. Leases are read before pending fetches, so a unit that becomes a fetch
   * meanwhile is counted twice, and never not at all.
   */
  public long grant(Request request, Instant now) throws SQLException {
    try (var connection = source.get()) {
      return Transaction.run(connection, it -> grant(it, request, now));
    }
  }

  private static long grant(Connection connection, Request request, Instant now)
      throws SQLException {
    lock(connection, request.tenant());
    var others = others(connection, request, now);
    var pending = used(connection, request.tenant()).pending();
    var room = request.limit() - others - pending - request.held();
    var granted = Math.max(0, Math.min(request.wanted(), room));
    write(connection, request.tenant(), request.node(), request.held() + granted, now);
    return granted;
  }

  /** Tells how many units the node still holds. It may only be fewer than before. */
  public void renew(String tenant, String node, long held, Instant now) throws SQLException {
    try (var connection = source.get()) {
      write(connection, tenant, node, held, now);
    }
  }

  /** Rows of nodes that are gone. */
  public void deleteLapsed(Instant now) throws SQLException {
    try (var connection = source.get();
        var delete = connection.prepareStatement(DELETE_LAPSED)) {
      delete.setLong(1, now.minus(LAPSE.multipliedBy(2)).toEpochMilli());
      delete.executeUpdate();
    }
  }

  private static void lock(Connection connection, String tenant) throws SQLException {
    try (var lock = connection.prepareStatement(LOCK)) {
      lock.setString(1, tenant);
      try (var rows = lock.executeQuery()) {
        if (rows.next()) {
          return;
        }
      }
    }
    // Two nodes may be the first at the same time. One of them fails here, and asks again.
    insert(connection, tenant, "", 0, Instant.EPOCH);
  }

  private static long others(Connection connection, Request request, Instant now)
      throws SQLException {
    try (var query = connection.prepareStatement(OTHERS)) {
      query.setString(1, request.tenant());
      query.setString(2, request.node());
      query.setLong(3, now.minus(LAPSE).toEpochMilli());
      try (var rows = query.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static void write(
      Connection connection, String tenant, String node, long units, Instant now)
      throws SQLException {
    try (var update = connection.prepareStatement(UPDATE)) {
      set(update, tenant, node, units, now);
      if (update.executeUpdate() > 0) {
        return;
      }
    }
    insert(connection, tenant, node, units, now);
  }

  private static void insert(
      Connection connection, String tenant, String node, long units, Instant now)
      throws SQLException {
    try (var insert = connection.prepareStatement(INSERT)) {
      set(insert, tenant, node, units, now);
      insert.executeUpdate();
    }
  }

  private static void set(
      PreparedStatement statement, String tenant, String node, long units, Instant now)
      throws SQLException {
    statement.setLong(1, units);
    statement.setLong(2, now.toEpochMilli());
    statement.setString(3, tenant);
    statement.setString(4, node);
  }
}
