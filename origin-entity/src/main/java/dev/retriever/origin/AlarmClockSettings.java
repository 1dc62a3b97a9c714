package dev.retriever.origin;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Settings of the alarm clocks, from {@code retriever.node.alarm-clock}; {@code application.conf}
 * explains each.
 *
 * @param interval at least 10 ms
 * @param ahead not negative
 * @param batch 1 to 10,000
 * @param parallelism at least 1
 * @param timeLimit at least 100 ms
 */
public record AlarmClockSettings(
    Duration interval, Duration ahead, int batch, int parallelism, Duration timeLimit) {
  private static final int LARGEST_BATCH = 10_000;

  public AlarmClockSettings {
    if (interval.compareTo(Duration.ofMillis(10)) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.alarm-clock.interval must be at least 10 ms, but is " + interval);
    }
    if (ahead.isNegative()) {
      throw new IllegalArgumentException(
          "retriever.node.alarm-clock.ahead must not be negative, but is " + ahead);
    }
    if (batch < 1 || batch > LARGEST_BATCH) {
      throw new IllegalArgumentException(
          "retriever.node.alarm-clock.batch must be 1 to " + LARGEST_BATCH + ", but is " + batch);
    }
    if (parallelism < 1) {
      throw new IllegalArgumentException(
          "retriever.node.alarm-clock.parallelism must be at least 1, but is " + parallelism);
    }
    if (timeLimit.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "retriever.node.alarm-clock.time-limit must be at least 100 ms, but is " + timeLimit);
    }
  }

  /**
   * The settings in that configuration.
   *
   * @param config the whole configuration
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  public static AlarmClockSettings from(Config config) {
    var c = config.getConfig("retriever.node.alarm-clock");
    return new AlarmClockSettings(
        c.getDuration("interval"),
        c.getDuration("ahead"),
        c.getInt("batch"),
        c.getInt("parallelism"),
        c.getDuration("time-limit"));
  }
}
