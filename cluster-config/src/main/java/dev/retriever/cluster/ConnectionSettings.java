package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The limits of all connections to the database, from {@code retriever.node.db.limits} and {@code
 * retriever.node.db.pool}; {@code application.conf} explains each.
 */
record ConnectionSettings(Map<Use, Limits> limits, Pool pool) {
  private static final String KEY = "retriever.node.db.";

  /** Earlier versions had the driver's own parameters there. */
  private static final String FORMER = KEY + "postgresql";

  /** What a connection is opened for. */
  enum Use {
    /** Writes of the journal, and recoveries. */
    JOURNAL,
    /** Snapshots, settled fetches that are read, and the list of all origins. */
    BULK,
    /** The alarm clocks. */
    WAKE_UP,
    /** What is done now and then: the purge, and the checks at the start. */
    ONE_OFF,
    /** To see whether the database is there. */
    WATCH,
    /** Changes of the schema, at the start. */
    MIGRATE;

    String settingName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * How long one connection waits.
   *
   * @param connect until it is connected; whole seconds, since the driver of PostgreSQL counts so
   * @param statement until the server gives a statement up; shorter than {@code silent}
   * @param silent without a byte from the server; whole seconds
   */
  record Limits(Duration connect, Duration statement, Duration silent) {
    private static final Duration LEAST = Duration.ofSeconds(1);

    static Limits from(Config config, Use use) {
      var key = KEY + "limits." + use.settingName();
      var c = config.getConfig(key);
      return new Limits(
              seconds(c, key, "connect"), c.getDuration("statement"), seconds(c, key, "silent"))
          .checked(key);
    }

    private static Duration seconds(Config c, String key, String name) {
      var duration = c.getDuration(name);
      if (duration.compareTo(LEAST) < 0 || duration.toMillis() % 1000 != 0) {
        throw new IllegalArgumentException(
            "%s.%s must be whole seconds, at least 1 s, but is %s".formatted(key, name, duration));
      }
      return duration;
    }

    private Limits checked(String key) {
      if (statement.compareTo(Duration.ofMillis(1)) < 0 || statement.compareTo(silent) >= 0) {
        throw new IllegalArgumentException(
            "%s.statement must be at least 1 ms and shorter than silent (%s), but is %s"
                .formatted(key, silent, statement));
      }
      return this;
    }
  }

  /**
   * What each pool of connections waits for.
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
      atLeast(LEAST_WAIT, "validation", validation);
      above(validation, "acquire", acquire);
      atLeast(LEAST_LIFE, "keep-alive", keepAlive);
      above(keepAlive, "lifetime", lifetime);
    }

    static Pool from(Config config) {
      var c = config.getConfig(KEY + "pool");
      return new Pool(
          c.getDuration("acquire"),
          c.getDuration("validation"),
          c.getDuration("lifetime"),
          c.getDuration("keep-alive"));
    }

    private static void atLeast(Duration least, String name, Duration value) {
      if (value.compareTo(least) < 0) {
        throw new IllegalArgumentException(
            "%spool.%s must be at least %s, but is %s".formatted(KEY, name, least, value));
      }
    }

    private static void above(Duration other, String name, Duration value) {
      if (value.compareTo(other) <= 0) {
        throw new IllegalArgumentException(
            "%spool.%s must be longer than %s, but is %s".formatted(KEY, name, other, value));
      }
    }
  }

  Limits limits(Use use) {
    return limits.get(use);
  }

  /**
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  static ConnectionSettings from(Config config) {
    if (config.hasPath(FORMER)) {
      throw new IllegalArgumentException(
          FORMER + " is no longer read; set " + KEY + "limits, or parameters of the URL");
    }
    var limits = new EnumMap<Use, Limits>(Use.class);
    for (var use : Use.values()) {
      limits.put(use, Limits.from(config, use));
    }
    return new ConnectionSettings(limits, Pool.from(config));
  }
}
