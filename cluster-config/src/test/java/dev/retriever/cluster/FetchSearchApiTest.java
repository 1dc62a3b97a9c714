package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetches are found over HTTP as soon as their submission is answered. */
@ExtendWith(SharedNode.class)
class FetchSearchApiTest {
  private static final String OURS = "/v1/fetches?origin=found-*";

  private final Api api;
  private final Api management;

  FetchSearchApiTest(RunningNode node) {
    this.api = node.api();
    this.management = node.management();
  }

  /** Four that have settled, one that is pending, one that waits for its time. */
  @BeforeAll
  static void six_fetches(RunningNode node, TestTarget target) {
    for (var n = 1; n <= 4; n++) {
      node.api().settled("found-" + n % 2, submission(n, target.url("/status/40" + n), ""));
    }
    node.api().submit("found-1", submission(5, target.url("/held/found"), ""));
    node.api().submit("found-1", submission(6, target.url("/status/200"), ", 'delay': '1h'"));
  }

  private static String submission(int number, String url, String more) {
    return json(
        "{'id': 'f-%d', 'request': {'url': '%s'}, 'labels': {'customer': '42', 'n': '%d'}%s}",
        number, url, number, json(more));
  }

  @AfterAll
  static void release(TestTarget target) {
    target.release("found");
  }

  private List<String> ids(String query) {
    var answer = api.get(OURS + query);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    var ids = new ArrayList<String>();
    answer.json().get("items").forEach(item -> ids.add(item.get("id").asText()));
    return ids;
  }

  @Test
  void settled_fetches_are_found_the_newest_first() {
    assertThat(ids("")).containsExactly("f-4", "f-3", "f-2", "f-1");
    assertThat(ids("&outcome=answered&status=403")).containsExactly("f-3");
    assertThat(ids("&label.customer=42&label.n=2")).containsExactly("f-2");
    assertThat(ids("&label.customer=43")).isEmpty();
    assertThat(ids("&settledAfter=2100-01-01T00:00:00Z")).isEmpty();
  }

  @Test
  void an_item_says_what_it_is_found_by() {
    var item = api.get(OURS + "&label.n=1").json().at("/items/0");

    assertThat(item.at("/originId").asText()).isEqualTo("found-1");
    assertThat(item.at("/state").asText()).isEqualTo("settled");
    assertThat(item.at("/host").asText()).isEqualTo("127.0.0.1");
    assertThat(item.at("/method").asText()).isEqualTo("GET");
    assertThat(item.at("/attempts").asInt()).isEqualTo(1);
    assertThat(item.at("/labels").toString()).isEqualTo("{\"customer\":\"42\",\"n\":\"1\"}");
    assertThat(item.at("/outcome").toString())
        .isEqualTo("{\"type\":\"answered\",\"stage\":\"complete\",\"status\":401}");
  }

  @Test
  void what_has_not_settled_is_found_by_its_state() {
    assertThat(ids("&state=pending")).containsExactly("f-5");
    assertThat(ids("&state=scheduled")).containsExactly("f-6");
    assertThat(ids("&state=scheduled&label.n=5")).isEmpty();
    assertThat(api.get(OURS + "&state=scheduled").json().at("/items/0/state").asText())
        .isEqualTo("scheduled");
  }

  @Test
  void pages_follow_each_other() {
    for (var limit = 1; limit <= 5; limit++) {
      var found = new ArrayList<String>();
      var cursor = "";
      do {
        var page = api.get(OURS + "&limit=" + limit + cursor);
        page.json().get("items").forEach(item -> found.add(item.get("id").asText()));
        cursor = page.at("/nextCursor").isEmpty() ? "" : "&cursor=" + page.at("/nextCursor");
      } while (!cursor.isEmpty() && found.size() < 10);
      assertThat(found).as("pages of %d", limit).containsExactly("f-4", "f-3", "f-2", "f-1");
    }
  }

