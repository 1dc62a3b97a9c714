package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.client.webhook.WebhookRefused;
import dev.retriever.client.webhook.Webhooks;
import dev.retriever.cluster.callbacks.CallbackKeys;
import dev.retriever.cluster.callbacks.CallbackReceiver;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callback endpoints of a real node: what may be set, and what becomes of what waits. */
class CallbackEndpointTest {
  private static TestTarget target;
  private static CallbackReceiver receiver;
  private static RunningNode node;

  @BeforeAll
  static void start(@TempDir Path dataDir) throws Exception {
    target = new TestTarget();
    receiver = new CallbackReceiver();
    node =
        RunningNode.start(dataDir, RunningNode.MAY_CALL_LOOPBACK, CallbackKeys.settings(dataDir));
  }

  @AfterAll
  static void stop() {
    node.close();
    receiver.close();
    target.close();
  }

  private static Api.Answer put(String name, String body, String... headers) {
    var all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Content-Type";
    all[1] = "application/json";
    var bytes = json(body).getBytes(StandardCharsets.UTF_8);
    return node.api().send("PUT", "/v1/callbacks/" + name, bytes, all);
  }

  private static Api.Answer open(String name, String more) {
    receiver.answer("/" + name, 204);
    return put(
        name, "{'url':'" + receiver.url("/" + name) + "','keys':[{'secret':'cb-1'}]" + more + "}");
  }

  private static Api.Answer submit(String origin, String id, String callback, String... headers) {
    var body =
        "{'id':'%s','request':{'url':'%s'},'callback':'%s'}"
            .formatted(id, target.url("/ok"), callback);
    return node.api().submit(origin, json(body), headers);
  }

