package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the purge, from {@code retriever.node.purge}; {@code application.conf} explains each.
 */
record PurgeSettings(boolean enabled, Duration interval, int batch, Duration margin) {
  private static final int LARGEST_BATCH = 10_000;
  private static final Duration LEAST_MARGIN = Duration.ofMinutes(1);

  PurgeSettings {
    if (interval.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.purge.interval must be at least 1s, but is " + interval);
    }
    if (batch < 1 || batch > LARGEST_BATCH) {
      throw new IllegalArgumentException(
          "retriever.node.purge.batch must be 1 to " + LARGEST_BATCH + ", but is " + batch);
    }
    if (margin.compareTo(LEAST_MARGIN) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.purge.margin must be at least 1 minute, but is " + margin);
    }
  }

  /**
   * @param retention of settled fetches; empty for good, and then no rows are deleted
   */
  Purge purge(Storage storage, Optional<Duration> retention) {
    return new Purge(storage, retention.map(margin::plus), batch);
  }

  /**
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  static PurgeSettings from(Config config) {
    var c = config.getConfig("retriever.node.purge");
    return new PurgeSettings(
        c.getBoolean("enabled"),
        c.getDuration("interval"),
        c.getInt("batch"),
        c.getDuration("margin"));
  }
}
