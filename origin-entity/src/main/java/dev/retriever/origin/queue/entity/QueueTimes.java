package dev.retriever.origin.queue.entity;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;
import static dev.retriever.executor.settings.SettingRules.positive;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;

/**
 * Times and bounds of queues, from {@code retriever.queue}; {@code reference.conf} explains each.
 *
 * @param restartJitter 0 to 1
 */
public record QueueTimes(
    Duration grantLife,
    Duration grantLifeWithRate,
    Duration look,
    int lookBatch,
    Duration slotsEvery,
    Duration linesEvery,
    int linesPage,
    Duration linesWait,
    Duration lingerEvery,
    Duration lingerAfter,
    Duration storeTimeout,
    Duration answerWithin,
    Duration directoryEvery,
    int maxInstances,
    Duration idle,
    Duration askTimeout,
    Duration restartMin,
    Duration restartMax,
    double restartJitter) {
  /** A dispatch may begin until its reservation lapses, and its timeout counts from there. */
  private static final Duration LEAST_LINGER = Duration.ofSeconds(16);

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
  public QueueTimes {
    positive("grant-life", grantLife);
    positive("grant-life-with-rate", grantLifeWithRate);
    positive("look", look);
    atLeast("look-batch", lookBatch, 1);
    positive("slots-every", slotsEvery);
    positive("lines-every", linesEvery);
    between("lines-page", linesPage, 1, 100_000);
    positive("lines-wait", linesWait);
    positive("linger-every", lingerEvery);
    atLeast("linger-after", lingerAfter, LEAST_LINGER);
    positive("store-timeout", storeTimeout);
    positive("answer-within", answerWithin);
    positive("directory-every", directoryEvery);
    atLeast("max-instances", maxInstances, 1);
    positive("idle", idle);
    atLeast("ask-timeout", askTimeout, "answer-within", answerWithin);
    positive("restart-min", restartMin);
    atLeast("restart-max", restartMax, "restart-min", restartMin);
    between("restart-jitter", restartJitter, 0.0, 1.0);
  }

  /**
   * The settings in that configuration.
   *
   * @param config the whole configuration
   * @throws IllegalArgumentException naming the key that is missing or out of its range
   */
  public static QueueTimes from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.queue",
        c ->
            new QueueTimes(
                c.duration("grant-life"),
                c.duration("grant-life-with-rate"),
                c.duration("look"),
                c.count("look-batch"),
                c.duration("slots-every"),
                c.duration("lines-every"),
                c.count("lines-page"),
                c.duration("lines-wait"),
                c.duration("linger-every"),
                c.duration("linger-after"),
                c.duration("store-timeout"),
                c.duration("answer-within"),
                c.duration("directory-every"),
                c.count("max-instances"),
                c.duration("idle"),
                c.duration("ask-timeout"),
                c.duration("restart-min"),
                c.duration("restart-max"),
                c.number("restart-jitter")));
  }
}
