package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.keys.ApiKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node with keys whose PostgreSQL goes away, and comes back. */
class KeysWithoutDatabaseTest {
  @TempDir private Path directory;

  private static Api.Answer get(RunningNode node, String path, String key) {
    return node.management().get(path, "Authorization", "Bearer " + key);
  }

  @Test
  void keys_of_the_configuration_go_on_and_those_of_the_database_for_a_while() {
    var admin = ApiKey.generate(new SecureRandom());
    try (var postgres = TestPostgres.start(directory.resolve("pg"));
        var node =
            RunningNode.start(
                directory.resolve("node"),
                postgres.database(),
                """
                retriever.node.auth.keys {
                  configured = [{ id = %s, hash = "%s", roles = [admin, metrics] }]
                  poll-interval = 200 ms, max-age = 3 s
                }
                """
                    .formatted(admin.id(), admin.hash().hex()))) {
      var stored = made(node, admin);
      assertThat(get(node, "/stats", stored).status()).isEqualTo(200);
      postgres.stop();

      assertThat(get(node, "/stats", stored).status()).as("for a while").isEqualTo(200);
      Eventually.becomes(503, () -> get(node, "/stats", stored).status());
      var refused = get(node, "/stats", stored);
      assertThat(refused.at("/type")).isEqualTo("/problems/storage-unavailable");
      assertThat(refused.header("Retry-After")).isPresent();
      assertThat(get(node, "/stats", admin.secretText()).status()).isEqualTo(200);
      assertThat(get(node, "/admin/keys", admin.secretText()).status()).isEqualTo(503);

      postgres.start();
      Eventually.becomes(200, () -> get(node, "/stats", stored).status());
    }
  }

  private static String made(RunningNode node, ApiKey admin) {
    return node.management()
        .send(
            "POST",
            "/admin/keys",
            json("{'roles': ['metrics']}").getBytes(StandardCharsets.UTF_8),
            "Authorization",
            "Bearer " + admin.secretText(),
            "Content-Type",
            "application/json")
        .at("/key");
  }
}
