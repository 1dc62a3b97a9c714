package dev.retriever.cluster;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The programs of Prometheus: in the directory of a system property, or on the PATH. */
final class PrometheusTools {
  private static final String HOME = "prometheus.home";

  private PrometheusTools() {}

  /** The program of that name. Skips the test without one, and says how to get it. */
  static Path program(String name) {
    var found = find(name);
    if (found.isEmpty()) {
      var why =
          "SKIPPED: no "
              + name
              + " on the PATH or in -D"
              + HOME
              + "=DIRECTORY; on Debian: apt-get install prometheus";
      System.out.println(why);
      Assumptions.abort(why);
    }
    return found.orElseThrow();
  }

  private static Optional<Path> find(String name) {
    var directories =
        Stream.concat(
            Optional.ofNullable(System.getProperty(HOME)).stream(),
            Arrays.stream(System.getenv("PATH").split(File.pathSeparator)));
    return directories
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What a run printed. */
  record Ran(int status, String text) {}

  /** Runs promtool, and waits for its end. */
  static Ran promtool(List<String> arguments) {
    var command =
        Stream.concat(Stream.of(program("promtool").toString()), arguments.stream()).toList();
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("promtool did not end: " + text);
      }
      return new Ran(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
