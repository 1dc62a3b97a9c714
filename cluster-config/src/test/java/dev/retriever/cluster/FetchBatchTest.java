package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Many fetches in one request, and settled ones made again. */
@ExtendWith(SharedNode.class)
class FetchBatchTest {
  private final RunningNode node;
  private final Api api;
  private final TestTarget target;

  FetchBatchTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.api = node.api();
    this.target = target;
  }

  private String item(String id) {
    return json("{'id':'%s','request':{'url':'%s'}}", id, target.url("/ok"));
  }

  private String itemOf(String originId, String id) {
    return json(
        "{'originId':'%s','id':'%s','request':{'url':'%s'}}", originId, id, target.url("/ok"));
  }

  private Api.Answer post(String path, String body) {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    return api.send("POST", path, bytes, "Content-Type", "application/json");
  }

  /** A refusal closes the connection, which the client may just use again. */
  private int statusIfAnswered(String path, String body) {
    try {
      return post(path, body).status();
    } catch (AssertionError e) {
      return 0;
    }
  }

  private Api.Answer batch(String originId, String... items) {
    return post(fetches(originId) + ":batch", "{\"fetches\":[" + String.join(",", items) + "]}");
  }

  private Api.Answer many(String... items) {
    return post("/v1/fetches:batch", "{\"fetches\":[" + String.join(",", items) + "]}");
  }

  @Test
  void five_hundred_are_durable_with_one_answer_and_a_repeat_makes_none() throws Exception {
    var items =
        IntStream.range(0, 500).mapToObj(i -> item("f" + i)).collect(Collectors.joining(","));

    var answer = batch("batch-500", items);

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.at("/originId")).isEqualTo("batch-500");
    assertThat(answer.json().at("/items")).hasSize(500);
    assertThat(answer.json().at("/items"))
        .allMatch(it -> it.get("result").asText().equals("accepted"));
    // A node that is slow to record answers 503 for a while.
    Eventually.becomes("existing", () -> batch("batch-500", items).at("/items/499/result"));
    assertThat(api.settled(fetch("batch-500", "f499")).at("/outcome/type")).isEqualTo("answered");
  }

  @Test
  void one_that_is_too_long_holds_no_memory_after_its_refusal(RunningNode node) {
    var tooLong = "{\"fetches\":[\"" + "x".repeat(30 << 20) + "\"]}";

    Eventually.becomes(413, () -> statusIfAnswered(fetches("batch-long") + ":batch", tooLong));
    Eventually.becomes(413, () -> statusIfAnswered("/v1/fetches:batch", tooLong));

    Eventually.becomes(0L, () -> node.stat("/memory/uploads/held"));
    assertThat(batch("batch-long", item("f")).status()).isEqualTo(202);
  }

  @Test
  void one_that_is_refused_refuses_all_by_its_place() {
    api.submit("batch-refused", item("taken"));
    var other = json("{'id':'taken','request':{'method':'PUT','url':'%s'}}", target.url("/ok"));

    var answer = batch("batch-refused", item("first"), other);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/type")).isEqualTo("/problems/idempotency-key-reused");
    assertThat(answer.at("/errors/0/pointer")).isEqualTo("/fetches/1/id");
    assertThat(api.get(fetch("batch-refused", "first")).status()).isEqualTo(404);
  }

  @Test
  void what_is_no_batch_is_refused_by_name_and_nothing_is_accepted() {
    assertThat(batch("b").at("/detail")).contains("1 to 500");
    assertThat(batch("b", item("a"), item("a")).at("/errors/0/pointer")).isEqualTo("/fetches/1/id");
    var withoutId = json("{'request':{'url':'%s'}}", target.url("/ok"));
    assertThat(batch("b", item("a"), withoutId).at("/detail")).contains("/fetches/1/id is missing");
    var bad = json("{'id':'x','timeout':'0s','request':{'url':'%s'}}", target.url("/ok"));
    assertThat(batch("b", item("a"), bad).at("/detail")).startsWith("/fetches/1/timeout must be");
    var forbidden = json("{'id':'x','request':{'url':'http://user@example.com/'}}");
    assertThat(batch("b", item("a"), forbidden).at("/errors/0/pointer"))
        .isEqualTo("/fetches/1/request/url");
    var items = IntStream.range(0, 501).mapToObj(i -> item("f" + i)).toArray(String[]::new);
    assertThat(batch("b", items).at("/detail")).contains("1 to 500");
    assertThat(api.get(fetches("b")).json().get("items")).isEmpty();
  }

  @Test
  void fetches_of_several_origins_have_a_result_each() {
    api.submit("many-1", item("taken"));
    var other =
        json(
            "{'originId':'many-1','id':'taken','request':{'method':'PUT','url':'%s'}}",
            target.url("/ok"));

    var answer = many(itemOf("many-1", "a"), other, itemOf("many-2", "a"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("/items/0/result")).isEqualTo("accepted");
    assertThat(answer.at("/items/1/result")).isEqualTo("refused");
    assertThat(answer.at("/items/1/problem/type")).isEqualTo("/problems/idempotency-key-reused");
    assertThat(answer.at("/items/2/originId")).isEqualTo("many-2");
    assertThat(api.settled(fetch("many-2", "a")).at("/outcome/type")).isEqualTo("answered");
    var again = many(itemOf("many-1", "a"), itemOf("many-2", "a"));
    assertThat(again.at("/items/0/result")).isEqualTo("existing");
    assertThat(again.at("/items/1/result")).isEqualTo("existing");
    assertThat(many(itemOf("many-1", "a"), itemOf("many-1", "a")).at("/errors/0/pointer"))
        .isEqualTo("/fetches/1/id");
    assertThat(many(item("a")).at("/detail")).contains("/fetches/0/originId is missing");
  }

  @Test
  void a_settled_fetch_is_made_again_once_for_each_id() {
    api.settled("again", item("charge"));
    var path = fetch("again", "charge") + "/redrive";

    var made = api.send("POST", path, null);

    assertThat(made.status()).isIn(200, 202);
    assertThat(made.at("/id")).isEqualTo("charge~r1");
    assertThat(made.at("/redriveOf")).isEqualTo("charge");
    assertThat(made.header("Location")).contains(fetch("again", "charge~r1"));
    assertThat(api.send("POST", path, null).header("Idempotency-Replayed")).contains("true");
    var named = post(path, json("{'id':'mine'}"));
    assertThat(named.at("/id")).isEqualTo("mine");
    assertThat(api.settled(fetch("again", "mine")).at("/redriveOf")).isEqualTo("charge");
    assertThat(post(path, json("{'id':'charge'}")).at("/type"))
        .isEqualTo("/problems/idempotency-key-reused");
  }

  @Test
  void a_repeat_is_answered_as_the_first_after_the_old_request_is_gone() throws Exception {
    api.settled("repeat", item("charge"));
    var path = fetch("repeat", "charge") + "/redrive";
    api.send("POST", path, null);
    post(path, json("{'id':'mine'}"));
    api.settled("repeat", item("foreign"));

    node.deleteRow("repeat", 1);

    assertThat(replayed(api.send("POST", path, null))).isEqualTo("charge~r1");
    assertThat(replayed(post(path, json("{'id':'mine'}")))).isEqualTo("mine");
    assertThat(post(path, json("{'id':'third'}")).at("/type")).isEqualTo("/problems/request-gone");
    assertThat(post(path, json("{'id':'foreign'}")).at("/type"))
        .isEqualTo("/problems/request-gone");

    api.send("DELETE", fetch("repeat", "charge") + "/bodies", null);

    assertThat(replayed(post(path, json("{'id':'mine'}")))).isEqualTo("mine");
    assertThat(post(path, json("{'id':'third'}")).at("/type")).isEqualTo("/problems/erased");
  }

  private static String replayed(Api.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isIn(200, 202);
    assertThat(answer.header("Idempotency-Replayed")).contains("true");
    assertThat(answer.at("/redriveOf")).isEqualTo("charge");
    return answer.at("/id");
  }

  @Test
  void what_cannot_be_made_again_says_why() {
    api.submit(
        "not-again", json("{'id':'held','request':{'url':'%s'}}", target.url("/held/not-again")));

    var pending = api.send("POST", fetch("not-again", "held") + "/redrive", null);
    assertThat(pending.status()).isEqualTo(409);
    assertThat(pending.at("/type")).isEqualTo("/problems/fetch-not-settled");
    assertThat(api.send("POST", fetch("not-again", "none") + "/redrive", null).status())
        .isEqualTo(404);
    assertThat(post(fetch("not-again", "held") + "/redrive", json("{'ids':'x'}")).at("/detail"))
        .contains("is unknown");
    var longId = "a".repeat(107);
    api.settled("not-again", item(longId));
    assertThat(api.send("POST", fetch("not-again", longId) + "/redrive", null).at("/detail"))
        .contains("/id must be given");
    target.release("not-again");
  }
}
