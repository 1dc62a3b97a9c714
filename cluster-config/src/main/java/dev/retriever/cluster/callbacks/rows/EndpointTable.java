package dev.retriever.cluster.callbacks.rows;

import dev.retriever.cluster.callbacks.rows.EndpointStore.Counts;
import dev.retriever.cluster.callbacks.rows.EndpointStore.Place;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.delivery.CallbackRow;
import dev.retriever.origin.delivery.CallbackRow.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The statements of the tables of endpoints and callbacks, within the caller's transaction. */
public final class EndpointTable {
  private static final Logger LOG = LoggerFactory.getLogger(EndpointTable.class);

  private static final String SELECT = "SELECT * FROM \"callback_endpoint\"";
  private static final String OF_KEY = " WHERE \"tenant\" = ? AND \"name\" = ?";

  private static final String FORGET =
      """
      DELETE FROM "callback" WHERE ("persistence_id", "fetch_id") IN (
        SELECT "persistence_id", "fetch_id" FROM "callback" WHERE "state" = ? AND "at" < ? LIMIT ?)
      """;

  private EndpointTable() {}

  /** All endpoints; those that were removed, or cannot be read, too. */
  public static List<StoredEndpoint> all(Connection connection) throws SQLException {
    try (var query = connection.prepareStatement(SELECT)) {
      return endpoints(query);
    }
  }

  /** That endpoint; one that was removed, or cannot be read, too. */
  public static Optional<StoredEndpoint> find(Connection connection, EndpointKey key)
      throws SQLException {
    try (var query = connection.prepareStatement(SELECT + OF_KEY)) {
      set(query, 1, key);
      return endpoints(query).stream().findFirst();
    }
  }

  /** Other changes of the endpoint wait from here until the transaction is over. */
  public static Optional<StoredEndpoint> lock(Connection connection, EndpointKey key)
      throws SQLException {
    try (var query = connection.prepareStatement(SELECT + OF_KEY + " FOR UPDATE")) {
      set(query, 1, key);
      return endpoints(query).stream().findFirst();
    }
  }

  /** Inserts it; fails when a row of that name was inserted meanwhile. */
  public static void insert(Connection connection, StoredEndpoint endpoint) throws SQLException {
    var sql =
        """
        INSERT INTO "callback_endpoint" ("generation", "version", "settings", "disabled_at",
          "tenant", "name") VALUES (?, ?, ?, ?, ?, ?)
        """;
    change(connection, sql, endpoint);
  }

  /** Replaces the row that was locked. */
  public static void update(Connection connection, StoredEndpoint endpoint) throws SQLException {
    var sql =
        """
        UPDATE "callback_endpoint" SET "generation" = ?, "version" = ?, "settings" = ?,
          "disabled_at" = ?
        """;
    change(connection, sql + OF_KEY, endpoint);
  }

  private static void change(Connection connection, String sql, StoredEndpoint endpoint)
      throws SQLException {
    try (var update = connection.prepareStatement(sql)) {
      update.setLong(1, endpoint.generation());
      update.setLong(2, endpoint.version());
      update.setString(3, endpoint.settings().map(EndpointJson::write).orElse(null));
      if (endpoint.disabledAt().isPresent()) {
        update.setLong(4, endpoint.disabledAt().get().toEpochMilli());
      } else {
        update.setNull(4, Types.BIGINT);
      }
      set(update, 5, endpoint.key());
      update.executeUpdate();
    }
  }

  /** How many callbacks of that generation are pending and dead. */
  public static Counts counts(Connection connection, EndpointKey key, long generation)
      throws SQLException {
    var sql =
        """
        SELECT COUNT(*) FROM "callback"
        WHERE "tenant" = ? AND "endpoint" = ? AND "generation" = ? AND "state" = ?
        """;
    try (var query = connection.prepareStatement(sql)) {
      set(query, 1, key);
      query.setLong(3, generation);
      query.setInt(4, State.PENDING.ordinal());
      var pending = number(query);
      query.setInt(4, State.DEAD.ordinal());
      return new Counts(pending, number(query));
    }
  }

  /**
   * How many callbacks are dead, of all endpoints.
   *
   * @param most that are counted
   */
  public static long dead(Connection connection, int most) throws SQLException {
    var sql =
        """
        SELECT COUNT(*) FROM (SELECT 1 FROM "callback" WHERE "state" = ? LIMIT ?) AS c
        """;
    try (var query = connection.prepareStatement(sql)) {
      query.setInt(1, State.DEAD.ordinal());
      query.setInt(2, most);
      return number(query);
    }
  }

