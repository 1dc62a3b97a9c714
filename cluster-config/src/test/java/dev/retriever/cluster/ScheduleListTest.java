package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules of all origins are listed as soon as their change is answered. */
@ExtendWith(SharedNode.class)
class ScheduleListTest {
  private static final String OURS = "/v1/schedules?origin=listed-*";

  private final Api api;

  ScheduleListTest(RunningNode node) {
    this.api = node.api();
  }

  @BeforeAll
  static void some_schedules(RunningNode node) {
    put(node.api(), "yearly-1", "yearly", "'cron':'0 3 1 1 *','zone':'Europe/Berlin'");
    put(node.api(), "listed-2", "rarely", "'every':'300d'");
    put(node.api(), "listed-1", "hourly", "'every':'1h'");
    put(node.api(), "listed-1", "daily", "'every':'1d'");
    put(node.api(), "listed-1", "rests", "'every':'2h'");
    post(node.api(), "listed-1", "rests", "pause");
    put(node.api(), "unlisted", "hourly", "'every':'1h'");
  }

  private static String path(String origin, String id) {
    return "/v1/origins/" + origin + "/schedules/" + id;
  }

  private static void put(Api api, String origin, String id, String rule) {
    var body = "{%s,'fetch':{'request':{'method':'POST','url':'http://a.example/secret'}}}";
    var bytes = json(body.formatted(rule)).getBytes(StandardCharsets.UTF_8);
    var answer =
        api.send(
            "PUT", path(origin, id), bytes, "Content-Type", "application/json", "If-Match", "*");
    assertThat(answer.status()).as(answer.text()).isIn(200, 201);
  }

  private static void post(Api api, String origin, String id, String what) {
    var answer = api.send("POST", path(origin, id) + "/" + what, null);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
  }

  private List<String> ids(String query) {
    var answer = api.get(query);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    var ids = new ArrayList<String>();
    answer
        .json()
        .get("items")
        .forEach(it -> ids.add(it.get("originId").asText() + " " + it.get("id").asText()));
    return ids;
  }

  @Test
  void they_are_listed_by_origin_and_id() {
    assertThat(ids(OURS))
        .containsExactly("listed-1 daily", "listed-1 hourly", "listed-1 rests", "listed-2 rarely");
    assertThat(ids("/v1/schedules?origin=listed-2")).containsExactly("listed-2 rarely");
    assertThat(ids("/v1/schedules?limit=500")).contains("unlisted hourly", "listed-1 daily");
  }

  @Test
  void active_ones_are_listed_by_their_next_tick() {
    assertThat(ids(OURS + "&order=next"))
        .containsExactly("listed-1 hourly", "listed-1 daily", "listed-2 rarely");
  }

  @Test
  void they_are_listed_by_their_state() {
    assertThat(ids(OURS + "&state=paused")).containsExactly("listed-1 rests");
    assertThat(ids(OURS + "&state=ended")).isEmpty();
    assertThat(ids(OURS + "&state=active")).hasSize(3);
  }

  @Test
  void an_item_says_when_it_ticks_and_what_it_calls_but_no_url() {
    var yearly = api.get("/v1/schedules?origin=yearly-1");

    assertThat(yearly.at("/items/0/cron")).isEqualTo("0 3 1 1 *");
    assertThat(yearly.at("/items/0/zone")).isEqualTo("Europe/Berlin");
    assertThat(yearly.at("/items/0/next")).contains("-01-01T02:00:00");
    assertThat(yearly.at("/items/0/method")).isEqualTo("POST");
    assertThat(yearly.at("/items/0/host")).isEqualTo("a.example");
    assertThat(yearly.text()).doesNotContain("secret").doesNotContain("every");
    var single = api.get(path("yearly-1", "yearly"));
    assertThat(yearly.at("/items/0/generation")).isEqualTo(single.at("/generation"));
    assertThat(api.get(OURS).at("/items/0/every")).isEqualTo("1d");
  }

  @ParameterizedTest
  @CsvSource({"'',4", "&order=next,3", "&state=active,3"})
  void pages_follow_each_other(String query, int count) {
    var all = ids(OURS + query);
    assertThat(all).hasSize(count);
    for (var limit = 1; limit <= count; limit++) {
      var found = new ArrayList<String>();
      var cursor = "";
      do {
        var page = OURS + query + "&limit=" + limit + cursor;
        found.addAll(ids(page));
        var next = api.get(page).at("/nextCursor");
        cursor = next.isEmpty() ? "" : "&cursor=" + next;
      } while (!cursor.isEmpty() && found.size() < 10);
      assertThat(found).as("pages of %d", limit).isEqualTo(all);
    }
  }

  @Test
  void a_change_is_listed_at_once_and_what_is_removed_is_not() {
    put(api, "changes", "one", "'every':'1h'");
    put(api, "changes", "one", "'cron':'0 3 * * *'");
    assertThat(api.get("/v1/schedules?origin=changes").at("/items/0/cron")).isEqualTo("0 3 * * *");
    post(api, "changes", "one", "pause");
    assertThat(api.get("/v1/schedules?origin=changes").at("/items/0/state")).isEqualTo("paused");
    post(api, "changes", "one", "resume");
    assertThat(api.get("/v1/schedules?origin=changes").at("/items/0/state")).isEqualTo("active");

    api.send("DELETE", path("changes", "one"), null);

    assertThat(ids("/v1/schedules?origin=changes")).isEmpty();
  }

  @Test
  void one_that_has_ended_is_listed_as_such() {
    put(api, "ends", "once", "'every':'1s','maxRuns':1");

    Eventually.becomes(List.of("ends once"), () -> ids("/v1/schedules?origin=ends&state=ended"));
    assertThat(ids("/v1/schedules?origin=ends&order=next")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0",
    "state=asleep",
    "state=",
    "order=soon",
    "order=next&state=paused",
    "origin=a*b",
    "host=a.example",
    "state=active&state=paused",
    "cursor=",
    "cursor=xyz",
    "cursor=W10",
    "cursor=WyIgT3B0aW9uYWwuZW1wdHkgZmFsc2UiLDAsImEiLCJiIiwiYyJd",
  })
  void what_cannot_be_meant_is_refused(String query) {
    var refused = api.get("/v1/schedules?" + query);

    assertThat(refused.status()).as(refused.text()).isEqualTo(400);
    assertThat(refused.at("/type")).isEqualTo("/problems/malformed-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"%s\",0,\"http|a\",\"b\\u0000\"]",
        "[\"%s\",0,\"http|a\",{}]",
        "[\"%s\",1.5,\"http|a\",\"b\"]",
        "[\"%s\",0,7,\"b\"]"
      })
  void a_cursor_that_no_list_gave_is_refused(String json) {
    var given = api.get(OURS + "&limit=1").at("/nextCursor");
    var terms = new String(Base64.getUrlDecoder().decode(given), StandardCharsets.UTF_8);
    var made = json.formatted(terms.substring(2, terms.indexOf('"', 2)));
    var cursor =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(made.getBytes(StandardCharsets.UTF_8));

    assertThat(api.get(OURS + "&limit=1&cursor=" + cursor).status()).isEqualTo(400);
  }

  @Test
  void a_cursor_of_another_list_is_refused() {
    var cursor = api.get(OURS + "&limit=1").at("/nextCursor");

    assertThat(api.get(OURS + "&limit=1&cursor=" + cursor).status()).isEqualTo(200);
    assertThat(api.get(OURS + "&limit=1&state=active&cursor=" + cursor).status()).isEqualTo(400);
  }
}
