package dev.retriever.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of {@code deploy/monitoring}. */
final class Monitoring {
  static final Path DIRECTORY = Path.of("../deploy/monitoring");
  static final Path RULES = DIRECTORY.resolve("rules.yaml");
  static final Path TESTS = DIRECTORY.resolve("rules_test.yaml");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern METRIC = Pattern.compile("\\b((?:retriever|http)_[a-z_]+)");

  /** Labels that {@code by} and {@code on} name look like metrics. */
  private static final Set<String> LABELS =
      Set.of("http_response_status_code", "http_request_method", "http_route");

  private Monitoring() {}

  static JsonNode yaml(Path file) {
    try (var in = Files.newBufferedReader(file)) {
      var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      return JSON.valueToTree(yaml.load(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rules, in their order. */
  static List<JsonNode> rules() {
    var rules = new ArrayList<JsonNode>();
    yaml(RULES).at("/groups").forEach(group -> group.get("rules").forEach(rules::add));
    return rules;
  }

  /** Every expression of the dashboard of Grafana, with a time in the place of its variable. */
  static List<String> dashboardExpressions() {
    try {
      var dashboard = JSON.readTree(DIRECTORY.resolve("dashboard.json").toFile());
      return dashboard.findValuesAsText("expr").stream()
          .map(it -> it.replace("$__rate_interval", "5m"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The metrics that an expression names, as the documentation names them. */
  static Set<String> metrics(String expression, Set<String> known) {
    var found = new TreeSet<String>();
    METRIC
        .matcher(expression)
        .results()
        .map(match -> match.group(1))
        .filter(name -> !LABELS.contains(name))
        .map(name -> known.contains(name) ? name : name.replaceFirst("_(bucket|count|sum)$", ""))
        .forEach(found::add);
    return found;
  }
}
