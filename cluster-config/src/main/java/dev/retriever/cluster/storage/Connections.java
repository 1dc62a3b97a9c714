package dev.retriever.cluster.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.retriever.cluster.storage.ConnectionSettings.Limits;
import dev.retriever.cluster.storage.ConnectionSettings.Use;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.flywaydb.core.Flyway;

/**
 * The only place that opens connections to the database, so that each has limits. A database or
 * network that goes silent without closing its connections holds a thread only as long as the
 * limits for its use allow. Thread-safe.
 */
public record Connections(Storage storage, ConnectionSettings settings) {
  /**
   * The journal finds all rows by their keys. A plan that was made while a table was empty would
   * else scan it for as long as the connection lives: rows of queues were written at a fifth of the
   * rate.
   */
  private static final String BY_KEYS =
      " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off";

  /** A pool of connections, handed out one by one. */
  public static final class Pool implements AutoCloseable {
    private final HikariDataSource source;

    private Pool(HikariConfig config) {
      source = new HikariDataSource(config);
    }

    /** A connection that commits by itself. Closing it returns it to the pool. */
    public Connection get() throws SQLException {
      return source.getConnection();
    }

    @Override
    public void close() {
      source.close();
    }
  }

  /**
   * Makes a pool throw away connections that H2 calls broken, by its own error codes. Otherwise a
   * connection in steady use is neither tested nor thrown away. Made by its name.
   */
  public static final class Broken implements SQLExceptionOverride {
    /** Object closed, connection broken, database closed, closed at shutdown. */
    private static final Set<Integer> CODES = Set.of(90007, 90067, 90098, 90121);

    @java.lang.Override
    public Override adjudicate(SQLException e) {
      return CODES.contains(e.getErrorCode()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
  }

  /** A connection outside of all pools, for the caller to close. */
  public Connection open(Use use) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", storage.user());
    properties.setProperty("password", storage.password());
    properties.putAll(parameters(use));
    return DriverManager.getConnection(storage.url(), properties);
  }

  /** A pool. It starts even while the database is away. */
  public Pool pool(Use use, int size) {
    var pool = settings.pool();
    var config = new HikariConfig();
    config.setPoolName("retriever-" + use.settingName());
    config.setJdbcUrl(storage.url());
    config.setUsername(storage.user());
    config.setPassword(storage.password());
    parameters(use).forEach(config::addDataSourceProperty);
    config.setMaximumPoolSize(size);
    config.setConnectionTimeout(pool.acquire().toMillis());
    config.setValidationTimeout(pool.validation().toMillis());
    config.setMaxLifetime(pool.lifetime().toMillis());
    config.setKeepaliveTime(pool.keepAlive().toMillis());
    config.setExceptionOverride(new Broken());
    config.setInitializationFailTimeout(-1);
    return new Pool(config);
  }

  /** Applies the schema migrations of that location. Waits while another node does. */
  void migrate(String location) {
    Flyway.configure()
        .dataSource(storage.url(), storage.user(), storage.password())
        .jdbcProperties(parameters(Use.MIGRATE))
        .locations(location)
        .load()
        .migrate();
  }

  /**
   * Settings of one of the journal's own pools, under the path of that pool.
   *
   * @param path ends with a dot
   */
  Map<String, Object> journalPool(String path, Use use) {
    var all = new HashMap<String, Object>();
    var driver = storage.isPostgres() ? "org.postgresql.Driver" : "org.h2.Driver";
    var profile = storage.isPostgres() ? "slick.jdbc.PostgresProfile$" : "slick.jdbc.H2Profile$";
    var pool = settings.pool();
    all.put(path + "profile", profile);
    all.put(path + "db.driver", driver);
    all.put(path + "db.url", storage.url());
    all.put(path + "db.user", storage.user());
    all.put(path + "db.password", storage.password());
    all.put(path + "db.properties", parameters(use));
    all.put(path + "db.exceptionOverrideClassName", Broken.class.getName());
    all.put(path + "db.connectionTimeout", pool.acquire().toMillis());
    all.put(path + "db.validationTimeout", pool.validation().toMillis());
    all.put(path + "db.maxLifetime", pool.lifetime().toMillis());
    return all;
  }

  /** Parameters for the driver. The same parameters in the URL take precedence. */
  Map<String, String> parameters(Use use) {
    var limits = settings.limits(use);
    return storage.isPostgres() ? postgres(use, limits) : h2(limits);
  }

  private static Map<String, String> postgres(Use use, Limits limits) {
    var all = new HashMap<String, String>();
    var connect = "" + limits.connect().toSeconds();
    all.put("connectTimeout", connect);
    all.put("cancelSignalTimeout", connect);
    all.put("socketTimeout", "" + limits.silent().toSeconds());
    // The server gives up first. So its log names the statement that hangs, and no lock is held.
    all.put("options", options(use, limits));
    all.put("tcpKeepAlive", "true");
    all.put("ApplicationName", "retriever-" + use.settingName());
    if (use == Use.SEARCH) {
      // The plan of a search depends on its values, so none is kept.
      all.put("prepareThreshold", "0");
    }
    if (use == Use.JOURNAL) {
      // Joins the inserts of a batch into few statements: a third more rows a second.
      all.put("reWriteBatchedInserts", "true");
    }
    return all;
  }

  /**
   * Also ends a transaction of a node that was paused in its middle. Until then the node that has
   * taken over waits for its row numbers. A connection that guards a change of the schema is idle
   * for as long as the change takes.
   */
  private static String options(Use use, Limits limits) {
    var millis = limits.statement().toMillis();
    var statement = "-c statement_timeout=" + millis;
    if (use == Use.MIGRATE) {
      return statement;
    }
    var all = statement + " -c idle_in_transaction_session_timeout=" + millis;
    return use == Use.JOURNAL ? all + BY_KEYS : all;
  }

  /**
   * H2 refuses a parameter that is given twice. Its connect time-out is a property of the JVM, 2 s.
   */
  private Map<String, String> h2(Limits limits) {
    var all = new HashMap<String, String>();
    all.put("QUERY_TIMEOUT", "" + limits.statement().toMillis());
    if (storage.isRemote()) {
      all.put("NETWORK_TIMEOUT", "" + limits.silent().toMillis());
    }
    all.keySet().removeIf(key -> storage.url().toUpperCase(Locale.ROOT).contains(";" + key + "="));
    return all;
  }
}
