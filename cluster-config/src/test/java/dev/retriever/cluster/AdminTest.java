package dev.retriever.cluster;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators may do with an origin of the HTTP API. */
@ExtendWith(SharedNode.class)
class AdminTest {
  private final RunningNode node;
  private final TestTarget target;

  AdminTest(RunningNode node, TestTarget target) {
    this.node = node;
    this.target = target;
  }

  private static String of(String originId) {
    return "/admin/origins/http/" + originId;
  }

  private Api.Answer post(String path) {
    return node.management().send("POST", path, new byte[0]);
  }

  /** Accepts a fetch that the target will not answer. */
  private void hanging(String originId, String fetchId) {
    var fetch =
        json("{'id': '%s', 'request': {'url': '%s'}}", fetchId, target.url("/never/" + originId));
    assertThat(node.api().submit(originId, fetch).status()).isEqualTo(202);
  }

  @Test
  void an_origin_is_shown_with_its_pending_fetches_their_attempts_and_its_alarms() {
    hanging("admin-view", "a");

    var view = node.management().get(of("admin-view"));

    assertThat(view.status()).isEqualTo(200);
    assertThat(view.at("/type")).isEqualTo("http");
    assertThat(view.at("/counts/pending")).isEqualTo("1");
    assertThat(view.at("/pending/0/id")).isEqualTo("a");
    assertThat(view.at("/pending/0/attempts/0/number")).isEqualTo("1");
    assertThat(view.json().findValuesAsText("kind")).containsExactly("backstop", "deadline");
    assertThat(view.json().at("/unhandled")).isEmpty();
  }

  @Test
  void triggered_alarms_ring_now_and_are_named() {
    hanging("admin-trigger", "a");

    var rang = post(of("admin-trigger") + "/trigger?count=2");

    assertThat(rang.json().findValuesAsText("kind")).containsExactly("backstop", "deadline");
    assertThat(rang.json().findValuesAsText("id")).containsExactly("a", "a");
  }

  @Test
  void a_fetch_can_be_cancelled_once_and_then_says_so_again() {
    hanging("admin-cancel", "a");

    var first = post(of("admin-cancel") + "/fetches/a/cancel");
    var second = post(of("admin-cancel") + "/fetches/a/cancel");

    assertThat(first.at("/outcome/type")).isEqualTo("cancelled");
    assertThat(second.at("/outcome/type")).isEqualTo("cancelled");
    assertThat(second.at("/settledAt")).isEqualTo(first.at("/settledAt"));
  }

  @Test
  void redriving_what_needs_none_shows_it_as_it_is() {
    hanging("admin-redrive", "a");

    var fetch = post(of("admin-redrive") + "/fetches/a/redrive");
    var cause = post(of("admin-redrive") + "/redrive?key=outcome/a");

    assertThat(fetch.at("/state")).isEqualTo("pending");
    assertThat(cause.text()).isEqualTo("{\"key\":\"outcome/a\",\"handled\":true}");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /admin/origins/http/nobody,                 404, does not exist",
    "GET,    /admin/origins/other/nobody,                404, there are [bulk",
    "GET,    /admin/origins/http/nobody?limit=x,         400, limit must be a whole number",
    "POST,   /admin/origins/http/nobody/trigger?count=0, 400, count must be 1 to 500",
    "POST,   /admin/origins/http/nobody/redrive,         400, key is missing",
    "POST,   /admin/origins/http/nobody/fetches/a/redrive, 404, has no fetch a",
    "POST,   /admin/origins/http/nobody/fetches/a/cancel,  404, has no fetch a",
    "DELETE, /admin/origins/http/nobody/alarms/a,        404, has no alarm a",
    "PUT,    /admin/origins/http/nobody,                 405, GET",
  })
  void errors_are_problem_documents(String method, String path, int status, String detail) {
    var answer = node.management().send(method, path, method.equals("GET") ? null : new byte[0]);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type"))
        .hasValueSatisfying(t -> assertThat(t).startsWith("application/problem+json"));
    assertThat(answer.at("/detail")).contains(detail);
  }
}
