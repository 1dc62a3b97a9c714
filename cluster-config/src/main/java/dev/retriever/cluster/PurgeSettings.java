package dev.retriever.cluster;

import static dev.retriever.executor.SettingRules.atLeast;
import static dev.retriever.executor.SettingRules.between;

import com.typesafe.config.Config;
import dev.retriever.executor.SettingsReader;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the purge, from {@code retriever.node.purge}; {@code application.conf} explains each.
 */
record PurgeSettings(boolean enabled, Duration interval, int batch, Duration margin) {
  PurgeSettings {
    atLeast("interval", interval, Duration.ofSeconds(1));
    between("batch", batch, 1, 10_000);
    atLeast("margin", margin, Duration.ofMinutes(1));
  }

  /**
   * @param retention of settled fetches; empty for good, and then no rows are deleted
   */
  Purge purge(Storage storage, Optional<Duration> retention) {
    return new Purge(storage, retention.map(margin::plus), batch);
  }

  static PurgeSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.purge",
        c ->
            new PurgeSettings(
                c.flag("enabled"), c.duration("interval"), c.count("batch"), c.duration("margin")));
  }
}
