package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedNode.class)
class FetchApiTest {
  private static final String ORIGIN = "submitting";
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z";

  private final RunningNode node;
  private final Api api;
  private final TestTarget target;

  FetchApiTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.api = node.api();
    this.target = target;
  }

  @Test
  void a_submission_is_answered_with_the_accepted_fetch_and_where_it_is() {
    var answer = api.submit(ORIGIN, withId("accepted", "/held/accepted"));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("Content-Type")).contains("application/json");
    assertThat(answer.header("Location")).contains(fetch(ORIGIN, "accepted"));
    assertThat(answer.header("Preference-Applied")).isEmpty();
    assertThat(answer.at("/originId")).isEqualTo(ORIGIN);
    assertThat(answer.at("/id")).isEqualTo("accepted");
    assertThat(answer.at("/state")).isEqualTo("pending");
    assertThat(answer.at("/acceptedAt")).matches(TIME);
    assertThat(answer.at("/attempts/0/number")).isEqualTo("1");
    assertThat(answer.at("/attempts/0/executor")).isNotEmpty();
    assertThat(answer.at("/attempts/0/startedAt")).matches(TIME);
    assertThat(answer.json().has("settledAt")).isFalse();
    assertThat(answer.json().has("outcome")).isFalse();
    target.release("accepted");
  }

  @Test
  void a_fetch_without_an_id_is_given_one_that_sorts_by_time() {
    var first = api.submit(ORIGIN, to("/ok")).at("/id");
    var second = api.submit(ORIGIN, to("/ok")).at("/id");

    assertThat(UUID.fromString(first).version()).isEqualTo(7);
    assertThat(second).isGreaterThan(first);
  }

  @Test
  void a_submission_that_waits_is_answered_with_the_settled_fetch() {
    var answer = api.submit(ORIGIN, withId("waited", "/ok"), "Prefer", "wait=20");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Preference-Applied")).contains("wait=20");
    assertThat(answer.header("Location")).contains(fetch(ORIGIN, "waited"));
    assertThat(answer.at("/state")).isEqualTo("settled");
    assertThat(answer.at("/settledAt")).matches(TIME);
    assertThat(answer.at("/outcome/type")).isEqualTo("answered");
    assertThat(answer.at("/outcome/stage")).isEqualTo("complete");
    assertThat(answer.at("/outcome/status")).isEqualTo("200");
    assertThat(answer.at("/outcome/body")).isEqualTo("ok");
    assertThat(answer.at("/attempts/0/endedAt")).matches(TIME);
    assertThat(answer.at("/attempts/0/status")).isEqualTo("200");
  }

  @Test
  void a_submission_that_waits_too_short_is_answered_with_the_pending_fetch() {
    var answer = api.submit(ORIGIN, withId("too-short", "/held/too-short"), "Prefer", "wait=1");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.header("Preference-Applied")).contains("wait=1");
    assertThat(answer.at("/state")).isEqualTo("pending");
    target.release("too-short");
  }

  @Test
  void a_read_that_waits_is_answered_when_the_fetch_settles() throws Exception {
    api.submit(ORIGIN, withId("awaited", "/held/awaited"));
    var reading = api.getLater(fetch(ORIGIN, "awaited"), "Prefer", "wait=20");
    target.awaitHits("awaited", 1);

    target.release("awaited");

    var answer = reading.get(60, TimeUnit.SECONDS);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Preference-Applied")).contains("wait=20");
    assertThat(answer.at("/outcome/body")).isEqualTo("released");
    assertThat(api.get(fetch(ORIGIN, "awaited")).json()).isEqualTo(answer.json());
  }

  @Test
  void a_read_that_waits_too_short_is_answered_with_the_pending_fetch() {
    api.submit(ORIGIN, withId("still-held", "/held/still-held"));

    var answer = api.get(fetch(ORIGIN, "still-held"), "Prefer", "respond-async, wait=1");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Preference-Applied")).contains("wait=1");
    assertThat(answer.at("/state")).isEqualTo("pending");
    target.release("still-held");
  }

  @Test
  void a_wait_is_cut_to_the_longest_that_is_granted() {
    var answer = api.submit(ORIGIN, withId("long-wait", "/ok"), "Prefer", "wait=99999");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Preference-Applied")).contains("wait=60");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"wait=-1", "wait=abc", "wait", "wait=1.5", "wait=99999999999", "wait=0", "; ,="})
  void a_preference_that_makes_no_sense_is_ignored(String preference) {
    var answer = api.submit(ORIGIN, to("/ok"), "Prefer", preference);

    assertThat(answer.status()).isIn(200, 202);
    assertThat(answer.header("Preference-Applied")).isEmpty();
  }

  @Test
  void a_repeated_submission_is_answered_with_the_fetch_there_is() throws Exception {
    var first = api.settled(ORIGIN, withId("repeated", "/ok"));
    var accepted = node.stat("/accepted");

    var second = api.submit(ORIGIN, withId("repeated", "/ok"));

    assertThat(second.status()).isEqualTo(200);
    assertThat(second.header("Idempotency-Replayed")).contains("true");
    assertThat(second.json()).isEqualTo(first.json());
    assertThat(target.hits("repeated")).hasSize(1);
    assertThat(node.stat("/accepted")).isEqualTo(accepted);
  }

  @Test
  void a_repeated_submission_may_be_spelled_in_another_way() throws Exception {
    var url = target.url("/echo?a=%2f");
    var first =
        json(
            """
            {'id': 'respelled', 'request': {'method': 'POST', 'url': '%s', 'body': 'text',
             'headers': {'X-A': '1', 'X-B': ['2', '3']}, 'idempotencyKey': 'k'}}""",
            url);
    var second =
        json(
            """
            {'timeout': '30000ms', 'grace': 'PT5S', 'redirects': 0, 'dispatch': 'proxy',
             'retry': {'maxAttempts': 1, 'resend': 'when-safe',
                       'retryOn': [504, 503, 502, 500, 429, 425, 408, 408]},
             'request': {'headers': {'x-b': ['2', '3'], 'Idempotency-Key': ['k'], 'x-a': '\\u0031'},
                         'bodyBase64': 'dGV4dA==', 'url': '%s', 'method': 'POST'}}""",
            url.replace("%2f", "%2F").replace("http:", "HTTP:"));
    assertThat(api.settled(ORIGIN, first).at("/state")).isEqualTo("settled");

    var repeated = api.submit(ORIGIN, second, "Idempotency-Key", "respelled");

    assertThat(repeated.header("Idempotency-Replayed")).as(repeated.text()).contains("true");
    assertThat(target.hits("respelled")).hasSize(1);
  }

  @Test
  void a_repeated_submission_of_a_pending_fetch_is_accepted_once() throws Exception {
    var first = api.submit(ORIGIN, withId("repeated-early", "/held/repeated-early"));
    target.awaitHits("repeated-early", 1);

    var second = api.submit(ORIGIN, withId("repeated-early", "/held/repeated-early"));

    assertThat(second.status()).isEqualTo(202);
    assertThat(second.header("Idempotency-Replayed")).contains("true");
    assertThat(second.at("/acceptedAt")).isEqualTo(first.at("/acceptedAt"));
    target.release("repeated-early");
    assertThat(api.settled(fetch(ORIGIN, "repeated-early")).at("/state")).isEqualTo("settled");
    assertThat(target.hits("repeated-early")).hasSize(1);
  }

  @Test
  void of_many_submissions_at_once_one_is_accepted() throws Exception {
    var accepted = node.stat("/accepted");
    var fetch = withId("at-once", "/held/at-once");

    var answers =
        IntStream.range(0, 20)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> api.submit(ORIGIN, fetch)))
            .toList();

    var replayed = 0;
    for (var answer : answers) {
      assertThat(answer.get(60, TimeUnit.SECONDS).status()).isEqualTo(202);
      replayed += answer.get().header("Idempotency-Replayed").isPresent() ? 1 : 0;
    }
    assertThat(replayed).isEqualTo(19);
    target.release("at-once");
    assertThat(api.settled(fetch(ORIGIN, "at-once")).at("/outcome/type")).isEqualTo("answered");
    assertThat(target.hits("at-once")).hasSize(1);
    assertThat(node.stat("/accepted")).isEqualTo(accepted + 1);
  }

  @Test
  void a_fetch_is_made_by_the_pool_that_it_names_and_waits_for_room_in_it() throws Exception {
    var first = api.submit(ORIGIN, inBulk("bulk", "/held/bulk"));
    target.awaitHits("bulk", 1);
    var second = api.submit(ORIGIN, inBulk("bulk-too", "/ok"));
    var other = api.settled(ORIGIN, withId("not-in-bulk", "/ok"));

    assertThat(first.at("/attempts/0/executor")).endsWith("/bulk");
    assertThat(second.json().at("/attempts")).isEmpty();
    assertThat(other.at("/outcome/type")).isEqualTo("answered");
    assertThat(other.at("/attempts/0/executor")).isNotEmpty().doesNotEndWith("/bulk");
    assertThat(node.stat("/executors/bulk/permitsHeld")).isEqualTo(1);
    target.release("bulk");
    assertThat(api.settled(fetch(ORIGIN, "bulk-too")).at("/attempts/0/executor")).endsWith("/bulk");
    assertThat(api.submit(ORIGIN, withId("bulk-too", "/ok")).status())
        .as("by another pool it is another fetch")
        .isEqualTo(422);
  }

  @Test
  void a_pool_that_there_is_not_is_refused_with_those_that_there_are() {
    var fetch =
        json("{'id': 'no-pool', 'request': {'url': '%s'}, 'executor': 'x'}", target.url("/ok"));

    var answer = api.submit(ORIGIN, fetch);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/type")).isEqualTo("/problems/no-such-executor");
    assertThat(answer.at("/detail")).contains("[bulk]");
    assertThat(answer.at("/errors/0/pointer")).isEqualTo("/executor");
    assertThat(api.get(fetch(ORIGIN, "no-pool")).status()).isEqualTo(404);
  }

  @Test
  void an_id_with_every_sign_there_is_leads_back_to_its_fetch() {
    var id = "A.b_c~d:e@f-9";

    var submitted = api.submit("o:" + id, withId(id, "/ok"));

    assertThat(submitted.status()).isEqualTo(202);
    var read = api.settled(submitted.header("Location").orElseThrow());
    assertThat(read.at("/originId")).isEqualTo("o:" + id);
    assertThat(read.at("/id")).isEqualTo(id);
    assertThat(read.at("/outcome/type")).isEqualTo("answered");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"by-header\"", "by-header"})
  void the_id_may_come_as_idempotency_key(String key) {
    var answer = api.settled(ORIGIN, to("/ok"), "Idempotency-Key", key);

    assertThat(answer.at("/id")).isEqualTo("by-header");
    assertThat(target.hits("by-header")).hasSize(1);
  }

  @Test
  void the_id_may_come_both_ways_when_it_is_the_same() {
    var answer = api.submit(ORIGIN, withId("both-ways", "/ok"), "Idempotency-Key", "both-ways");

    assertThat(answer.status()).isEqualTo(202);
  }

  @Test
  void other_content_under_the_same_id_is_refused_and_changes_nothing() throws Exception {
    var first = api.settled(ORIGIN, withId("reused", "/ok"));
    var events = node.journaled(ORIGIN);

    var second = api.submit(ORIGIN, withId("reused", "/echo"));

    assertThat(second.status()).isEqualTo(422);
    assertThat(second.header("Content-Type")).contains("application/problem+json");
    assertThat(second.at("/type")).isEqualTo("/problems/idempotency-key-reused");
    assertThat(api.get(fetch(ORIGIN, "reused")).json()).isEqualTo(first.json());
    assertThat(target.hits("reused")).hasSize(1);
    assertThat(node.journaled(ORIGIN)).isEqualTo(events);
  }

  @Test
  void the_same_id_of_another_origin_is_another_fetch() {
    api.settled(ORIGIN, withId("shared-id", "/ok"));

    var other = api.settled("another", withId("shared-id", "/echo"));

    assertThat(other.at("/outcome/type")).isEqualTo("answered");
    assertThat(target.hits("shared-id")).hasSize(2);
  }

  @Test
  void the_same_duration_may_be_spelt_in_several_ways() {
    for (var minute : new String[] {"1m", "60s", "60000ms", "PT1M", "PT60S", "pt1m", "P0DT1M"}) {
      var fetch =
          json(
              "{'id': 'durations', 'request': {'url': '%s'}, 'timeout': '%s', 'within': '24h',"
                  + " 'grace': '250ms', 'retry': {'minBackoff': 'PT0.5S', 'maxBackoff': '1d'}}",
              target.url("/ok"), minute);

      assertThat(api.submit(ORIGIN, fetch).status()).as(minute).isIn(200, 202);
    }
    assertThat(api.settled(fetch(ORIGIN, "durations")).at("/state")).isEqualTo("settled");
    assertThat(target.hits("durations")).hasSize(1);
  }

  @Test
  void fetches_and_origins_that_do_not_exist_are_not_found() {
    for (var path : new String[] {fetch(ORIGIN, "nothing"), fetch("nobody", "nothing")}) {
      var answer = api.get(path, "Prefer", "wait=5");

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.at("/type")).isEqualTo("/problems/not-found");
      assertThat(api.delete(path).status()).isEqualTo(404);
    }
  }

  @Test
  void head_is_answered_like_get_without_a_body() {
    api.settled(ORIGIN, withId("head", "/ok"));

    var answer = api.send("HEAD", fetch(ORIGIN, "head"), null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).contains("application/json");
    assertThat(answer.text()).isEmpty();
    assertThat(api.send("HEAD", fetches(ORIGIN), null).status()).isEqualTo(200);
  }

  private String to(String path) {
    return json("{'request': {'url': '%s'}}", target.url(path));
  }

  private String inBulk(String id, String path) {
    return json("{'id': '%s', 'request': {'url': '%s'}, 'executor': 'bulk'}", id, target.url(path));
  }

  private String withId(String id, String path) {
    return json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url(path));
  }
}
