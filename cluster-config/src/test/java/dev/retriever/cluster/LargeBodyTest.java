package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server has limits of its own, which must not come before those that are set. */
class LargeBodyTest {
  private static final int MEGABYTE = 1 << 20;

  @Test
  void a_body_may_be_as_large_as_the_settings_say(@TempDir Path dataDir) {
    try (var target = new TestTarget();
        var node =
            RunningNode.start(
                dataDir,
                RunningNode.MAY_CALL_LOOPBACK,
                "retriever.node.max-request-body = 10 MiB")) {
      var fetch =
          json(
              "{'id': '%s', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
              "large", target.url("/ok"), "b".repeat(10 * MEGABYTE));

      assertThat(node.api().settled("large", fetch).at("/outcome/status")).isEqualTo("200");
      assertThat(target.hits("large").get(0).body()).hasSize(10 * MEGABYTE);

      var inChunks = fetch.replaceFirst("large", "chunked").getBytes(StandardCharsets.UTF_8);
      var answer =
          node.api()
              .sendInChunks(
                  Api.fetches("large"),
                  inChunks,
                  "Content-Type",
                  "application/json",
                  "Prefer",
                  "wait=60");

      assertThat(answer.at("/outcome/status")).as(answer.text()).isEqualTo("200");
    }
  }
}
