package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedNode.class)
class FetchListTest {
  private static final String ORIGIN = "listing";

  private final Api api;

  FetchListTest(RunningNode node) {
    this.api = node.api();
  }

  /** f-0 to f-9 in this order; every third is still pending. */
  @BeforeAll
  static void ten_fetches(RunningNode node, TestTarget target) {
    for (var i = 0; i < 10; i++) {
      var fetch =
          json(
              "{'id': 'f-%d', 'request': {'url': '%s'}}",
              i, target.url(i % 3 == 0 ? "/held/listing" : "/status/404"));
      if (i % 3 == 0) {
        node.api().submit(ORIGIN, fetch);
      } else {
        node.api().settled(ORIGIN, fetch);
      }
    }
  }

  @AfterAll
  static void release(TestTarget target) {
    target.release("listing");
  }

  @Test
  void all_are_listed_in_the_order_of_their_acceptance() {
    var answer = api.get(fetches(ORIGIN));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(ids(answer)).containsExactlyElementsOf(named(IntStream.range(0, 10)));
    assertThat(answer.json().has("nextCursor")).isFalse();
  }

  @Test
  void an_item_is_a_summary_of_its_fetch() {
    var items = api.get(fetches(ORIGIN)).json().get("items");

    assertThat(items.get(0).get("state").asText()).isEqualTo("pending");
    assertThat(items.get(0).has("outcome")).isFalse();
    assertThat(items.get(1).get("originId").asText()).isEqualTo(ORIGIN);
    assertThat(items.get(1).get("state").asText()).isEqualTo("settled");
    assertThat(items.get(1).at("/outcome/type").asText()).isEqualTo("answered");
    assertThat(items.get(1).at("/outcome/status").asInt()).isEqualTo(404);
    assertThat(items.get(1).at("/outcome").has("body")).isFalse();
  }

  @Test
  void a_state_narrows_the_list() {
    var pending = api.get(fetches(ORIGIN) + "?state=pending");
    var settled = api.get(fetches(ORIGIN) + "?state=settled");

    assertThat(ids(pending)).containsExactly("f-0", "f-3", "f-6", "f-9");
    assertThat(ids(settled)).containsExactly("f-1", "f-2", "f-4", "f-5", "f-7", "f-8");
  }

  @Test
  void pages_follow_each_other_without_loss_or_repetition() {
    for (var limit = 1; limit <= 11; limit++) {
      assertThat(pages("?limit=" + limit, limit))
          .as("pages of %d", limit)
          .containsExactlyElementsOf(named(IntStream.range(0, 10)));
    }
    assertThat(pages("?state=pending&limit=2", 2)).containsExactly("f-0", "f-3", "f-6", "f-9");
    assertThat(pages("?state=settled&limit=4", 4))
        .containsExactly("f-1", "f-2", "f-4", "f-5", "f-7", "f-8");
  }

  @Test
  void a_limit_beyond_the_largest_is_cut() {
    var answer = api.get(fetches(ORIGIN) + "?limit=1000000");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(ids(answer)).hasSize(10);
  }

  @Test
  void a_cursor_of_another_list_is_refused() {
    var cursor = api.get(fetches(ORIGIN) + "?state=pending&limit=1").at("/nextCursor");

    var answer = api.get(fetches(ORIGIN) + "?state=settled&cursor=" + cursor);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.at("/type")).isEqualTo("/problems/malformed-request");
  }

  @Test
  void an_origin_that_nobody_used_has_an_empty_list() {
    var answer = api.get(fetches("unheard-of"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEqualTo("{\"items\":[]}");
  }

  private List<String> pages(String query, int limit) {
    var ids = new ArrayList<String>();
    var cursor = "";
    do {
      var page = api.get(fetches(ORIGIN) + query + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      assertThat(ids(page)).hasSizeBetween(1, limit);
      ids.addAll(ids(page));
      cursor = page.at("/nextCursor");
    } while (!cursor.isEmpty() && ids.size() <= 10);
    return ids;
  }

  private static List<String> ids(Api.Answer list) {
    var ids = new ArrayList<String>();
    list.json().get("items").forEach(item -> ids.add(item.get("id").asText()));
    return ids;
  }

  private static List<String> named(IntStream numbers) {
    return numbers.mapToObj(i -> "f-" + i).toList();
  }
}
