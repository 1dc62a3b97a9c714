package dev.retriever.cluster.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build. */
public final class BuildVersion {
  private static final String FILE = "/retriever-build.properties";

  private BuildVersion() {}

  /** The version as Maven has it, such as {@code 1.2.0}. */
  public static String read() {
    var properties = new Properties();
    try (var in = BuildVersion.class.getResourceAsStream(FILE)) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
