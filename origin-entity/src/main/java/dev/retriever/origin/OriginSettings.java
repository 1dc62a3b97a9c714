package dev.retriever.origin;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of origins, from {@code retriever.origin}; {@code reference.conf} explains each.
 *
 * @param maxReplyBody in bytes
 * @param restartJitter 0 to 1
 * @param snapshotEvery in journal rows; 0 for never
 * @param retention at least one hour; empty for ever
 */
public record OriginSettings(
    int maxPending,
    int maxAlarms,
    int maxLost,
    int maxWaiters,
    long maxReplyBody,
    int alarmBatch,
    Duration roomRecheck,
    Duration idle,
    int maxInMemory,
    Duration restartMin,
    Duration restartMax,
    double restartJitter,
    Duration askTimeout,
    int handlingTries,
    Duration handlingMin,
    Duration handlingMax,
    String readJournal,
    int snapshotEvery,
    Optional<Duration> retention) {

  /** What executors repeat of a report, they repeat for an hour: its fetch must be known then. */
  private static final Duration LEAST_RETENTION = Duration.ofHours(1);

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
  public OriginSettings {
    atLeast("max-pending", maxPending, 1);
    atLeast("max-alarms", maxAlarms, 0);
    atLeast("max-lost-attempts", maxLost, 0);
    atLeast("max-waiters", maxWaiters, 0);
    atLeast("max-reply-body", maxReplyBody, 0);
    atLeast("alarm-batch", alarmBatch, 1);
    atLeast("handling.tries", handlingTries, 1);
    positive("handling.min-backoff", handlingMin);
    positive("room-recheck", roomRecheck);
    positive("idle", idle);
    atLeast("max-in-memory", maxInMemory, 1);
    positive("restart-min", restartMin);
    if (!(restartJitter >= 0 && restartJitter <= 1)) {
      throw new IllegalArgumentException(
          "retriever.origin.restart-jitter must be 0 to 1, but is " + restartJitter);
    }
    positive("ask-timeout", askTimeout);
    atLeast("snapshot-every", snapshotEvery, 0);
    if (retention.filter(length -> length.compareTo(LEAST_RETENTION) < 0).isPresent()) {
      throw new IllegalArgumentException(
          "retriever.origin.retention must be at least 1h, or forever, but is " + retention.get());
    }
    if (restartMax.compareTo(restartMin) < 0) {
      throw new IllegalArgumentException(
          "retriever.origin.restart-max must not be less than restart-min (" + restartMin + ")");
    }
  }

  /**
   * The settings in that configuration.
   *
   * @param config the whole configuration
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  public static OriginSettings from(Config config) {
    var c = config.getConfig("retriever.origin");
    return new OriginSettings(
        c.getInt("max-pending"),
        c.getInt("max-alarms"),
        c.getInt("max-lost-attempts"),
        c.getInt("max-waiters"),
        c.getBytes("max-reply-body"),
        c.getInt("alarm-batch"),
        c.getDuration("room-recheck"),
        c.getDuration("idle"),
        c.getInt("max-in-memory"),
        c.getDuration("restart-min"),
        c.getDuration("restart-max"),
        c.getDouble("restart-jitter"),
        c.getDuration("ask-timeout"),
        c.getInt("handling.tries"),
        c.getDuration("handling.min-backoff"),
        c.getDuration("handling.max-backoff"),
        c.getString("read-journal"),
        c.getInt("snapshot-every"),
        retention(c));
  }

  private static Optional<Duration> retention(Config c) {
    return c.getString("retention").equals("forever")
        ? Optional.empty()
        : Optional.of(c.getDuration("retention"));
  }

  private static void atLeast(String key, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "retriever.origin." + key + " must be at least " + least + ", but is " + value);
    }
  }

  private static void positive(String key, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "retriever.origin." + key + " must be longer than 0, but is " + value);
    }
  }
}
