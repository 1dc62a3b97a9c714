package dev.retriever.cluster.security;

import static dev.retriever.executor.settings.SettingRules.must;

import com.typesafe.config.Config;
import dev.retriever.executor.settings.SettingsReader;

/**
 * Whether callers must prove who they are, from {@code retriever.node.auth}. Immutable.
 *
 * @param mode {@code off} to open the ports on purpose; empty to ask for credentials as soon as
 *     there is a source of them
 */
public record AuthSettings(String mode) {
  private static final String OFF = "off";

  /**
   * @throws IllegalArgumentException if the mode is another word
   */
  public AuthSettings {
    must(
        mode.isEmpty() || mode.equals(OFF),
        "mode (RETRIEVER_AUTH)",
        "off, or not set",
        "'" + mode + "'");
  }

  public static AuthSettings from(Config config) {
    return SettingsReader.read(
        config, "retriever.node.auth", c -> new AuthSettings(c.text("mode")));
  }

  /** Whether the ports are open on purpose, also where there are keys. */
  public boolean isOff() {
    return mode.equals(OFF);
  }
}
