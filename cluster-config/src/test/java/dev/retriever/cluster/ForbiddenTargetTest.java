package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A fetch whose target turns out to be one that must not be called. Somebody listens there, at
 * 127.0.0.2, and is never connected to. Names are those of the file of hosts.
 */
class ForbiddenTargetTest {
  private static final String ORIGIN = "forbidden";

  private static RunningNode node;
  private static TestTarget allowed;
  private static ServerSocketChannel forbidden;

  @BeforeAll
  static void start(@TempDir Path dataDir) throws Exception {
    node = RunningNode.start(dataDir, "retriever.node.egress-allow = \"127.0.0.1\"");
    allowed = new TestTarget();
    forbidden = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.2", 0));
    forbidden.configureBlocking(false);
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
    allowed.close();
    forbidden.close();
  }

  /** The system would have kept a connection for whoever listens. */
  @AfterEach
  void no_connection_was_made_to_a_forbidden_target() throws Exception {
    assertThat(forbidden.accept()).isNull();
  }

  private static String there(String host) throws Exception {
    return "http://%s:%d/".formatted(host, port());
  }

  private static int port() throws Exception {
    return ((InetSocketAddress) forbidden.getLocalAddress()).getPort();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"forbidden.test", "mixed.test", "mixed-too.test", "kubernetes.default.svc"})
  void a_name_of_a_forbidden_address_is_taken_and_not_called(String host) throws Exception {
    var fetch =
        json(
            "{'id': '%s', 'request': {'url': '%s'}, 'retry': {'maxAttempts': 3}}",
            host, there(host));
    assertThat(node.api().submit(ORIGIN, fetch).status()).isEqualTo(202);

    var answer = node.api().settled(Api.fetch(ORIGIN, host));

    assertThat(answer.at("/outcome/type")).isEqualTo("failed");
    assertThat(answer.at("/outcome/stage")).isEqualTo("egress-denied");
    assertThat(answer.at("/outcome/reason")).isEqualTo("egress-denied");
    assertThat(answer.json().at("/attempts")).as("no use to try again").hasSize(1);
    assertThat(answer.text()).as("which addresses it has").doesNotContain("127.0.0.2", "10.96.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "forbidden.test",
        "mixed.test",
        "127.0.0.2",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]"
      })
  void a_redirect_to_a_forbidden_address_is_not_called(String host) throws Exception {
    var id = "redirected-" + Integer.toHexString(host.hashCode());
    var url = allowed.url("/redirect/302?" + there(host));

    var answer =
        node.api()
            .settled(
                ORIGIN, json("{'id': '%s', 'redirects': 3, 'request': {'url': '%s'}}", id, url));

    assertThat(answer.at("/outcome/type")).isEqualTo("unknown");
    assertThat(answer.at("/outcome/stage")).isEqualTo("egress-denied");
    assertThat(allowed.hits(id)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://169.254.169.254/latest/", "http://127.0.0.2/"})
  void by_default_a_redirect_to_one_is_the_answer(String location) {
    var id = "not-followed-" + Integer.toHexString(location.hashCode());
    var url = allowed.url("/redirect/302?" + location);

    var answer =
        node.api().settled(ORIGIN, json("{'id': '%s', 'request': {'url': '%s'}}", id, url));

    assertThat(answer.at("/outcome/status")).isEqualTo("302");
    assertThat(answer.json().at("/attempts")).hasSize(1);
  }
}
