package dev.retriever.cluster.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The JSON that the README and the documentation show is as the contract has it. */
class DocumentedJsonTest {
  private static final Pattern BLOCK = Pattern.compile("```json\\R(.*?)```", Pattern.DOTALL);
  private static final Pattern SENT = Pattern.compile("(?:-d|--data) '(\\{.*?})'", Pattern.DOTALL);
  private static final Pattern MESSAGE = Pattern.compile("`(\\{\"(?:event|origin)\".*?})`");

  /** Lines of files of a node, which are no part of its API. */
  private static final String FILES = "entityType";

  private final OpenApi api = new OpenApi(Contract.ofApi().json());
  private final OpenApi management = new OpenApi(Contract.ofManagement().json());

  @Test
  void each_example_keeps_its_schema() throws IOException {
    var found = new ArrayList<String>();
    var checked = 0;
    for (var page : pages()) {
      for (var text : examples(Files.readString(page))) {
        checked++;
        var json = ExchangeCheck.parsed(completed(text));
        if (json.isEmpty()) {
          found.add(page + ": no JSON: " + text);
        } else if (!json.get().has(FILES)) {
          breaches(json.get()).forEach(it -> found.add(page + ": " + it + ": " + text));
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(checked).as("examples").isGreaterThan(5);
  }

  private static List<Path> pages() throws IOException {
    try (var docs = Files.list(Path.of("../docs"))) {
      return Stream.concat(
              Stream.of(Path.of("../README.md")),
              docs.filter(it -> it.toString().endsWith(".md")).sorted())
          .toList();
    }
  }

  private static List<String> examples(String page) {
    return Stream.of(BLOCK, SENT, MESSAGE)
        .flatMap(it -> it.matcher(page).results())
        .map(it -> it.group(1))
        .toList();
  }

  /** With something where the page leaves things out. */
  private static String completed(String text) {
    return text.replaceAll("(At\": )\"…\"", "$1\"2026-01-15T10:00:00.000Z\"")
        .replace("{…a problem…}", "{}")
        .replace("{…}", "{}")
        .replaceAll("\"origin\":…", "\"origin\":\"a\"");
  }

  private List<String> breaches(JsonNode json) {
    var isManagement = json.has("roles") || isOfQueue(json);
    var document = isManagement ? management : api;
    var schema = document.root().path("components").path("schemas").path(schema(json));
    return document.breaches(schema, json);
  }

  private static boolean isOfQueue(JsonNode json) {
    return !json.has("action") && (json.has("concurrency") || json.has("rate"));
  }

  private static String schema(JsonNode json) {
    if (isOfQueue(json)) {
      return "QueueSettings";
    }
    if (json.has("action")) {
      return "BulkWanted";
    }
    if (json.has("roles")) {
      return "NewKey";
    }
    if (json.has("event")) {
      return json.has("origin") ? "SharedMessage" : "OutcomeMessage";
    }
    if (json.has("fetch")) {
      return "ScheduleSettings";
    }
    if (json.has("from") && json.has("to")) {
      return "BackfillSchedule";
    }
    if (json.has("keys")) {
      return "EndpointSettings";
    }
    if (json.at("/data/sequence").isNumber()) {
      return "CallbackMessage";
    }
    if (json.has("request")) {
      return "Submission";
    }
    if (json.has("items")) {
      return json.has("originId") ? "BatchDone" : "ManyResults";
    }
    return json.has("title") ? "Problem" : json.has("origin") ? "Subscribe" : "Fetch";
  }
}
