package dev.retriever.cluster.storage.door;

import dev.retriever.cluster.security.OriginPattern;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.security.keys.Key;
import dev.retriever.cluster.security.keys.KeyHash;
import dev.retriever.cluster.security.keys.KeyTable.Read;
import dev.retriever.cluster.security.keys.StoredKey;
import dev.retriever.executor.Tenant;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The statements of the table of keys, within the caller's transaction. */
final class ApiKeyTable {
  private static final String SELECT = "SELECT * FROM \"api_key\" WHERE ";

  private ApiKeyTable() {}

  /** The last change that is committed, and how many keys are not revoked. */
  record State(long version, int standing) {}

  static State state(Connection connection) throws SQLException {
    var sql =
        """
        SELECT "version", (SELECT COUNT(*) FROM "api_key" WHERE "revoked_at" IS NULL)
        FROM "api_key_version"
        """;
    try (var query = connection.prepareStatement(sql);
        var rows = query.executeQuery()) {
      if (!rows.next()) {
        throw new SQLException("the table api_key_version has no row; insert one with version 0");
      }
      return new State(rows.getLong(1), rows.getInt(2));
    }
  }

  /** The state is read before the rows, so that none is missing up to its version. */
  static Read changedAfter(Connection connection, long version) throws SQLException {
    var state = state(connection);
    if (state.version() == version) {
      return new Read(version, state.standing(), List.of());
    }
    try (var query = connection.prepareStatement(SELECT + "\"version\" > ?")) {
      query.setLong(1, version);
      return new Read(state.version(), state.standing(), keys(query));
    }
  }

  static Read standing(Connection connection) throws SQLException {
    var state = state(connection);
    try (var query = connection.prepareStatement(SELECT + "\"revoked_at\" IS NULL")) {
      return new Read(state.version(), state.standing(), keys(query));
    }
  }

  static Optional<StoredKey> find(Connection connection, String id) throws SQLException {
    try (var query = connection.prepareStatement(SELECT + "\"id\" = ?")) {
      query.setString(1, id);
      return keys(query).stream().findFirst();
    }
  }

  static List<StoredKey> page(
      Connection connection, Optional<Tenant> tenant, String after, int limit) throws SQLException {
    var mine = tenant.isPresent() ? "\"tenant\" = ? AND " : "";
    var sql = SELECT + mine + "\"id\" > ? ORDER BY \"id\" LIMIT ?";
    try (var query = connection.prepareStatement(sql)) {
      var place = 1;
      if (tenant.isPresent()) {
        query.setString(place++, tenant.get().name());
      }
      query.setString(place++, after);
      query.setInt(place, limit);
      return keys(query);
    }
  }

  /** Other changes wait from here until the transaction is over. */
  static long nextVersion(Connection connection) throws SQLException {
    try (var update =
        connection.prepareStatement(
            "UPDATE \"api_key_version\" SET \"version\" = \"version\" + 1")) {
      update.executeUpdate();
    }
    return state(connection).version();
  }

  static void insert(Connection connection, StoredKey stored, long version) throws SQLException {
    var sql =
        """
        INSERT INTO "api_key" ("id", "hash", "tenant", "roles", "origins", "expires_at",
          "created_at", "created_by", "last_used", "revoked_at", "version")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """;
    try (var insert = connection.prepareStatement(sql)) {
      var key = stored.key();
      insert.setString(1, key.id());
      insert.setString(2, key.hash().hex());
      insert.setString(3, key.tenant().name());
      insert.setString(
          4, key.roles().stream().map(Role::key).sorted().collect(Collectors.joining(",")));
      insert.setString(5, key.origins().text());
      setTime(insert, 6, key.expires());
      setTime(insert, 7, Optional.of(stored.created()));
      insert.setString(8, stored.createdBy());
      setTime(insert, 9, stored.lastUsed());
      setTime(insert, 10, stored.revoked());
      insert.setLong(11, version);
      insert.executeUpdate();
    }
  }

  static void revoke(Connection connection, String id, Instant now, long version)
      throws SQLException {
    var sql =
        """
        UPDATE "api_key" SET "revoked_at" = ?, "version" = ?
        WHERE "id" = ? AND "revoked_at" IS NULL
        """;
    try (var update = connection.prepareStatement(sql)) {
      update.setLong(1, now.toEpochMilli());
      update.setLong(2, version);
      update.setString(3, id);
      update.executeUpdate();
    }
  }

  /** In the order of ids, so that two nodes do not wait for each other. */
  static void used(Connection connection, Map<String, Instant> hours) throws SQLException {
    var sql =
        """
        UPDATE "api_key" SET "last_used" = ?
        WHERE "id" = ? AND ("last_used" IS NULL OR "last_used" < ?)
        """;
    try (var update = connection.prepareStatement(sql)) {
      for (var entry : new TreeMap<>(hours).entrySet()) {
        update.setLong(1, entry.getValue().toEpochMilli());
        update.setString(2, entry.getKey());
        update.setLong(3, entry.getValue().toEpochMilli());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  /** Nodes notice by the number of keys. */
  static int forget(Connection connection, Instant before) throws SQLException {
    var sql = "DELETE FROM \"api_key\" WHERE \"revoked_at\" < ? OR \"expires_at\" < ?";
    try (var delete = connection.prepareStatement(sql)) {
      delete.setLong(1, before.toEpochMilli());
      delete.setLong(2, before.toEpochMilli());
      return delete.executeUpdate();
    }
  }

  private static List<StoredKey> keys(PreparedStatement query) throws SQLException {
    var keys = new ArrayList<StoredKey>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        keys.add(key(rows));
      }
    }
    return keys;
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    var key =
        new Key(
            row.getString("id"),
            new KeyHash(row.getString("hash")),
            new Tenant(row.getString("tenant")),
            Role.of(Arrays.asList(row.getString("roles").split(","))),
            new OriginPattern(row.getString("origins")),
            time(row, "expires_at"));
    return new StoredKey(
        key,
        time(row, "created_at").orElseThrow(),
        row.getString("created_by"),
        time(row, "last_used"),
        time(row, "revoked_at"));
  }

  private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
    var millis = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  private static void setTime(PreparedStatement statement, int place, Optional<Instant> time)
      throws SQLException {
    if (time.isPresent()) {
      statement.setLong(place, time.get().toEpochMilli());
    } else {
      statement.setNull(place, Types.BIGINT);
    }
  }
}
