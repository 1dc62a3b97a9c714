package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches the second target when the first sends a fetch on. */
@ExtendWith(SharedNode.class)
class RedirectTest {
  private static final String POST =
      "{'id': '%s', 'redirects': %d, 'request': {'method': 'POST', 'url': '%s', 'body': 'order',"
          + " 'idempotencyKey': 'key-1', 'headers': {'Authorization': 'Bearer x', 'Cookie': 'a=b',"
          + " 'Content-Type': 'text/plain', 'X-Api-Key': 'abc'}}}";

  private final Api api;
  private final TestTarget first;
  private final TestTarget second = new TestTarget();

  RedirectTest(RunningNode node, TestTarget target) {
    this.api = node.api();
    this.first = target;
  }

  @AfterEach
  void stop() {
    second.close();
  }

  private Api.Answer post(String id, int redirects, String path) {
    return api.settled("redirected", json(POST, id, redirects, first.url(path)));
  }

  private String sendOn(int status, String url) {
    return "/redirect/" + status + "?" + url;
  }

  @Test
  void by_default_it_is_an_answer_and_nothing_is_sent_there() {
    var answer = post("not-followed", 0, sendOn(307, second.url("/echo")));

    assertThat(answer.at("/outcome/status")).isEqualTo("307");
    assertThat(answer.at("/outcome/headers/location")).isEqualTo(second.url("/echo"));
    assertThat(second.hits("not-followed")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {307, 308})
  void another_target_is_sent_the_same_without_credentials(int status) {
    var id = "sent-on-" + status;

    var answer = post(id, 1, sendOn(status, second.url("/echo")));

    assertThat(answer.at("/outcome/status")).isEqualTo("200");
    assertThat(answer.at("/outcome/body")).isEqualTo("order");
    assertThat(answer.json().at("/attempts"))
        .extracting(attempt -> attempt.get("number").asInt() + ":" + attempt.get("status").asInt())
        .containsExactly("1:" + status, "2:200");
    assertThat(answer.json().at("/attempts/0").has("url")).isFalse();
    assertThat(answer.at("/attempts/1/url")).isEqualTo(second.url("/echo"));
    assertThat(first.hits(id).get(0).headers())
        .containsKeys("Authorization", "Cookie", "Idempotency-key", "X-api-key");
    var hit = second.hits(id).get(0);
    assertThat(hit.method()).isEqualTo("POST");
    assertThat(hit.attempt()).isEqualTo("2");
    assertThat(hit.text()).isEqualTo("order");
    assertThat(hit.headers())
        .containsKeys("Content-type")
        .doesNotContainKeys("Authorization", "Cookie", "Idempotency-key", "X-api-key");
    assertThat(hit.headers()).containsEntry("Host", List.of(second.url("").substring(7)));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303})
  void a_post_that_is_sent_on_to_look_becomes_a_get(int status) {
    var id = "looks-" + status;

    post(id, 1, sendOn(status, "/ok"));

    var hit = first.hits(id).get(1);
    assertThat(hit.method()).isEqualTo("GET");
    assertThat(hit.body()).isEmpty();
    assertThat(hit.headers())
        .containsKeys("Authorization", "Cookie", "Idempotency-key", "X-api-key")
        .doesNotContainKeys("Content-type", "Content-length");
  }

  @Test
  void three_are_followed_and_a_fourth_is_the_answer() {
    var loop = sendOn(307, "");
    var answer = post("loop", 3, loop + first.url("/redirect/307?/redirect/307?/redirect/307?/x"));

    assertThat(answer.at("/outcome/status")).isEqualTo("307");
    assertThat(answer.at("/outcome/headers/location")).isEqualTo("/x");
    assertThat(first.hits("loop")).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://10.0.0.1/", "http://inside.test/", "http://[::ffff:10.0.0.1]/"})
  void an_address_that_must_not_be_called_is_not_called_when_a_target_sends_there(String inside) {
    var id = "inside-" + Math.floorMod(inside.hashCode(), 1000);

    var answer = post(id, 1, sendOn(307, inside));

    assertThat(answer.at("/outcome/type")).isEqualTo("unknown");
    assertThat(answer.at("/outcome/stage")).isEqualTo("egress-denied");
    assertThat(answer.json().at("/attempts")).hasSize(2);
  }

  @Test
  void where_nobody_listens_it_is_unknown_and_not_failed() {
    var gone = second.url("/");
    second.close();

    var answer = post("gone", 1, sendOn(307, gone));

    assertThat(answer.at("/outcome/type")).isEqualTo("unknown");
    assertThat(answer.at("/outcome/stage")).isEqualTo("connecting");
    assertThat(answer.at("/outcome/reason")).isEqualTo("connection-refused");
  }
}
