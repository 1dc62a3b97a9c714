package dev.retriever.origin;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.must;
import static dev.retriever.executor.settings.SettingRules.positive;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of origins, from {@code retriever.origin}; {@code reference.conf} explains each.
 *
 * @param maxPendingBytes in the state of an origin
 * @param maxReplyBody in bytes
 * @param restartJitter 0 to 1
 * @param snapshotEvery in journal rows; 0 for never
 * @param retention at least one hour; empty for ever
 */
public record OriginSettings(
    int maxPending,
    long maxPendingBytes,
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

  /** Executors repeat reports for an hour: the fetch must be known that long. */
  private static final Duration LEAST_RETENTION = Duration.ofHours(1);

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
  public OriginSettings {
    atLeast("max-pending", maxPending, 1);
    atLeast("max-pending-bytes", maxPendingBytes, 1L);
    atLeast("max-alarms", maxAlarms, 0);
    atLeast("max-lost-attempts", maxLost, 0);
    atLeast("max-waiters", maxWaiters, 0);
    atLeast("max-reply-body", maxReplyBody, 0L);
    atLeast("alarm-batch", alarmBatch, 1);
    atLeast("handling.tries", handlingTries, 1);
    positive("handling.min-backoff", handlingMin);
    positive("room-recheck", roomRecheck);
    positive("idle", idle);
    atLeast("max-in-memory", maxInMemory, 1);
    positive("restart-min", restartMin);
    atLeast("restart-max", restartMax, "restart-min", restartMin);
    between("restart-jitter", restartJitter, 0.0, 1.0);
    positive("ask-timeout", askTimeout);
    atLeast("snapshot-every", snapshotEvery, 0);
    retention.ifPresent(
        it ->
            must(it.compareTo(LEAST_RETENTION) >= 0, "retention", "forever, or at least 1 h", it));
  }

  /**
   * The settings in that configuration.
   *
   * @param config the whole configuration
   * @throws IllegalArgumentException naming the key that is missing or out of its range
   */
  public static OriginSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.origin",
        c ->
            new OriginSettings(
                c.count("max-pending"),
                c.bytes("max-pending-bytes"),
                c.count("max-alarms"),
                c.count("max-lost-attempts"),
                c.count("max-waiters"),
                c.bytes("max-reply-body"),
                c.count("alarm-batch"),
                c.duration("room-recheck"),
                c.duration("idle"),
                c.count("max-in-memory"),
                c.duration("restart-min"),
                c.duration("restart-max"),
                c.number("restart-jitter"),
                c.duration("ask-timeout"),
                c.count("handling.tries"),
                c.duration("handling.min-backoff"),
                c.duration("handling.max-backoff"),
                c.text("read-journal"),
                c.count("snapshot-every"),
                c.unless("forever", "retention", c::duration)));
  }
}