  /**
   * How many callbacks to that endpoint are dead, of all its generations.
   *
   * @param most that are counted
   */
  public static long dead(Connection connection, EndpointKey key, long most) throws SQLException {
    var sql =
        """
        SELECT COUNT(*) FROM (SELECT 1 FROM "callback"
          WHERE "tenant" = ? AND "endpoint" = ? AND "state" = ? LIMIT ?) AS c
        """;
    try (var query = connection.prepareStatement(sql)) {
      set(query, 1, key);
      query.setInt(3, State.DEAD.ordinal());
      query.setLong(4, most);
      return number(query);
    }
  }

  private static long number(PreparedStatement query) throws SQLException {
    try (var rows = query.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** The dead callbacks after that place. */
  public static List<DeadCallback> dead(
      Connection connection, EndpointKey key, Place after, int limit) throws SQLException {
    var sql =
        """
        SELECT * FROM "callback"
        WHERE "tenant" = ? AND "endpoint" = ? AND "state" = ?
          AND ("at" > ? OR "at" = ? AND ("persistence_id" > ?
            OR "persistence_id" = ? AND "fetch_id" > ?))
        ORDER BY "at", "persistence_id", "fetch_id" LIMIT ?
        """;
    try (var query = connection.prepareStatement(sql)) {
      set(query, 1, key);
      query.setInt(3, State.DEAD.ordinal());
      query.setLong(4, after.at());
      query.setLong(5, after.at());
      query.setString(6, after.persistenceId());
      query.setString(7, after.persistenceId());
      query.setString(8, after.fetchId());
      query.setInt(9, limit);
      var dead = new ArrayList<DeadCallback>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          dead.add(new DeadCallback(rows.getString("persistence_id"), row(rows)));
        }
      }
      return dead;
    }
  }

  /**
   * Deletes dead callbacks that nothing can be done about any more.
   *
   * @return how many; less than the limit when there are no more
   */
  public static int forget(Connection connection, Instant before, int limit) throws SQLException {
    try (var delete = connection.prepareStatement(FORGET)) {
      delete.setInt(1, State.DEAD.ordinal());
      delete.setLong(2, before.toEpochMilli());
      delete.setInt(3, limit);
      return delete.executeUpdate();
    }
  }

  private static CallbackRow row(ResultSet rows) throws SQLException {
    var status = rows.getInt("status");
    var noStatus = rows.wasNull();
    return new CallbackRow(
        rows.getString("fetch_id"),
        rows.getString("endpoint"),
        rows.getLong("generation"),
        State.values()[rows.getInt("state")],
        rows.getString("told"),
        Optional.ofNullable(rows.getString("reason")),
        noStatus ? Optional.empty() : Optional.of(status),
        Instant.ofEpochMilli(rows.getLong("at")));
  }

  private static void set(PreparedStatement statement, int place, EndpointKey key)
      throws SQLException {
    statement.setString(place, key.tenant());
    statement.setString(place + 1, key.name());
  }

  private static List<StoredEndpoint> endpoints(PreparedStatement query) throws SQLException {
    var endpoints = new ArrayList<StoredEndpoint>();
    try (var rows = query.executeQuery()) {
      while (rows.next()) {
        endpoints.add(endpoint(rows));
      }
    }
    return endpoints;
  }

  private static StoredEndpoint endpoint(ResultSet rows) throws SQLException {
    var disabled = rows.getLong("disabled_at");
    var enabled = rows.wasNull();
    var key = new EndpointKey(rows.getString("tenant"), rows.getString("name"));
    var stored = Optional.ofNullable(rows.getString("settings"));
    var settings = stored.flatMap(text -> read(key, text));
    return new StoredEndpoint(
        key,
        rows.getLong("generation"),
        rows.getLong("version"),
        settings,
        enabled ? Optional.empty() : Optional.of(Instant.ofEpochMilli(disabled)),
        stored.isEmpty() || settings.isPresent());
  }

  /** Callbacks to an endpoint that cannot be read wait. */
  private static Optional<EndpointSettings> read(EndpointKey key, String text) {
    try {
      return Optional.of(EndpointJson.read(text));
    } catch (IllegalArgumentException e) {
      LOG.debug("Callback endpoint {} cannot be read", key, e);
      return Optional.empty();
    }
  }
}
