package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redirects of what was asked with TLS, as they reach the wire. */
class TlsRedirectTest {
  private static final String POST =
      "{'id': '%s', 'redirects': 3, 'request': {'method': 'POST', 'url': '%s', 'body': 'order',"
          + " 'headers': {'Authorization': 'Bearer x', 'X-Api-Key': 'abc',"
          + " 'Content-Type': 'text/plain'}}}";

  private static RunningNode node;
  private static SSLContext tls;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    var keys = new TestKeys(directory);
    var certificate = keys.certificate("target");
    tls = TestKeys.context(certificate, keys.trusting(certificate));
    node =
        RunningNode.start(
            directory,
            RunningNode.MAY_CALL_LOOPBACK,
            "retriever.executor.transport.tls.trust = \"" + keys.exported(certificate) + "\"");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Api.Answer post(String id, String url) {
    return node.api().settled("redirected", json(POST, id, url));
  }

  @Test
  void another_port_is_sent_the_body_without_credentials() {
    try (var first = new TestTarget(tls);
        var second = new TestTarget(tls)) {
      var answer = post("other-port", first.url("/redirect/307?" + second.url("/echo")));

      assertThat(answer.at("/outcome/status")).isEqualTo("200");
      assertThat(first.hits("other-port").get(0).headers())
          .containsKeys("Authorization", "X-api-key");
      var hit = second.hits("other-port").get(0);
      assertThat(hit.text()).isEqualTo("order");
      assertThat(hit.headers())
          .containsKey("Content-type")
          .doesNotContainKeys("Authorization", "X-api-key");
    }
  }

  @Test
  void the_same_port_is_sent_the_credentials_too() {
    try (var target = new TestTarget(tls)) {
      post("same-port", target.url("/redirect/308?/echo"));

      assertThat(target.hits("same-port").get(1).headers())
          .containsKeys("Authorization", "X-api-key");
    }
  }

  @Test
  void without_tls_nobody_is_sent_anything() {
    try (var first = new TestTarget(tls);
        var second = new TestTarget()) {
      var answer = post("downgraded", first.url("/redirect/307?" + second.url("/echo")));

      assertThat(answer.at("/outcome/type")).isEqualTo("answered");
      assertThat(answer.at("/outcome/status")).isEqualTo("307");
      assertThat(answer.at("/outcome/headers/location")).isEqualTo(second.url("/echo"));
      assertThat(second.hits("downgraded")).isEmpty();
    }
  }

  @Test
  void tls_once_reached_is_not_left_either() {
    try (var plain = new TestTarget();
        var secure = new TestTarget(tls)) {
      var back = secure.url("/redirect/307?" + plain.url("/echo"));

      var answer = post("up-and-down", plain.url("/redirect/307?" + back));

      assertThat(answer.at("/outcome/status")).isEqualTo("307");
      assertThat(secure.hits("up-and-down")).hasSize(1);
      assertThat(plain.hits("up-and-down")).hasSize(1);
    }
  }
}
