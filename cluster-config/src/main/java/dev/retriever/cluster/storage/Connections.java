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
 * The only place where connections to the database are made, so that none is without limits: a
 * database, or a network, that goes silent without closing anything holds a thread for as long as
 * the use of its connection says. Thread-safe.
 */
record Connections(Storage storage, ConnectionSettings settings) {
  /** Connections that are kept, and handed out one by one. */
  static final class Pool implements AutoCloseable {
    private final HikariDataSource source;

    private Pool(HikariConfig config) {
      source = new HikariDataSource(config);
    }

    /** One that commits by itself; closing it gives it back. */
    Connection get() throws SQLException {
      return source.getConnection();
    }

    @Override
    public void close() {
      source.close();
    }
  }

  /**
   * Has a pool throw away what H2 says is broken, in words of its own. Otherwise a connection that
   * is used all the time is neither tested nor thrown away. Made by its name.
   */
  public static final class Broken implements SQLExceptionOverride {
    /** Object closed, connection broken, database closed, closed at shutdown. */
    private static final Set<Integer> CODES = Set.of(90007, 90067, 90098, 90121);

    @java.lang.Override
    public Override adjudicate(SQLException e) {
      return CODES.contains(e.getErrorCode()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
  }

  /** One of the caller's own. */
  Connection open(Use use) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", storage.user());
    properties.setProperty("password", storage.password());
    properties.putAll(parameters(use));
    return DriverManager.getConnection(storage.url(), properties);
  }

  /** A pool. A database that is away when this starts is no reason to fail. */
  Pool pool(Use use, int size) {
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

  /** Brings the schema up to date with the files of that place. Waits while another node does. */
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

  /** What the driver is told. What the URL says of the same comes first. */
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
    // The server gives up first, so that what hangs is named in its log and holds no locks.
    all.put("options", options(use, limits));
    all.put("tcpKeepAlive", "true");
    all.put("ApplicationName", "retriever-" + use.settingName());
    if (use == Use.JOURNAL) {
      // A batch is a few statements, not one for each row: a third more rows a second.
      all.put("reWriteBatchedInserts", "true");
    }
    return all;
  }

  /**
   * A transaction whose node was paused in its middle is ended, too: until then the node that has
   * taken over waits for its row numbers. One that guards a change of the schema is idle for as
   * long as that takes.
   */
  private static String options(Use use, Limits limits) {
    var millis = limits.statement().toMillis();
    var statement = "-c statement_timeout=" + millis;
    return use == Use.MIGRATE
        ? statement
        : statement + " -c idle_in_transaction_session_timeout=" + millis;
  }

  /** It refuses what it is told twice. How long it connects is a property of its JVM, 2 s. */
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
