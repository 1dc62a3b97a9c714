package dev.retriever.cli;

import dev.retriever.client.wire.ClientTime;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What a command finds around itself, which tests replace.
 *
 * @param isTerminal whether somebody looks at the output, and can answer
 * @param http empty to have one made
 */
public record Surroundings(
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    boolean isTerminal,
    ClientTime time,
    Optional<HttpClient> http) {

  private static final int WIDTH_OF_A_FILE = 200;
  private static final int USUAL_WIDTH = 100;
  private static final int LEAST_WIDTH = 40;

  /** Of this process. */
  static Surroundings ofProcess() {
    return new Surroundings(
        System.in,
        new PrintWriter(System.out, true),
        new PrintWriter(System.err, true),
        System.getenv(),
        System.console() != null,
        ClientTime.SYSTEM,
        Optional.empty());
  }

  /** The same, with an input that refuses to be read by a second reader. */
  Surroundings withInputReadOnce() {
    return new Surroundings(new InputReadOnce(in), out, err, environment, isTerminal, time, http);
  }

  /** Columns that a line may have. */
  int width() {
    var told = environment.getOrDefault("COLUMNS", "");
    if (told.matches("\\d{1,4}")) {
      return Math.max(LEAST_WIDTH, Integer.parseInt(told));
    }
    return isTerminal ? USUAL_WIDTH : WIDTH_OF_A_FILE;
  }

  /** Where contexts are kept. */
  Path contextsFile() {
    var home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    var config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    var base = config.isEmpty() ? Path.of(home, ".config") : Path.of(config);
    return base.resolve("retriever").resolve("contexts.json");
  }

  /**
   * Standard input, which one reader reads to its end. A second one would get nothing, and take
   * that for an empty key or body, so it is refused. Used by one thread.
   */
  private static final class InputReadOnce extends FilterInputStream {
    private boolean isTaken;

    InputReadOnce(InputStream in) {
      super(in);
    }

    @Override
    public byte[] readAllBytes() throws IOException {
      refuseSecond();
      isTaken = true;
      return in.readAllBytes();
    }

    @Override
    public int read() throws IOException {
      refuseSecond();
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
      refuseSecond();
      return in.read(bytes, from, length);
    }

    private void refuseSecond() {
      if (isTaken) {
        throw new Refused(
            "standard input can be read once, but two parts of the command read it",
            "Give a file in place of one - or @-, or --yes in place of an answer.",
            ExitCodes.WRONG_ARGUMENTS);
      }
    }
  }
}
