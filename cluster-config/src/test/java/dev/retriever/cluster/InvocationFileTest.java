package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.invocation.InvocationLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class InvocationFileTest {
  private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(42), ZoneOffset.UTC);

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("invocations.jsonl");
  }

  private Config config(String... settings) {
    var file = "retriever.node.invocation-log.file = \"" + file() + "\"";
    return ConfigFactory.parseString(String.join("\n", settings))
        .withFallback(RunningNode.config(directory, file));
  }

  private static JsonNode line(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private void fetches(int origins, TestTarget target, String... settings) throws IOException {
    try (var node =
        RunningNode.start(
            directory.resolve("data"),
            String.join("\n", settings),
            RunningNode.MAY_CALL_LOOPBACK)) {
      for (var i = 0; i < origins; i++) {
        for (var dispatch : List.of("proxy", "direct")) {
          node.api()
              .settled(
                  "o" + i,
                  json(
                      "{'id': '%s', 'dispatch': '%s', 'request': {'url': '%s', 'headers': {'A': 'canary'}}}",
                      dispatch, dispatch, target.url("/ok?token=canary")));
        }
      }
    }
  }

  @Test
  void a_node_writes_lines_that_parse_and_pair_and_hold_nothing_of_a_request() throws Exception {
    try (var target = new TestTarget()) {
      fetches(3, target, "retriever.node.invocation-log.file = \"" + file() + "\"");
    }

    var text = Files.readAllLines(file());
    assertThat(text).noneMatch(line -> line.contains("canary") || line.contains("http://"));
    var byKind =
        text.stream()
            .map(InvocationFileTest::line)
            .collect(
                Collectors.groupingBy(
                    line ->
                        line.path("entityType").asText() + " " + line.path("eventType").asText()));
    assertThat(byKind.get("executor report")).as("direct attempts have no executor").hasSize(3);
    assertThat(byKind.get("origin report")).hasSize(6);
    assertThat(byKind.get("origin command")).hasSizeGreaterThanOrEqualTo(6);
    var loaded = byOrigin(byKind.get("origin wake"));
    var left = byOrigin(byKind.get("origin residency"));
    assertThat(left).hasSize(3);
    left.forEach(
        (origin, residency) ->
            assertThat(residency.path("timestampMs").asLong())
                .isEqualTo(loaded.get(origin).path("timestampMs").asLong()));
    assertThat(text).allMatch(it -> line(it).path("loggedMs").asLong() > 0);
  }

  /** Without the origin of the node's own jobs, which comes and leaves when it likes. */
  private static Map<String, JsonNode> byOrigin(List<JsonNode> lines) {
    return lines.stream()
        .filter(line -> !line.path("originType").asText().equals("bulk"))
        .collect(Collectors.toMap(line -> line.path("originId").asText(), Function.identity()));
  }

  @Test
  void without_the_setting_there_is_no_file_and_no_line() throws Exception {
    try (var target = new TestTarget()) {
      fetches(1, target);
    }

    assertThat(file()).doesNotExist();
    assertThat(InvocationFile.from(RunningNode.config(directory))).isEmpty();
    assertThat(RunningNode.config(directory).getBoolean("retriever.invocation-log.enabled"))
        .isFalse();
  }

  @Test
  void a_line_says_when_it_was_written() throws IOException {
    var close = InvocationFile.from(config()).orElseThrow().open(CLOCK);
    LoggerFactory.getLogger(InvocationLog.LOGGER).info("{\"a\":1}");
    close.run();

    assertThat(file()).hasContent("{\"a\":1,\"loggedMs\":42}");
  }

  @Test
  void old_files_are_kept_up_to_their_number_and_no_more() throws IOException {
    var small =
        config("retriever.node.invocation-log { file-size = 1 KiB, files = 2, queue = 100000 }");
    var close = InvocationFile.from(small).orElseThrow().open(CLOCK);
    var logger = LoggerFactory.getLogger(InvocationLog.LOGGER);
    for (var i = 0; i < 5_000; i++) {
      logger.info("{\"number\":{}}", i);
    }
    close.run();

    try (var files = Files.list(directory)) {
      assertThat(files.map(it -> it.getFileName().toString()))
          .contains("invocations.jsonl")
          .isSubsetOf("invocations.jsonl", "invocations.jsonl.1", "invocations.jsonl.2");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "queue = 0, queue must be at least 1",
    "file-size = 1 B, file-size must be at least 1 KiB",
    "files = 0, files must be 1 to 20",
    "files = 21, files must be 1 to 20"
  })
  void a_setting_that_is_out_of_range_is_named(String setting, String why) {
    var wrong = config("retriever.node.invocation-log." + setting);

    assertThatThrownBy(() -> InvocationFile.from(wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("retriever.node.invocation-log." + why);
  }
}
