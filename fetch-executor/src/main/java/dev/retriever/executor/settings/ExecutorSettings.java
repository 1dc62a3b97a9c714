package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.positive;

import java.time.Duration;
import java.util.Set;

/**
 * Settings of one pool of executors; {@code reference.conf} explains each. Numbers are at least 1,
 * durations are longer than 0, and {@code resendMax} is at least {@code resendMin}.
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
    atLeast("executors", executors, 1);
    atLeast("permits", permits, 1);
    atLeast("report-bytes", reportBytes, 1L);
    positive("reservation", reservation);
    positive("resend-min", resendMin);
    atLeast("resend-max", resendMax, "resend-min", resendMin);
    positive("report-retention", reportRetention);
    atLeast("waiting-origins", waitingOrigins, 1);
  }

  static ExecutorSettings from(SettingsReader pool) {
    return new ExecutorSettings(
        pool.count("executors"),
        pool.count("permits"),
        pool.bytes("report-bytes"),
        pool.duration("reservation"),
        pool.duration("resend-min"),
        pool.duration("resend-max"),
        pool.duration("report-retention"),
        pool.count("waiting-origins"));
  }

  /** The wait after the nth sending of a report: it doubles each time, up to {@code resendMax}. */
  public Duration resendAfter(int timesSent) {
    var doubled = resendMin.multipliedBy(1L << Math.min(timesSent - 1, 20));
    return doubled.compareTo(resendMax) > 0 ? resendMax : doubled;
  }
}
