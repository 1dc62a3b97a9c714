package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.keys.ApiKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes that share the keys of a PostgreSQL. */
class KeyRevocationTest {
  /** The setting's default, and the time of a query on a machine that is busy. */
  private static final Duration LONGEST = Duration.ofSeconds(5).plusSeconds(5);

  private static final ApiKey ADMIN = ApiKey.generate(new SecureRandom());

  private List<RunningNode> nodes;

  @BeforeEach
  void start(@TempDir Path directory) {
    var database = TestPostgres.newDatabase();
    var keys =
        """
        retriever.node.auth.keys.configured = [{ id = %s, hash = %s, roles = [admin, read] }]
        retriever.node.auth.failed-tries.burst = 100000
        """
            .formatted(ADMIN.id(), ADMIN.hash().hex());
    var first = RunningNode.start(directory.resolve("1"), database, keys);
    nodes =
        List.of(
            first,
            RunningNode.start(directory.resolve("2"), database, keys, first.joining()),
            RunningNode.start(directory.resolve("3"), database, keys, first.joining()));
  }

  @AfterEach
  void stop() {
    nodes.forEach(RunningNode::close);
  }

  private static int status(RunningNode node, String key) {
    return node.api().get("/v1/origins/o/fetches", "Authorization", "Bearer " + key).status();
  }

  private static String[] admin() {
    return new String[] {
      "Authorization", "Bearer " + ADMIN.secretText(), "Content-Type", "application/json"
    };
  }

  @Test
  void a_key_opens_and_closes_all_nodes_within_five_seconds_and_a_query() {
    var made =
        nodes
            .get(0)
            .management()
            .send(
                "POST",
                "/admin/keys",
                json("{'roles': ['read']}").getBytes(StandardCharsets.UTF_8),
                admin());
    var key = made.at("/key");
    assertThat(status(nodes.get(0), key)).as("at once where it was made").isEqualTo(200);
    nodes.forEach(node -> Eventually.becomes(200, () -> status(node, key), LONGEST));

    var begun = System.nanoTime();
    assertThat(
            nodes
                .get(1)
                .management()
                .send("DELETE", "/admin/keys/" + made.at("/id"), null, admin())
                .status())
        .isEqualTo(200);
    assertThat(status(nodes.get(1), key)).as("at once where it was revoked").isEqualTo(401);

    var times =
        nodes.stream()
            .map(node -> CompletableFuture.supplyAsync(() -> refusedAfter(node, key, begun)))
            .toList();
    var took = times.stream().map(CompletableFuture::join).toList();
    System.err.println("revoked on each node after " + took);
    assertThat(took).allMatch(time -> time.compareTo(LONGEST) < 0);
  }

  private static Duration refusedAfter(RunningNode node, String key, long begun) {
    Eventually.becomes(401, () -> status(node, key), LONGEST);
    return Duration.ofNanos(System.nanoTime() - begun);
  }
}
