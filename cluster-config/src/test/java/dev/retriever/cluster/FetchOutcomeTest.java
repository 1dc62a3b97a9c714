package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to a target, and what becomes of it. */
@ExtendWith(SharedNode.class)
class FetchOutcomeTest {
  private static final String ORIGIN = "settling";

  private final RunningNode node;
  private final Api api;
  private final TestTarget target;

  FetchOutcomeTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.api = node.api();
    this.target = target;
  }

  @Test
  void the_target_is_sent_what_was_asked_for() {
    var answer =
        api.settled(
            ORIGIN,
            json(
                "{'id': 'sent', 'request': {'method': 'POST', 'url': '%s', 'body': 'h\u00e9llo\\n',"
                    + " 'headers': {'X-One': 'a b', 'X-Two': ['1', '2']},"
                    + " 'idempotencyKey': 'key-1'}}",
                target.url("/echo?q=%2f")));

    assertThat(answer.at("/outcome/body")).isEqualTo("h\u00e9llo\n");
    var hit = target.hits("sent").get(0);
    assertThat(hit.method()).isEqualTo("POST");
    assertThat(hit.attempt()).isEqualTo("1");
    assertThat(hit.text()).isEqualTo("h\u00e9llo\n");
    assertThat(hit.headers())
        .containsEntry("X-one", List.of("a b"))
        .containsEntry("Idempotency-key", List.of("key-1"));
    assertThat(hit.headers().get("X-two")).containsExactlyInAnyOrder("1", "2");
  }

  @Test
  void bytes_that_are_no_text_go_and_come_as_base64() {
    var base64 = Base64.getEncoder().encodeToString(TestTarget.BINARY);

    var answer =
        api.settled(
            ORIGIN,
            json(
                "{'id': 'bytes', 'request': {'method': 'PUT', 'url': '%s', 'bodyBase64': '%s'}}",
                target.url("/binary"), base64));

    assertThat(target.hits("bytes").get(0).body()).isEqualTo(TestTarget.BINARY);
    assertThat(answer.at("/outcome/bodyBase64")).isEqualTo(base64);
    assertThat(answer.json().at("/outcome").has("body")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"body", "bodyBase64"})
  void the_largest_body_goes_and_comes_whole(String field) {
    var base64 = field.equals("bodyBase64");
    var text = "abcd".repeat(1 << 18);
    var body = base64 ? Base64.getEncoder().encodeToString(text.getBytes()) : text;

    var answer =
        settled(
            "{'id': 'largest-%s', 'request': {'method': 'PUT', 'url': '%s', '%1$s': '%s'}}",
            field, target.url("/echo"), body);

    assertThat(target.hits("largest-" + field).get(0).text().equals(text)).isTrue();
    assertThat(answer.at("/outcome/body").equals(text)).isTrue();
  }

  @Test
  void an_attempt_says_when_it_reached_each_stage() {
    var stages = get("stages", "/ok").json().at("/attempts/0/stages");

    assertThat(stages.fieldNames())
        .toIterable()
        .containsSubsequence("resolving", "sent", "headers", "body", "complete");
    var times = new ArrayList<Double>();
    stages.forEach(time -> times.add(time.asDouble()));
    assertThat(times).isSorted().allSatisfy(time -> assertThat(time).isBetween(0.0, 30_000.0));
  }

  @Test
  void an_attempt_that_was_not_sent_says_when_it_was_refused() {
    var attempt =
        settled("{'id': 'denied-when', 'request': {'url': '%s'}}", "http://inside.test/")
            .json()
            .at("/attempts/0");

    assertThat(attempt.at("/stages").fieldNames())
        .toIterable()
        .containsExactly("resolving", "egress-denied");
  }

  @Test
  void a_header_that_came_more_than_once_is_a_list() {
    var answer = get("cookies", "/cookies");

    var cookies = answer.json().at("/outcome/headers/set-cookie");
    assertThat(cookies)
        .extracting(cookie -> cookie.asText())
        .containsExactlyInAnyOrder("a=1", "b=2");
    assertThat(answer.json().at("/outcome/headers/date").isTextual()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 404, 500})
  void any_status_is_an_answer(int status) {
    var before = node.stat("/settled/answered");

    var answer = get("status-" + status, "/status/" + status);

    assertThat(answer.at("/outcome/type")).isEqualTo("answered");
    assertThat(answer.at("/outcome/status")).isEqualTo("" + status);
    assertThat(answer.json().at("/attempts")).hasSize(1);
    assertThat(node.stat("/settled/answered")).isEqualTo(before + 1);
  }

  @Test
  void an_unresolvable_host_is_a_failure() {
    var before = node.stat("/settled/failed");

    var answer = settled("{'id': 'unresolvable', 'request': {'url': 'http://nobody.invalid/'}}");

    assertThat(answer.at("/outcome/type")).isEqualTo("failed");
    assertThat(answer.at("/outcome/stage")).isEqualTo("resolving");
    assertThat(answer.at("/outcome/reason")).isEqualTo("unresolvable-host");
    assertThat(node.stat("/settled/failed")).isEqualTo(before + 1);
  }

  @Test
  void a_refused_connection_is_a_failure() throws IOException {
    try (var nobody = FreePort.taken()) {
      var answer =
          settled(
              "{'id': 'refused', 'request': {'method': 'POST', 'url': 'http://127.0.0.1:%d/'}}",
              nobody.getLocalPort());

      assertThat(answer.at("/outcome/type")).isEqualTo("failed");
      assertThat(answer.at("/outcome/stage")).isEqualTo("connecting");
      assertThat(answer.at("/outcome/reason")).isEqualTo("connection-refused");
    }
  }

  @Test
  void a_name_of_an_address_that_must_not_be_called_is_a_failure_that_shows_no_address() {
    var answer =
        settled(
            "{'id': 'inside', 'request': {'url': 'http://inside.test/'},"
                + " 'retry': {'maxAttempts': 3}}");

    assertThat(answer.at("/outcome/type")).isEqualTo("failed");
    assertThat(answer.at("/outcome/stage")).isEqualTo("egress-denied");
    assertThat(answer.at("/outcome/reason")).isEqualTo("egress-denied");
    assertThat(answer.json().at("/attempts")).hasSize(1);
    assertThat(answer.text()).doesNotContain("10.0.0.5");
  }

  @Test
  void an_address_that_must_not_be_called_is_refused() {
    var answer = api.submit(ORIGIN, json("{'id': 'no', 'request': {'url': 'http://10.0.0.1/'}}"));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/type")).isEqualTo("/problems/target-not-allowed");
    assertThat(answer.at("/errors/0/pointer")).isEqualTo("/request/url");
    assertThat(api.get(fetch(ORIGIN, "no")).status()).isEqualTo(404);
  }

  @Test
  void a_timeout_after_the_request_was_sent_is_unknown_and_counted() {
    var timedOut = node.stat("/timedOut");
    var unknown = node.stat("/settled/unknown");

    var answer =
        settled(
            "{'id': 'silent', 'timeout': '200ms', 'request': {'method': 'POST', 'url': '%s'}}",
            target.url("/never"));

    assertThat(answer.at("/outcome/type")).isEqualTo("unknown");
    assertThat(answer.at("/outcome/stage")).isEqualTo("sent");
    assertThat(answer.at("/outcome/reason")).isEqualTo("timeout");
    assertThat(target.hits("silent")).hasSize(1);
    assertThat(node.stat("/timedOut")).isEqualTo(timedOut + 1);
    assertThat(node.stat("/settled/unknown")).isEqualTo(unknown + 1);
  }

  @Test
  void a_connection_that_the_target_drops_is_unknown() {
    var answer =
        settled(
            "{'id': 'dropped', 'request': {'method': 'POST', 'url': '%s'},"
                + " 'retry': {'maxAttempts': 3, 'minBackoff': '1ms'}}",
            target.url("/drop"));

    assertThat(answer.at("/outcome/type")).isEqualTo("unknown");
    assertThat(answer.at("/outcome/reason")).isEqualTo("connection-closed");
    assertThat(target.hits("dropped")).hasSize(1);
  }

  @Test
  void a_retry_makes_another_attempt_until_one_is_good() {
    var answer =
        settled(
            "{'id': 'retried', 'request': {'url': '%s'},"
                + " 'retry': {'maxAttempts': 5, 'minBackoff': '1ms', 'retryOn': [503]}}",
            target.url("/flaky/2"));

    assertThat(answer.at("/outcome/body")).isEqualTo("at last");
    assertThat(answer.json().has("exhausted")).isFalse();
    assertThat(answer.json().at("/attempts"))
        .extracting(attempt -> attempt.get("number").asInt() + ":" + attempt.get("status").asInt())
        .containsExactly("1:503", "2:503", "3:200");
    assertThat(target.hits("retried"))
        .extracting(TestTarget.Hit::attempt)
        .containsExactly("1", "2", "3");
  }

  @Test
  void a_fetch_that_used_all_its_attempts_says_so() {
    var answer =
        settled(
            "{'id': 'exhausted', 'request': {'url': '%s'},"
                + " 'retry': {'maxAttempts': 2, 'minBackoff': '1ms'}}",
            target.url("/status/503"));

    assertThat(answer.at("/outcome/status")).isEqualTo("503");
    assertThat(answer.json().get("exhausted").asBoolean()).isTrue();
    assertThat(target.hits("exhausted")).hasSize(2);
  }

  @Test
  void a_cancelled_fetch_is_settled_and_cancelling_it_again_changes_nothing() throws Exception {
    var before = node.stat("/settled/cancelled");
    var late = node.stat("/late");
    api.submit(ORIGIN, json("{'id': 'gone', 'request': {'url': '%s'}}", target.url("/never")));
    target.awaitHits("gone", 1);

    var first = api.delete(fetch(ORIGIN, "gone"));

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.at("/state")).isEqualTo("settled");
    assertThat(first.at("/outcome/type")).isEqualTo("cancelled");
    assertThat(first.at("/outcome/reason")).isEqualTo("maybe-sent");
    Eventually.becomes(late + 1, () -> node.stat("/late"));
    var second = api.delete(fetch(ORIGIN, "gone"));
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json().get("outcome")).isEqualTo(first.json().get("outcome"));
    assertThat(second.at("/late/0/reason")).isEqualTo("aborted");
    assertThat(second.json().at("/late/0/stages").has("sent")).isTrue();
    assertThat(second.json().at("/attempts/0").has("stages")).isFalse();
    assertThat(node.stat("/settled/cancelled")).isEqualTo(before + 1);
  }

  @Test
  void a_fetch_that_has_settled_otherwise_cannot_be_cancelled() {
    var settled = get("too-late", "/ok");
    var lost = node.stat("/lostRaces");

    var answer = api.delete(fetch(ORIGIN, "too-late"));

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.at("/type")).isEqualTo("/problems/conflict");
    assertThat(api.get(fetch(ORIGIN, "too-late")).json()).isEqualTo(settled.json());
    assertThat(node.stat("/lostRaces")).isEqualTo(lost + 1);
  }

  private Api.Answer get(String id, String path) {
    return settled("{'id': '%s', 'request': {'url': '%s'}}", id, target.url(path));
  }

  private Api.Answer settled(String text, Object... arguments) {
    var answer = api.settled(ORIGIN, json(text, arguments));
    assertThat(answer.at("/state")).as(answer.text()).isEqualTo("settled");
    return answer;
  }
}
