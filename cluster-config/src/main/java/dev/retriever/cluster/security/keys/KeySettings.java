package dev.retriever.cluster.security.keys;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.retriever.executor.settings.SettingsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Settings of keys, from {@code retriever.node.auth.keys}; {@code application.conf} explains each.
 * Immutable.
 *
 * @param file that is read if it is there
 * @param isFileNeeded whether it must be there
 */
public record KeySettings(
    Path file,
    boolean isFileNeeded,
    List<Key> configured,
    Duration readInterval,
    Duration pollInterval,
    Duration maxAge,
    int maxKeys,
    Duration keepEnded) {
  private static final String PATH = "retriever.node.auth.keys";
  private static final String DEFAULT_FILE = "keys.conf";
  private static final int MOST_KEYS = 100_000;

  public KeySettings {
    configured = List.copyOf(configured);
    atLeast("read-interval", readInterval, Duration.ofMillis(100));
    atLeast("poll-interval", pollInterval, Duration.ofMillis(100));
    atLeast("max-age", maxAge, "poll-interval", pollInterval.multipliedBy(2));
    between("max-keys", maxKeys, 1, MOST_KEYS);
    atLeast("keep-ended", keepEnded, Duration.ofHours(1));
  }

  /**
   * @throws IllegalArgumentException naming what is wrong, without any part of a key
   */
  public static KeySettings from(Config config) {
    var dataDir = config.getString("retriever.node.data-dir");
    return SettingsReader.read(
        config,
        PATH,
        c -> {
          var file = Optional.of(c.text("file")).filter(it -> !it.isBlank());
          return new KeySettings(
              file.map(Path::of).orElse(Path.of(dataDir, DEFAULT_FILE)),
              file.isPresent(),
              configured(config),
              c.duration("read-interval"),
              c.duration("poll-interval"),
              c.duration("max-age"),
              c.count("max-keys"),
              c.duration("keep-ended"));
        });
  }

  private static List<Key> configured(Config config) {
    try {
      return KeyEntries.read(config.getConfigList(PATH + ".configured"));
    } catch (ConfigException e) {
      throw new IllegalArgumentException("configured must be a list of entries");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("configured: " + e.getMessage());
    }
  }
}
