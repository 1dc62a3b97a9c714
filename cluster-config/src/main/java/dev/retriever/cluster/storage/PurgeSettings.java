package dev.retriever.cluster.storage;

import static dev.retriever.executor.settings.SettingRules.atLeast;
import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the purge, from {@code retriever.node.purge}; {@code application.conf} explains each.
 */
public record PurgeSettings(boolean enabled, Duration interval, int batch, Duration margin) {
  public PurgeSettings {
    atLeast("interval", interval, Duration.ofSeconds(1));
    between("batch", batch, 1, 10_000);
    atLeast("margin", margin, Duration.ofMinutes(1));
  }

  /**
   * @param retention of settled fetches; if empty, they are kept for good and no rows are deleted
   */
  public Purge purge(Storage storage, Optional<Duration> retention) {
    return new Purge(storage, retention.map(margin::plus), batch);
  }

  public static PurgeSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.purge",
        c ->
            new PurgeSettings(
                c.flag("enabled"), c.duration("interval"), c.count("batch"), c.duration("margin")));
  }
}
