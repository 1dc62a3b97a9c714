package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Open streams of callers whose keys are taken away. */
class TenantStreamsTest {
  private static final String QUICKLY =
      """
      retriever.node.auth.keys.read-interval = 100 ms
      retriever.node.outcomes.credential-check = 100 ms
      """;

  @TempDir private Path directory;

  @Test
  void every_kind_of_stream_ends_with_the_key_that_opened_it_and_others_go_on() throws IOException {
    var file = directory.resolve("keys.conf");
    var callers = new TestCallers();
    var stays = callers.key("acme", Set.of(Role.READ, Role.SUBMIT), "*");
    var goes = callers.key("acme", Set.of(Role.READ), "*");
    Files.writeString(file, callers.fileWithout());
    try (var target = new TestTarget();
        var node =
            RunningNode.start(
                directory.resolve("data"),
                RunningNode.MAY_CALL_LOOPBACK,
                QUICKLY,
                "retriever.node.auth.keys.file = \"" + file + "\"")) {
      var api = node.api().as(goes);
      try (var stream = Subscription.stream(api, Subscription.path("o"));
          var socket = Subscription.socket(api, Subscription.path("o"));
          var shared = Subscription.shared(api, json("{'origin': 'o'}"));
          var other = Subscription.stream(node.api().as(stays), Subscription.path("o"))) {
        shared.next("obegin");

        var begun = System.nanoTime();
        Files.writeString(file, callers.fileWithout(goes));

        assertThat(stream.next("end").json().at("/reason").asText()).isEqualTo("credential-ended");
        assertThat(socket.next("end").json().at("/reason").asText()).isEqualTo("credential-ended");
        assertThat(shared.next("oend").json().at("/reason").asText()).isEqualTo("credential-ended");
        assertThat(shared.next("end").json().at("/reason").asText()).isEqualTo("credential-ended");
        System.out.println(
            "Streams ended " + (System.nanoTime() - begun) / 1_000_000 + " ms after the key");
        assertThat(stream.next().name()).isEqualTo("over");
        assertThat(socket.next().name()).isEqualTo("over");
        assertThat(shared.next().name()).isEqualTo("over");

        var spec = json("{'id': 'a', 'request': {'url': '%s'}}", target.url("/ok"));
        assertThat(node.api().as(stays).submit("o", spec).status()).isEqualTo(202);
        assertThat(other.fetches(1)).containsExactly("a");
        assertThat(api.get(Api.fetches("o")).status()).isEqualTo(401);
      }
    }
  }
}
