package dev.retriever.executor;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How long a node that stops keeps its attempts, from {@code retriever.executor.drain}.
 *
 * @param finish for those under way to end by themselves; 0 aborts them at once
 * @param acknowledge for the reports on the aborted ones to arrive
 */
public record DrainSettings(Duration finish, Duration acknowledge) {
  private static final String PATH = "retriever.executor.drain";
  private static final Duration MOST = Duration.ofHours(1);

  /**
   * @throws IllegalArgumentException naming the key and its range
   */
  public DrainSettings {
    inRange("finish", finish);
    inRange("acknowledge", acknowledge);
  }

  /**
   * @param config the whole configuration
   * @throws RuntimeException naming the key that is missing or out of its range
   */
  public static DrainSettings from(Config config) {
    var section = config.getConfig(PATH);
    return new DrainSettings(section.getDuration("finish"), section.getDuration("acknowledge"));
  }

  /** The longest that all of it may take. */
  public Duration total() {
    return finish.plus(acknowledge);
  }

  private static void inRange(String key, Duration value) {
    if (value.isNegative() || value.compareTo(MOST) > 0) {
      throw new IllegalArgumentException(
          PATH + "." + key + " must be 0 to 1 hour, but is " + value);
    }
  }
}
