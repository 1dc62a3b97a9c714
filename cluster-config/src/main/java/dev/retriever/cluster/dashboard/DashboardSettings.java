package dev.retriever.cluster.dashboard;

import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings of the dashboard, from {@code retriever.node.dashboard}; {@code application.conf}
 * explains each.
 *
 * @param enabled whether the management port serves pages, and what they call
 * @param directory whose files are served in place of the program's own, for development
 */
public record DashboardSettings(boolean enabled, Optional<Path> directory) {
  public DashboardSettings {
    directory.ifPresent(
        path ->
            must(
                Files.isDirectory(path),
                "directory (RETRIEVER_DASHBOARD_DIRECTORY)",
                "a directory",
                path.toString()));
  }

  /**
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static DashboardSettings from(Config config) {
    return SettingsReader.read(
        config,
        "retriever.node.dashboard",
        c ->
            new DashboardSettings(
                c.flag("enabled"), c.unless("", "directory", key -> Path.of(c.text(key)))));
  }
}