  @Test
  void a_count_has_groups() {
    var count = api.get("/v1/fetches/count?origin=found-*&by=outcome,status");

    assertThat(count.json().at("/total").asInt()).isEqualTo(4);
    assertThat(count.json().at("/atLeast").asBoolean()).isFalse();
    assertThat(count.json().at("/groups")).hasSize(4);
    assertThat(count.json().at("/groups/0").toString())
        .isEqualTo("{\"outcome\":\"answered\",\"status\":\"401\",\"count\":1}");
    assertThat(count.at("/settledAfter")).isNotEmpty();
    assertThat(api.get("/v1/fetches/count?origin=found-*&state=pending").at("/total"))
        .isEqualTo("1");
  }

  @Test
  void a_cancelled_fetch_is_found_as_cancelled_at_once() {
    var submission = submission(7, "http://a.example/", ", 'delay': '1h'");
    var submitted = api.submit("cancelled-1", submission);
    assertThat(submitted.status()).as(submitted.text()).isEqualTo(202);
    assertThat(api.get("/v1/fetches?origin=cancelled-1&state=scheduled").json().get("items"))
        .hasSize(1);

    api.send("DELETE", Api.fetch("cancelled-1", "f-7"), null);

    assertThat(api.get("/v1/fetches?origin=cancelled-1&state=scheduled").json().get("items"))
        .isEmpty();
    assertThat(
            api.get("/v1/fetches?origin=cancelled-1&outcome=cancelled")
                .at("/items/0/outcome/reason"))
        .isEqualTo("not-sent");
  }

  @ParameterizedTest
  @CsvSource({
    "limit=0,400",
    "limit=-1,400",
    "limit=10000,200",
    "hots=a,400",
    "outcome=unknown&outcome=failed,400",
    "outcome=lost,400",
    "label.a%20b=1,400",
    "label.a=,400",
    "settledAfter=2030-01-01T00:00:00Z&settledBefore=2029-01-01T00:00:00Z,400",
    "settledAfter=now,400",
    "cursor=abc,400",
    "state=pending&outcome=unknown,400",
    "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9,400",
    "label.a=1&label.b=2&label.c=3&label.d=4&label.e=5&label.f=6&label.g=7&label.h=8&label.i=9,422",
  })
  void a_search_that_cannot_be_meant_is_refused(String query, int status) {
    var answer = api.get("/v1/fetches?" + query);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    if (status == 422) {
      assertThat(answer.at("/type")).isEqualTo("/problems/too-broad");
    }
  }

  @Test
  void a_cursor_of_another_search_is_refused() {
    var cursor = api.get(OURS + "&limit=1").at("/nextCursor");

    assertThat(api.get(OURS + "&outcome=answered&cursor=" + cursor).at("/detail"))
        .startsWith("cursor must be a nextCursor of a search with the same filters");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "{'a b': '1'},/labels/a b",
        "{'a': ''},/labels/a",
        "{'a': 1},/labels/a",
        "{'a': null},/labels/a",
        "[],/labels",
      })
  void a_bad_label_is_named(String labels, String pointer) {
    var body =
        "{\"request\": {\"url\": \"http://a.example/\"}, \"labels\": %s}"
            .formatted(labels.replace('\'', '"'));

    var answer = api.submit("found-bad", body);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void an_operator_has_the_index_made_anew_and_nothing_changes() {
    var before = api.get(OURS).json().get("items").toString();

    var begun = management.send("POST", "/admin/index/rebuild", null);

    assertThat(begun.status()).isEqualTo(202);
    Eventually.becomes("done", () -> management.get("/admin/index/rebuild").at("/state"));
    assertThat(management.get("/admin/index/rebuild").json().get("origins").asInt())
        .isGreaterThanOrEqualTo(2);
    assertThat(management.get("/admin/index/rebuild").at("/unread")).isEqualTo("0");
    assertThat(api.get(OURS).json().get("items").toString()).isEqualTo(before);
  }
}
