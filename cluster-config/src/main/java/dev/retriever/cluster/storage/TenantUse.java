package dev.retriever.cluster.storage;

import dev.retriever.cluster.database.PostgresMessage;
import dev.retriever.executor.OriginKey;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchSettled;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.persistence.jdbc.journal.dao.JournalTables.JournalPekkoSerializationRow;

/**
 * How journal rows change what tenants have pending and stored. It is written in the transaction of
 * the rows, so both are exact, whatever crashes. The default tenant is not counted: it has no
 * quotas, and nodes without other tenants pay nothing.
 *
 * @param byTenant sorted, so that two writers take their locks in the same order
 */
record TenantUse(SortedMap<String, Change> byTenant) {
  /** Rows of a tenant. A writer locks one of them until its commit. */
  static final int STRIPES = 64;

  /** Nodes begin at different stripes, and threads of a node have different ones. */
  private static final int FIRST_STRIPE = ThreadLocalRandom.current().nextInt(STRIPES);

  private static final String UPDATE =
      """
      UPDATE "tenant_use" SET "pending" = "pending" + ?, "bytes" = "bytes" + ?
      WHERE "tenant" = ? AND "stripe" = ?
      """;

  private static final String INSERT =
      """
      INSERT INTO "tenant_use" ("pending", "bytes", "tenant", "stripe") VALUES (?, ?, ?, ?)
      """;

  /** On a server, another node may insert the same row at the same time. */
  private static final String UPSERT =
      INSERT
          + """
            ON CONFLICT ("tenant", "stripe") DO UPDATE
            SET "pending" = "tenant_use"."pending" + EXCLUDED."pending",
              "bytes" = "tenant_use"."bytes" + EXCLUDED."bytes"
            """;

  /**
   * The change of one tenant.
   *
   * @param pending fetches accepted, less those settled
   * @param bytes of journal rows, without their keys
   */
  record Change(long pending, long bytes) {
    Change plus(Change other) {
      return new Change(pending + other.pending, bytes + other.bytes);
    }
  }

  static TenantUse of(List<JournalPekkoSerializationRow> rows) {
    var changes = new TreeMap<String, Change>();
    for (var row : rows) {
      tenant(row.persistenceId())
          .ifPresent(
              tenant ->
                  changes.merge(
                      tenant,
                      new Change(pending(row.eventSerManifest()), row.eventPayload().length),
                      Change::plus));
    }
    return new TenantUse(changes);
  }

  /** Of rows that the purge has deleted. */
  static TenantUse purged(String tenant, long bytes) {
    var changes = new TreeMap<String, Change>();
    changes.put(tenant, new Change(0, -bytes));
    return new TenantUse(changes);
  }

  /** The name of the tenant that is counted for this origin. */
  static Optional<String> tenant(String persistenceId) {
    return OriginKey.of(persistenceId)
        .map(OriginKey::tenant)
        .filter(it -> !it.isDefault())
        .map(Tenant::name);
  }

  private static int pending(String manifest) {
    if (manifest.startsWith(FetchAccepted.class.getName())) {
      return 1;
    }
    return manifest.startsWith(FetchSettled.class.getName()) ? -1 : 0;
  }

  static int stripe() {
    return (int) ((FIRST_STRIPE + Thread.currentThread().getId()) % STRIPES);
  }

  boolean isNothing() {
    return byTenant.isEmpty();
  }

  /** A part of the caller's transaction. {@link PostgresWrite} does the same with its rows. */
  void write(Connection connection) throws SQLException {
    if (isNothing()) {
      return;
    }
    var all = List.copyOf(byTenant.keySet());
    if (PostgresMessage.isTakenBy(connection)) {
      change(connection, UPSERT, all);
    } else {
      change(connection, INSERT, change(connection, UPDATE, all));
    }
  }

  /** The tenants that have no row to change. */
  private List<String> change(Connection connection, String statement, List<String> tenants)
      throws SQLException {
    var missing = new ArrayList<String>();
    try (var change = connection.prepareStatement(statement)) {
      for (var tenant : tenants) {
        change.setLong(1, byTenant.get(tenant).pending());
        change.setLong(2, byTenant.get(tenant).bytes());
        change.setString(3, tenant);
        change.setInt(4, stripe());
        if (change.executeUpdate() == 0) {
          missing.add(tenant);
        }
      }
    }
    return missing;
  }
}
