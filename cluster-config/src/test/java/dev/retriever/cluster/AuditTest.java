package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.storage.Storage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node records of operators, and of requests that it refuses. */
class AuditTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TRIGGER = "/admin/origins/http/o/trigger";

  @TempDir private Path directory;

  private RunningNode node(String... more) {
    var settings = new ArrayList<>(List.of(more));
    settings.add("retriever.node.audit.file = \"" + directory.resolve("audit.json") + "\"");
    return RunningNode.start(directory, settings.toArray(String[]::new));
  }

  private static List<JsonNode> rows(RunningNode node, String query) {
    var answer = node.management().get("/admin/audit" + query);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return StreamSupport.stream(answer.json().get("rows").spliterator(), false).toList();
  }

  private static Api.Answer trigger(RunningNode node, String query) {
    return node.management().send("POST", TRIGGER + query, null);
  }

  @Test
  void a_deed_is_recorded_before_it_is_done_and_after() throws IOException {
    try (var node = node()) {
      assertThat(trigger(node, "?count=3&token=s3cr3t").status()).isEqualTo(200);
      assertThat(trigger(node, "?count=x").status()).isEqualTo(400);

      var rows = rows(node, "");
      assertThat(rows).extracting(it -> it.get("kind").asText()).startsWith("asked", "done");
      var asked = rows.get(0);
      assertThat(asked.at("/action").asText())
          .isEqualTo("POST " + TRIGGER.replace("/o/", "/{origin}/"));
      assertThat(asked.at("/subject").asText()).isEqualTo("origin=o");
      assertThat(asked.at("/credential").asText()).isEqualTo("open");
      assertThat(asked.at("/caller").asText()).isEqualTo("open");
      assertThat(asked.at("/address").asText()).isEqualTo("127.0.0.1");
      assertThat(asked.at("/tenant").asText()).isEqualTo("default");
      assertThat(asked.at("/result").asText()).isEqualTo("done");
      assertThat(rows.get(1).at("/id")).isEqualTo(asked.at("/id"));
      assertThat(rows.get(1).at("/status").asInt()).isEqualTo(200);
      assertThat(rows.get(2).at("/result").asText()).isEqualTo("failed");
      assertThat(rows.get(3).at("/status").asInt()).isEqualTo(400);
      assertThat(rows.get(4).at("/result").asText()).as("this question itself").isEqualTo("asked");
      var lines = Files.readAllLines(directory.resolve("audit.json"));
      assertThat(lines).hasSizeGreaterThanOrEqualTo(5).noneMatch(line -> line.contains("s3cr3t"));
      assertThat(JSON.readTree(lines.get(1)).at("/kind").asText()).isEqualTo("done");
    }
  }

  @Test
  void pages_follow_each_other() {
    try (var node = node()) {
      for (var i = 0; i < 5; i++) {
        trigger(node, "");
      }
      var first = node.management().get("/admin/audit?limit=3").json();
      var cursor = first.get("nextCursor").asText();

      assertThat(first.get("rows")).hasSize(3);
      assertThat(rows(node, "?limit=3&after=" + cursor).get(0).at("/id"))
          .isEqualTo(rows(node, "").get(3).at("/id"));
      assertThat(node.management().get("/admin/audit?tenant=acme&after=" + cursor).status())
          .isEqualTo(400);
    }
  }

  @Test
  void nothing_is_done_while_the_audit_cannot_store_it() throws SQLException {
    var shared = RunningNode.sharing("audit-away");
    try (var node = node(shared)) {
      execute(shared, "ALTER TABLE \"audit_last\" RENAME TO \"gone\"");

      var refused = trigger(node, "");

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.at("/type")).isEqualTo("/problems/audit-unavailable");
      assertThat(node.management().get("/alive").status()).isEqualTo(200);
      assertThat(node.management().get("/admin/origins/http/none").status()).isEqualTo(404);
      execute(shared, "ALTER TABLE \"gone\" RENAME TO \"audit_last\"");
      assertThat(trigger(node, "").status()).isEqualTo(200);
    }
  }

  @Test
  void ids_are_recorded_without_characters_that_mislead() {
    try (var node = node()) {
      node.management().send("POST", "/admin/origins/other/a%E2%80%AEb%0Ac/trigger", null);

      assertThat(rows(node, "").get(0).at("/subject").asText())
          .isEqualTo("type=other origin=a\\u202eb\\uac");
    }
  }

  private void execute(String settings, String statement) throws SQLException {
    var storage = Storage.from(RunningNode.config(directory, settings));
    try (var connection = storage.connect();
        var change = connection.createStatement()) {
      change.execute(statement);
    }
  }

  @Test
  void refusals_are_stored_when_the_node_stops_at_the_latest() throws Exception {
    try (var node = node()) {
      for (var i = 0; i < 50; i++) {
        RawRequest.exchange(
            node.api(),
            "GET /a%E2%80%A8b HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
      }
    }
    var denied = new ArrayList<JsonNode>();
    for (var line : Files.readAllLines(directory.resolve("audit.json"))) {
      assertThat(line).doesNotContain("\u2028");
      denied.add(JSON.readTree(line));
    }
    assertThat(denied).hasSizeLessThanOrEqualTo(2);
    assertThat(denied.stream().mapToLong(it -> it.at("/count").asLong()).sum()).isEqualTo(50);
    assertThat(denied.get(0).at("/reason").asText()).isEqualTo("host-not-allowed");
    assertThat(denied.get(0).at("/subject").asText()).isEqualTo("/a%E2%80%A8b");
    assertThat(denied.get(0).at("/credential").asText()).isEqualTo("none");
  }
}
