package dev.retriever.executor;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of one pool of executors; {@code reference.conf} says what each does. Numbers are at
 * least 1, durations longer than 0, and {@code resendMax} is not less than {@code resendMin}.
 *
 * @param reportBytes in bytes
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

  static final Set<String> KEYS =
      Set.of(
          "executors",
          "permits",
          "report-bytes",
          "reservation",
          "resend-min",
          "resend-max",
          "report-retention",
          "waiting-origins");

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
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
          "resend-max must not be less than resend-min (" + resendMin + ")");
    }
  }

  /**
   * @param config the whole configuration
   * @param path where in it the settings are
   * @throws RuntimeException naming the key, with its path, that is missing or out of its range
   */
  static ExecutorSettings at(String path, Config config) {
    try {
      return new ExecutorSettings(
          config.getInt(path + ".executors"),
          config.getInt(path + ".permits"),
          config.getBytes(path + ".report-bytes"),
          config.getDuration(path + ".reservation"),
          config.getDuration(path + ".resend-min"),
          config.getDuration(path + ".resend-max"),
          config.getDuration(path + ".report-retention"),
          config.getInt(path + ".waiting-origins"));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + "." + e.getMessage(), e);
    }
  }

  /** How long to wait for an ack after a report was sent for the nth time: doubling, capped. */
  Duration resendAfter(int timesSent) {
    var doubled = resendMin.multipliedBy(1L << Math.min(timesSent - 1, 20));
    return doubled.compareTo(resendMax) > 0 ? resendMax : doubled;
  }

  private static void atLeastOne(String key, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(key + " must be at least 1, but is " + value);
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(key + " must be longer than 0, but is " + value);
    }
  }
}
