package dev.retriever.executor;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Settings of the executor pool, from {@code retriever.executor}; {@code reference.conf} says what
 * each does.
 */
public record ExecutorSettings(
    int executors,
    int permits,
    long reportBytes,
    Duration reservation,
    Duration resendMin,
    Duration resendMax,
    Duration reportRetention,
    int waitingOrigins) {

  public ExecutorSettings {
    atLeastOne("executors", executors);
    atLeastOne("permits", permits);
    atLeastOne("report-bytes", reportBytes);
    atLeastOne("waiting-origins", waitingOrigins);
    positive("reservation", reservation);
    positive("resend-min", resendMin);
    positive("report-retention", reportRetention);
    if (resendMax.compareTo(resendMin) < 0) {
      throw new IllegalArgumentException(
          "retriever.executor.resend-max must not be less than resend-min (" + resendMin + ")");
    }
  }

  /**
   * @param config the whole configuration
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  public static ExecutorSettings from(Config config) {
    var c = config.getConfig("retriever.executor");
    return new ExecutorSettings(
        c.getInt("executors"),
        c.getInt("permits"),
        c.getBytes("report-bytes"),
        c.getDuration("reservation"),
        c.getDuration("resend-min"),
        c.getDuration("resend-max"),
        c.getDuration("report-retention"),
        c.getInt("waiting-origins"));
  }

  /** How long to wait for an ack after a report was sent for the nth time: doubling, capped. */
  Duration resendAfter(int timesSent) {
    var doubled = resendMin.multipliedBy(1L << Math.min(timesSent - 1, 20));
    return doubled.compareTo(resendMax) > 0 ? resendMax : doubled;
  }

  private static void atLeastOne(String key, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "retriever.executor." + key + " must be at least 1, but is " + value);
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "retriever.executor." + key + " must be longer than 0, but is " + value);
    }
  }
}
