package dev.retriever.cluster.bulk;

import static dev.retriever.executor.settings.SettingRules.between;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.time.Duration;

/**
 * Settings of bulk jobs, from {@code retriever.node.jobs}; {@code application.conf} explains them.
 *
 * @param beginsAfter the time from the begin of a job until its first page; 100 ms to 1 hour
 */
record BulkSettings(Duration beginsAfter) {
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofHours(1);

  BulkSettings {
    between("begins-after", beginsAfter, LEAST, MOST);
  }

  static BulkSettings from(Config config) {
    return SettingsReader.read(
        config, "retriever.node.jobs", it -> new BulkSettings(it.duration("begins-after")));
  }
}