  private static String of(String name, String pointer) {
    return node.api().get("/v1/callbacks/" + name).at(pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'url':'http://10.0.0.8/','keys':[{'secret':'cb-1'}] | target-not-allowed | /url",
        "'url':'ftp://x.example/','keys':[{'secret':'cb-1'}] | validation-failed | /url",
        "'url':'http://127.0.0.1:8443/','keys':[] | validation-failed | /keys",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'},{'secret':'cb-2'},{'secret':'cb-3'}]"
            + " | validation-failed | /keys",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'nope'}] | secret-not-allowed |"
            + " /keys/0/secret",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'elsewhere'}] | secret-not-allowed |"
            + " /keys/0/secret",
        "'url':'http://127.0.0.1:8443/','keys':['cb-1'] | validation-failed | /keys/0",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'events':['late'] |"
            + " validation-failed | /events",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'schedule':['1s'] |"
            + " validation-failed | /schedule",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'schedule':['soon'] |"
            + " validation-failed | /schedule/0",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'timeout':'2m' |"
            + " validation-failed | /timeout",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'payload':'fat' |"
            + " validation-failed | /payload",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'queue':'none' | no-such-queue |"
            + " /queue",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'headers':{'Webhook-Id':'x'} |"
            + " validation-failed | /headers/Webhook-Id",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'algorithm':'v2' |"
            + " validation-failed | /algorithm",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'algorithm':'v1a' |"
            + " validation-failed | /keys/0/secret",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'},{'secret':'pair-1'}] |"
            + " validation-failed | /keys/1/secret",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'ordered':1 |"
            + " validation-failed | /ordered",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'ordered':true,'queue':'q' |"
            + " validation-failed | /ordered",
        "'url':'http://127.0.0.1:8443/','keys':[{'secret':'cb-1'}],'strict':true |"
            + " validation-failed | /strict",
      })
  void one_that_cannot_be_is_refused_by_name(String members, String type, String pointer) {
    var answer = put("refused", "{" + members + "}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/type")).isEqualTo("/problems/" + type);
    assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
    assertThat(node.api().get("/v1/callbacks/refused").status()).isEqualTo(404);
  }

  @Test
  void callbacks_are_signed_with_two_private_keys_whose_public_ones_verify_them() throws Exception {
    receiver.answer("/pairs", 204);
    var body =
        "{'url':'%s','keys':[{'secret':'pair-1'},{'secret':'pair-2'}],'algorithm':'v1a'}"
            .formatted(receiver.url("/pairs"));
    assertThat(put("pairs", body).at("/algorithm")).isEqualTo("v1a");

    submit("pairs-origin", "a", "pairs");
    Eventually.becomes(1, () -> receiver.at("/pairs").size());
    var hit = receiver.at("/pairs").get(0);

    assertThat(hit.header("webhook-signature").split(" ")).hasSize(2);
    for (var key : List.of(CallbackKeys.PUBLIC, CallbackKeys.OTHER_PUBLIC)) {
      assertThat(Webhooks.of(key).verify(hit.headers(), bytes(hit.body())))
          .isEqualTo(hit.header("webhook-id"));
      assertThatThrownBy(() -> Webhooks.of(key).verify(hit.headers(), bytes(hit.body() + " ")))
          .isInstanceOf(WebhookRefused.class);
    }
    var refused = put("pairs", body.replace("'v1a'", "'v1'"));
    assertThat(refused.at("/errors/0/pointer")).isEqualTo("/keys/0/secret");
    assertThat(refused.text()).doesNotContain(CallbackKeys.PRIVATE.substring(5, 20));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void the_node_itself_is_no_endpoint() {
    var answer = put("own", "{'url':'" + node.apiUrl() + "/v1/x','keys':[{'secret':'cb-1'}]}");

    assertThat(answer.at("/type")).isEqualTo("/problems/target-not-allowed");
  }

  @Test
  void a_submission_that_names_one_that_there_is_not_is_refused() {
    var answer = submit("o", "refused", "nobody");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/type")).isEqualTo("/problems/no-such-callback");
    assertThat(answer.at("/detail")).contains("PUT /v1/callbacks/nobody");
    assertThat(node.api().get(fetch("o", "refused")).status()).isEqualTo(404);
  }

  @Test
  void a_schedule_whose_fetch_names_one_that_there_is_not_is_refused() {
    var refused = schedule("nobody");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.at("/type")).isEqualTo("/problems/no-such-callback");
    assertThat(refused.at("/errors/0/pointer")).isEqualTo("/fetch/callback");
    assertThat(refused.at("/detail")).contains("PUT /v1/callbacks/nobody");

    open("scheduled", "");
    assertThat(schedule("scheduled").status()).isEqualTo(201);
  }

  private static Api.Answer schedule(String callback) {
    var body =
        json(
            "{'cron':'0 3 * * *','fetch':{'request':{'url':'%s'},'callback':'%s'}}",
            target.url("/ok"), callback);
    return node.api()
        .send(
            "PUT",
            "/v1/origins/o/schedules/nightly",
            body.getBytes(StandardCharsets.UTF_8),
            "Content-Type",
            "application/json");
  }

  @Test
  void a_submission_after_three_callbacks_in_a_row_is_refused_as_a_loop() {
    open("loops", "");

    assertThat(submit("o", "third", "loops", "Retriever-Hop", "3").status()).isEqualTo(508);
    assertThat(submit("o", "second", "loops", "Retriever-Hop", "2").status()).isEqualTo(202);
    assertThat(submit("o", "odd", "loops", "Retriever-Hop", "x").status()).isEqualTo(400);
    Eventually.becomes(1, () -> receiver.at("/loops").size());
    assertThat(receiver.at("/loops").get(0).header("retriever-hop")).isEqualTo("3");
  }

  @Test
  void one_with_callbacks_pending_is_removed_only_when_they_may_be_dropped() {
    open("busy", ",'schedule':['0s','1s','1s']");
    receiver.answer("/busy", 500);
    submit("busy-origin", "a", "busy");
    Eventually.becomes("1", () -> of("busy", "/callbacks/pending"));

    var refused = node.api().delete("/v1/callbacks/busy");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.at("/type")).isEqualTo("/problems/callbacks-pending");
    assertThat(node.api().delete("/v1/callbacks/busy?pending=drop").status()).isEqualTo(204);
    assertThat(node.api().delete("/v1/callbacks/busy").status()).isEqualTo(404);
    assertThat(submit("busy-origin", "b", "busy").at("/type"))
        .isEqualTo("/problems/no-such-callback");

    open("busy", "");
    assertThat(of("busy", "/generation")).isEqualTo("2");
    Eventually.becomes(
        "no-such-endpoint", () -> node.api().get("/v1/callbacks/busy/dead").at("/items/0/reason"));
    assertThat(receiver.at("/busy")).allMatch(hit -> hit.answered() == 500);
  }

  @Test
  void one_that_says_it_is_gone_is_disabled_until_it_is_put_again() {
    open("gone", "");
    receiver.answer("/gone", 410);
    submit("gone-origin", "a", "gone");
    Eventually.becomes("disabled", () -> of("gone", "/state"));

    submit("gone-origin", "b", "gone");
    Eventually.becomes("2", () -> of("gone", "/callbacks/dead"));
    assertThat(receiver.at("/gone")).hasSize(1);

    assertThat(open("gone", "").at("/state")).isEqualTo("enabled");
    submit("gone-origin", "c", "gone");
    Eventually.becomes(2, () -> receiver.at("/gone").size());
  }

  @Test
  void a_change_may_name_the_version_that_it_replaces() {
    assertThat(open("versions", "").header("ETag")).contains("\"1\"");
    var body = "{'url':'" + receiver.url("/versions") + "','keys':[{'secret':'cb-2'}]}";

    assertThat(put("versions", body, "If-Match", "\"7\"").status()).isEqualTo(412);
    assertThat(put("versions", body, "If-None-Match", "*").status()).isEqualTo(412);
    assertThat(put("versions", body, "If-Match", "\"1\"").status()).isEqualTo(200);
    assertThat(put("versions", body).header("ETag")).contains("\"2\"");
    assertThat(put("versions", body, "If-Match", "*").status()).isEqualTo(200);
    assertThat(put("no-version", body, "If-Match", "*").status()).isEqualTo(412);
    assertThat(put("versions", body, "If-Match", "\"2\", \"3\"").status()).isEqualTo(400);
    assertThat(put("versions", body, "If-None-Match", "\"2\"").status()).isEqualTo(400);
  }

  @Test
  void a_removal_may_name_the_version_that_it_removes() {
    open("removed", "");
    var path = "/v1/callbacks/removed";

    assertThat(node.api().send("DELETE", path, null, "If-Match", "\"7\"").at("/type"))
        .isEqualTo("/problems/precondition-failed");
    assertThat(node.api().get(path).status()).isEqualTo(200);
    assertThat(node.api().send("DELETE", path, null, "If-Match", "\"1\"").status()).isEqualTo(204);
    assertThat(node.api().send("DELETE", path, null, "If-Match", "\"1\"").status()).isEqualTo(404);
  }

  @Test
  void dead_callbacks_are_listed_in_pages() {
    open("pages", ",'schedule':['0s']");
    receiver.answer("/pages", 400);
    for (var i = 0; i < 3; i++) {
      submit("pages-origin", "f" + i, "pages");
    }
    Eventually.becomes("3", () -> of("pages", "/callbacks/dead"));

    var first = node.api().get("/v1/callbacks/pages/dead?limit=2");
    assertThat(first.json().get("items")).hasSize(2);
    var rest = node.api().get("/v1/callbacks/pages/dead?limit=2&cursor=" + first.at("/nextCursor"));
    assertThat(rest.json().get("items")).hasSize(1);
    assertThat(rest.json().has("nextCursor")).isFalse();
    assertThat(node.api().get("/v1/callbacks/pages/dead?cursor=x").status()).isEqualTo(400);
  }

  @Test
  void a_full_callback_has_the_answer_and_is_a_fetch_of_its_origin() {
    open("full", ",'payload':'full'");
    submit("full-origin", "a", "full");
    Eventually.becomes(1, () -> receiver.at("/full").size());

    assertThat(receiver.at("/full").get(0).body()).contains("\"response\":{\"status\":200");
    Eventually.becomes(
        "settled", () -> node.api().get("/v1/origins/full-origin/fetches").at("/items/1/state"));
    var id = node.api().get("/v1/origins/full-origin/fetches").at("/items/1/id");
    assertThat(id).startsWith("~cb:");
    var bodies = fetch("full-origin", id) + "/bodies";
    assertThat(node.api().send("DELETE", bodies, null).status()).isIn(200, 202);
    Eventually.becomes("done", () -> node.api().send("DELETE", bodies, null).at("/erased"));
  }

  @Test
  void ordered_callbacks_of_an_origin_go_one_after_the_other() {
    assertThat(open("ordered", ",'ordered':true,'schedule':['0s','1s','1s','1s']").at("/queue"))
        .isEqualTo("callbacks.default.ordered");
    assertThat(of("ordered", "/ordered")).isEqualTo("true");
    receiver.answer("/ordered", 500);
    for (var i = 0; i < 4; i++) {
      submit("ordered-origin", "f" + i, "ordered");
      Eventually.becomes("settled", state("ordered-origin", "f" + i));
    }
    Eventually.becomes(true, () -> receiver.at("/ordered").size() >= 2);
    receiver.answer("/ordered", 204);
    Eventually.becomes("0", () -> of("ordered", "/callbacks/pending"));

    var told = receiver.at("/ordered").stream().map(hit -> told(hit.body())).distinct().toList();
    assertThat(told).containsExactly("f0", "f1", "f2", "f3");
    assertThat(receiver.at("/ordered").stream().filter(hit -> hit.answered() == 500))
        .allMatch(hit -> told(hit.body()).equals("f0"));
  }

  private static Supplier<String> state(String origin, String id) {
    return () -> node.api().get(fetch(origin, id)).at("/state");
  }

  private static String told(String body) {
    return body.replaceAll(".*\"fetchId\":\"([^\"]+)\".*", "$1");
  }

  @Test
  void settings_of_ordered_callbacks_may_be_put_as_they_were_read() {
    open("again", ",'ordered':true");

    var again = open("again", ",'ordered':true,'queue':'callbacks.default.again'");
    assertThat(again.status()).isEqualTo(200);
    assertThat(open("again", "").json().has("queue")).isFalse();
    assertThat(of("again", "/ordered")).isEqualTo("false");
  }

  @Test
  void callbacks_are_not_called_ordered_when_their_queue_is_not() {
    var queue = "/admin/queues/callbacks.default.fair";
    var fair = json("{'order':'fair'}").getBytes(StandardCharsets.UTF_8);
    node.management().send("PUT", queue, fair, "Content-Type", "application/json");

    var refused = open("fair", ",'ordered':true");
    assertThat(refused.at("/errors/0/pointer")).isEqualTo("/ordered");
    assertThat(refused.text()).contains("PATCH " + queue);
    var tooLong = "x".repeat(60);
    assertThat(open(tooLong, ",'ordered':true").at("/errors/0/pointer")).isEqualTo("/ordered");
  }

  @Test
  void a_test_sends_one_signed_event_and_tells_what_came_back() {
    open("tried", "");
    var taken = node.api().post("/v1/callbacks/tried/test", "");
    receiver.answer("/tried", 503);
    var refused = node.api().post("/v1/callbacks/tried/test", "");

    assertThat(taken.status()).isEqualTo(200);
    assertThat(taken.json().path("taken").asBoolean()).isTrue();
    assertThat(refused.json().path("taken").asBoolean()).isFalse();
    assertThat(refused.json().path("status").asInt()).isEqualTo(503);
    assertThat(receiver.at("/tried"))
        .hasSize(2)
        .allMatch(hit -> hit.isSignedBy(CallbackKeys.FIRST))
        .allMatch(hit -> hit.body().contains("\"type\":\"retriever.test\""));
    assertThat(receiver.at("/tried").get(0).header("webhook-id")).isEqualTo(taken.at("/webhookId"));
    assertThat(node.api().get("/v1/callbacks/tried").at("/callbacks/dead")).isEqualTo("0");
    assertThat(node.api().post("/v1/callbacks/not-there/test", "").status()).isEqualTo(404);
  }
}
