package dev.retriever.alarms;

import java.time.Duration;

/**
 * Settings of the alarm clocks, from {@code retriever.node.alarm-clock}; {@code application.conf}
 * explains them.
 *
 * @param interval at least 10 ms
 * @param ahead not negative
 * @param batch 1 to 10,000
 * @param parallelism at least 1
 * @param timeLimit at least 100 ms
 */
public record AlarmClockSettings(
    Duration interval, Duration ahead, int batch, int parallelism, Duration timeLimit) {

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
  public AlarmClockSettings {
    must(interval.toMillis() >= 10, "interval must be at least 10 ms", interval);
    must(!ahead.isNegative(), "ahead must be at least 0", ahead);
    must(batch >= 1 && batch <= 10_000, "batch must be 1 to 10000", batch);
    must(parallelism >= 1, "parallelism must be at least 1", parallelism);
    must(timeLimit.toMillis() >= 100, "time-limit must be at least 100 ms", timeLimit);
  }

  private static void must(boolean holds, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(rule + ", but is " + value);
    }
  }
}
