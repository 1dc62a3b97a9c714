package dev.retriever.executor.settings;

import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How long a node that stops keeps its attempts, from {@code retriever.executor.drain}.
 *
 * @param finish for those under way to end by themselves; 0 aborts them at once
 * @param acknowledge for the reports on the aborted ones to arrive
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

  /** The longest that all of it may take. */
  public Duration total() {
    return finish.plus(acknowledge);
  }
}
