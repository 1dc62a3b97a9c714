package dev.retriever.cluster;

import java.util.Locale;
import java.util.Optional;

/**
 * How lines of the log are written. The log begins before any configuration is read, so the
 * environment or a system property says it, and logback.xml reads it there.
 */
enum LogFormat {
  /** For people. */
  TEXT,
  /** A line of JSON for each, with fields for the origin, the fetch and the trace. */
  JSON;

  static final String NAME = "RETRIEVER_LOG_FORMAT";

  /**
   * @param set what the environment says
   * @throws IllegalArgumentException if there is no such format: then nothing would be logged
   */
  static void check(Optional<String> set) {
    for (var format : values()) {
      if (set.isEmpty() || set.get().equals(format.name().toLowerCase(Locale.ROOT))) {
        return;
      }
    }
    throw new IllegalArgumentException(NAME + " must be text or json, but is '" + set.get() + "'");
  }
}
