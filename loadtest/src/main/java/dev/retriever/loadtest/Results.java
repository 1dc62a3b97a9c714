package dev.retriever.loadtest;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Reads and writes the results of scenarios: one JSON file for each run. The record, which the
 * report is made of, has one for each scenario on each database.
 */
public final class Results {
  static final Path DIRECTORY = Path.of("loadtest", "target", "results");
  static final Path RECORD = Path.of("loadtest", "record");

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private Results() {}

  public static String json(Result result) throws IOException {
    return JSON.writeValueAsString(tree(result)) + "\n";
  }

  /** An array of results. */
  static String json(List<Result> results) throws IOException {
    return JSON.writeValueAsString(results.stream().map(Results::tree).toList()) + "\n";
  }

  private static ObjectNode tree(Result result) {
    ObjectNode json = JSON.valueToTree(result);
    // Computed values for readers that do not use this class.
    return json.put("verdict", result.grade().words())
        .put("kept", result.kept())
        .put("size", result.size());
  }

  /** Anything else for other programs. */
  static String text(Object value) throws IOException {
    return JSON.writeValueAsString(value) + "\n";
  }

  public static Result parse(String json) throws IOException {
    return JSON.readValue(json, Result.class);
  }

  /**
   * Writes the result to the file; without one, beside earlier results of the scenario under a new
   * number.
   */
  public static synchronized Path write(Optional<Path> file, Result result) throws IOException {
    var path = file.orElseGet(() -> unused(result.scenario()));
    if (path.toAbsolutePath().getParent() != null) {
      Files.createDirectories(path.toAbsolutePath().getParent());
    }
    return Files.writeString(path, json(result));
  }

  /** The file of the record for such a run; a later run takes the place of an earlier one. */
  static Path recorded(Path record, String scenario, String database) {
    var name = scenario + "-" + database.toLowerCase(Locale.ROOT).replace(' ', '-');
    return record.resolve(name + ".json");
  }

  private static Path unused(String scenario) {
    return IntStream.iterate(1, n -> n + 1)
        .mapToObj(n -> DIRECTORY.resolve(scenario + "-" + n + ".json"))
        .filter(Files::notExists)
        .findFirst()
        .orElseThrow();
  }

  /**
   * The latest of each scenario on each database, a full run before a smaller one, and that before
   * a quick one; in the order of groups and scenarios. Files without a result are skipped.
   */
  public static List<Result> latest(Path directory) throws IOException {
    var latest = new TreeMap<String, Result>();
    for (var result : all(directory)) {
      latest.merge(key(result), result, Results::better);
    }
    return List.copyOf(latest.values());
  }

  /**
   * Results of scenarios that there are no longer; their figures say nothing about this program.
   */
  static List<Result> outdated(List<Result> results) {
    return results.stream().filter(it -> index(it) < 0).toList();
  }

  /** All results of a directory, the oldest first; or that of one file. */
  static List<Result> all(Path directory) throws IOException {
    var results = new ArrayList<Result>();
    if (Files.isRegularFile(directory)) {
      read(directory).ifPresent(results::add);
    } else if (Files.isDirectory(directory)) {
      try (var files = Files.newDirectoryStream(directory, "*.json")) {
        for (var file : files) {
          read(file).ifPresent(results::add);
        }
      }
    }
    results.sort(Comparator.comparing(Result::startedAt));
    return results;
  }

  private static Optional<Result> read(Path file) throws IOException {
    try {
      var result = parse(Files.readString(file));
      return Optional.ofNullable(result.startedAt()).map(at -> result);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String key(Result result) {
    var order = index(result) < 0 ? 999 : index(result);
    return "%s %03d %s %s".formatted(result.group(), order, result.scenario(), result.database());
  }

  private static int index(Result result) {
    return IntStream.range(0, Scenarios.ALL.size())
        .filter(i -> Scenarios.ALL.get(i).name().equals(result.scenario()))
        .findFirst()
        .orElse(-1);
  }

  private static Result better(Result older, Result newer) {
    return rank(newer) < rank(older) ? older : newer;
  }

  private static int rank(Result result) {
    return result.quick() ? 0 : result.size().equals("full") ? 2 : 1;
  }
}
