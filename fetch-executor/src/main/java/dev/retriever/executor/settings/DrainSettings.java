package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * The time limits for attempts of a node that stops, from {@code retriever.executor.drain}.
 *
 * @param finish how long current attempts may go on; 0 aborts them at once
 * @param acknowledge how long to wait for acknowledgements of the reports on aborted attempts
 */
public record DrainSettings(Duration finish, Duration acknowledge) {
  private static final Duration MOST = Duration.ofHours(1);

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
  public DrainSettings {
    between("finish", finish, Duration.ZERO, MOST);
    between("acknowledge", acknowledge, Duration.ZERO, MOST);
  }

  /**
   * @param config the whole configuration
   * @throws IllegalArgumentException naming the key that is missing or out of its range
   */
  public static DrainSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.executor.drain",
        c -> new DrainSettings(c.duration("finish"), c.duration("acknowledge")));
  }

  /** Both times together. */
  public Duration total() {
    return finish.plus(acknowledge);
  }
}
