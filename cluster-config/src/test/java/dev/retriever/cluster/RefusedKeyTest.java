package dev.retriever.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.keys.ApiKey;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node answers to credentials that it does not accept. */
class RefusedKeyTest {
  private static final ApiKey CALLER = ApiKey.generate(new SecureRandom());

  private static RunningNode node;

  @BeforeAll
  static void start(@TempDir Path directory) {
    node =
        RunningNode.start(
            directory,
            """
            retriever.node.auth {
              keys.configured = [{ id = %s, hash = "%s", roles = [read] }]
              failed-tries { per-minute = 1, burst = 30 }
            }
            """
                .formatted(CALLER.id(), CALLER.hash().hex()));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String[] bearing(String key) {
    return new String[] {"Authorization", "Bearer " + key};
  }

  /** In one test, because all come from one address. */
  @Test
  void all_that_is_not_accepted_is_answered_alike_and_too_much_of_it_429_while_keys_pass()
      throws IOException {
    var caller = CALLER.secretText();
    var unknown = ApiKey.generate(new SecureRandom()).secretText();
    var other = ApiKey.generate(CALLER.id(), new SecureRandom());
    var none = node.api().get("/v1/me");
    var texts =
        List.of(
            unknown,
            other.secretText(),
            caller.substring(0, caller.length() - 1),
            caller + "a",
            caller.toUpperCase(java.util.Locale.ROOT),
            "rtv_",
            "Bearer " + caller);
    for (var text : texts) {
      var answer = node.api().get("/v1/me", bearing(text));
      assertThat(answer.status()).as(text.substring(0, 4)).isEqualTo(401);
      assertThat(answer.text()).isEqualTo(none.text());
    }
    assertThat(node.api().get("/v1/me", bearing("a".repeat(1 << 20))).status()).isEqualTo(431);
    assertThat(raw("Authorization: Bearer " + caller + "\r\nAuthorization: Bearer " + caller))
        .startsWith("HTTP/1.1 401 ");
    assertThat(raw("Authorization: Bearer " + caller + "\r\nauthorization: Basic eDp5"))
        .startsWith("HTTP/1.1 401 ");
    assertThat(raw("Authorization: Basic " + caller)).startsWith("HTTP/1.1 401 ");

    var statuses = new ArrayList<Integer>();
    for (var i = 0; i < 30; i++) {
      statuses.add(node.api().get("/v1/me", bearing(unknown)).status());
    }
    assertThat(statuses).contains(429).doesNotContain(200);
    var refused = node.api().get("/v1/me", bearing(unknown));
    assertThat(refused.at("/type")).isEqualTo("/problems/too-many-failed-tries");
    assertThat(Integer.parseInt(refused.header("Retry-After").orElseThrow())).isBetween(1, 61);
    assertThat(node.api().get("/v1/origins/order-1/fetches", bearing(caller)).status())
        .isEqualTo(200);
    assertThat(node.api().get("/v1/me").status()).as("nothing sent is no try").isEqualTo(401);
  }

  private static String raw(String headers) throws IOException {
    var uri = URI.create(node.api().url());
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/origins/order-1/fetches HTTP/1.1\r\nConnection: close\r\nHost: "
                      + uri.getAuthority()
                      + "\r\n"
                      + headers
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
