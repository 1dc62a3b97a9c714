package dev.retriever.cluster.storage;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.lessThan;
import static dev.retriever.executor.settings.SettingRules.moreThan;
import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The limits of all connections to the database, from {@code retriever.node.db.limits} and {@code
 * retriever.node.db.pool}; {@code application.conf} explains each.
 */
public record ConnectionSettings(Map<Use, Limits> limits, Pool pool) {
  private static final String KEY = "retriever.node.db.";

  /** Where earlier versions had the driver's own parameters. */
  private static final String FORMER = KEY + "postgresql";

  /** The use of a connection. */
  /** What connections are for. */
  public enum Use {
    /** Writes of the journal, and recoveries. */
    JOURNAL,
    /** Snapshots, reads of settled fetches, and the list of all origins. */
    BULK,
    /** The alarm clocks. */
    WAKE_UP,
    /** What the door before the ports needs: keys. */
    DOOR,
    /** Searches of callers. */
    SEARCH,
    /** The audit of what operators do. */
    AUDIT,
    /** Occasional work: the purge, and the checks at the start. */
    ONE_OFF,
    /** The check whether the database answers. */
    WATCH,
    /** Changes of the schema, at the start. */
    MIGRATE;

    String settingName() {
      return SettingsReader.name(this);
    }
  }

  /**
   * Limits of one connection.
   *
   * @param connect until it is connected; whole seconds, since the driver of PostgreSQL counts so
   * @param statement until the server aborts a statement; shorter than {@code silent}
   * @param silent until the driver gives up a server that sends no byte; whole seconds
   */
  record Limits(Duration connect, Duration statement, Duration silent) {
    Limits {
      wholeSeconds("connect", connect);
      wholeSeconds("silent", silent);
      atLeast("statement", statement, Duration.ofMillis(1));
      lessThan("statement", statement, "silent", silent);
    }

    private static Limits from(SettingsReader c) {
      return new Limits(c.duration("connect"), c.duration("statement"), c.duration("silent"));
    }

    private static void wholeSeconds(String key, Duration value) {
      var whole = value.toSeconds() >= 1 && value.equals(Duration.ofSeconds(value.toSeconds()));
      must(whole, key, "whole seconds, at least 1 s", value);
    }
  }

  /**
   * Limits of each pool of connections.
   *
   * @param acquire a connection of the pool, 250 ms or longer
   * @param validation of one that was idle; 250 ms or longer, and shorter than {@code acquire}
   * @param lifetime of a connection, 30 s or longer
   * @param keepAlive from one sign of life to the next of a connection that is idle; 30 s or
   *     longer, and shorter than {@code lifetime}
   */
  record Pool(Duration acquire, Duration validation, Duration lifetime, Duration keepAlive) {
    private static final Duration LEAST_WAIT = Duration.ofMillis(250);
    private static final Duration LEAST_LIFE = Duration.ofSeconds(30);

    Pool {
      atLeast("validation", validation, LEAST_WAIT);
      moreThan("acquire", acquire, "validation", validation);
      atLeast("keep-alive", keepAlive, LEAST_LIFE);
      moreThan("lifetime", lifetime, "keep-alive", keepAlive);
    }

    private static Pool from(SettingsReader c) {
      return new Pool(
          c.duration("acquire"),
          c.duration("validation"),
          c.duration("lifetime"),
          c.duration("keep-alive"));
    }
  }

  Limits limits(Use use) {
    return limits.get(use);
  }

  static ConnectionSettings from(Config config) {
    if (config.hasPath(FORMER)) {
      throw new IllegalArgumentException(
          FORMER + " is no longer read; set " + KEY + "limits, or parameters of the URL");
    }
    var limits = new EnumMap<Use, Limits>(Use.class);
    for (var use : Use.values()) {
      var key = KEY + "limits." + use.settingName();
      limits.put(use, SettingsReader.read(config, key, Limits::from));
    }
    return new ConnectionSettings(limits, SettingsReader.read(config, KEY + "pool", Pool::from));
  }
}
