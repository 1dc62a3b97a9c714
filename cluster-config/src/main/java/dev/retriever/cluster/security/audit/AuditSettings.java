package dev.retriever.cluster.security.audit;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the audit, from {@code retriever.node.audit}; {@code application.conf} explains each.
 *
 * @param queue rows that may wait to be stored
 * @param denials addresses and reasons that have a row of their own in one minute
 */
public record AuditSettings(
    Duration retention,
    Duration purgeInterval,
    int purgeBatch,
    int queue,
    int denials,
    Optional<Lines> file) {
  /**
   * A file of JSON lines.
   *
   * @param size in bytes, of one file
   * @param files that are kept beside the one that is written
   */
  public record Lines(Path path, long size, int files) {
    private static final int FILES_MAX = 20;

    public Lines {
      atLeast("file-size", size, 1L << 10);
      between("files", files, 1, FILES_MAX);
    }
  }

  public AuditSettings {
    atLeast("retention", retention, Duration.ofDays(1));
    atLeast("purge-interval", purgeInterval, Duration.ofSeconds(1));
    between("purge-batch", purgeBatch, 1, 10_000);
    between("queue", queue, 1, 100_000);
    between("denials", denials, 1, 100_000);
  }

  public static AuditSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.audit",
        c ->
            new AuditSettings(
                c.duration("retention"),
                c.duration("purge-interval"),
                c.count("purge-batch"),
                c.count("queue"),
                c.count("denials"),
                c.unless("", "file", c::text)
                    .map(Path::of)
                    .map(path -> new Lines(path, c.bytes("file-size"), c.count("files")))));
  }
}
