package dev.retriever.cluster.metrics;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;

/**
 * Settings of metrics, from {@code retriever.node.metrics}.
 *
 * @param enabled whether the node measures anything
 */
record MetricsSettings(boolean enabled) {
  static MetricsSettings from(Config config) {
    return SettingsReader.read(
        config, "retriever.node.metrics", c -> new MetricsSettings(c.flag("enabled")));
  }
}
