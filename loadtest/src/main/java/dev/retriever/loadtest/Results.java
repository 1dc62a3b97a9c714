package dev.retriever.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/** Where the results of scenarios are kept. */
final class Results {
  private static final Path DIRECTORY = Path.of("loadtest", "target", "results");

  private Results() {}

  /** Writes the JSON to that file, or beside earlier results of its kind under a new number. */
  static Path write(String scenario, Optional<Path> file, String json) throws IOException {
    var path = file.orElseGet(() -> unused(scenario));
    if (path.toAbsolutePath().getParent() != null) {
      Files.createDirectories(path.toAbsolutePath().getParent());
    }
    return Files.writeString(path, json + System.lineSeparator());
  }

  private static Path unused(String scenario) {
    return IntStream.iterate(1, n -> n + 1)
        .mapToObj(n -> DIRECTORY.resolve(scenario + "-" + n + ".json"))
        .filter(Files::notExists)
        .findFirst()
        .orElseThrow();
  }
}
