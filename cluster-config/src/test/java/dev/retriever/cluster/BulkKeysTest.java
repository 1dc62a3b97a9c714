package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of one tenant, and keys of it that are for some of its origins. */
class BulkKeysTest {
  @TempDir private Path directory;

  private static String newKey(Path file, String origins) {
    var out = new ByteArrayOutputStream();
    var args =
        List.of("new", "--append", file.toString(), "--roles", "operate", "--origins", origins);
    var status =
        KeyCommand.run(
            args, new PrintStream(out, true), new PrintStream(new ByteArrayOutputStream(), true));
    assertThat(status).isZero();
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  private static Api.Answer begin(Api api, String key, String id) {
    return api.send(
        "POST",
        "/v1/bulk",
        json("{'id': '%s', 'action': 'redrive', 'where': {'label.customer': '42'}}", id)
            .getBytes(StandardCharsets.UTF_8),
        "Content-Type",
        "application/json",
        "Authorization",
        "Bearer " + key);
  }

  private static Api.Answer send(Api api, String key, String method, String path) {
    return api.send(method, "/v1/bulk" + path, null, "Authorization", "Bearer " + key);
  }

  private static boolean isOpen(Api.Answer job) {
    return List.of("running", "paused").contains(job.at("/state"));
  }

  @Test
  void a_key_sees_and_changes_only_jobs_for_origins_that_it_is_for() throws IOException {
    var file = Files.createDirectory(directory.resolve("data")).resolve("keys.conf");
    var wide = newKey(file, "*");
    var narrow = newKey(file, "order-*");
    try (var node = RunningNode.start(directory.resolve("data"))) {
      var api = node.api();
      assertThat(begin(api, wide, "all").status()).isEqualTo(201);
      assertThat(begin(api, narrow, "orders").status()).isEqualTo(201);

      assertThat(send(api, narrow, "GET", "").text()).contains("orders").doesNotContain("\"all\"");
      assertThat(send(api, wide, "GET", "").text()).contains("orders").contains("\"all\"");
      assertThat(send(api, narrow, "GET", "/all").status()).isEqualTo(404);
      for (var change : List.of("pause", "resume", "cancel")) {
        assertThat(send(api, narrow, "POST", "/all/" + change).status()).isEqualTo(404);
      }
      assertThat(send(api, wide, "GET", "/all").at("/state")).isNotIn("paused", "cancelled");
      for (var id : List.of("all", "orders")) {
        assertThat(send(api, wide, "POST", "/" + id + "/cancel").status()).isEqualTo(200);
        Eventually.becomes(false, () -> isOpen(send(api, wide, "GET", "/" + id)));
      }

      for (var n = 1; n <= 4; n++) {
        assertThat(begin(api, wide, "held-" + n).status()).isEqualTo(201);
        assertThat(send(api, wide, "POST", "/held-" + n + "/pause").at("/state"))
            .isEqualTo("paused");
      }
      var fifth = begin(api, narrow, "orders-5");
      assertThat(fifth.status()).isEqualTo(429);
      assertThat(fifth.at("/detail")).contains("4 bulk jobs of this tenant");
    }
  }
}
