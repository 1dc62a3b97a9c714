package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Jobs over HTTP. */
@ExtendWith(SharedNode.class)
class BulkApiTest {
  private final Api api;
  private final TestTarget target;

  BulkApiTest(RunningNode node, TestTarget target) {
    this.api = node.api();
    this.target = target;
  }

  private Api.Answer begun(String id, String rest) {
    return api.post("/v1/bulk", json("{'id': '%s', %s}", id, json(rest)));
  }

  private Api.Answer ended(String id) {
    Eventually.becomes("done", () -> api.get("/v1/bulk/" + id).at("/state"));
    return api.get("/v1/bulk/" + id);
  }

  private void settled(String origin, String id) {
    api.settled(
        origin, json("{'id': '%s', 'request': {'url': '%s'}}", id, target.url("/status/404")));
  }

  @Test
  void fetches_that_match_are_made_again_once_and_those_made_by_it_are_not() {
    settled("bulk-a", "f1");
    settled("bulk-a", "f2");
    settled("bulk-b", "x".repeat(127));
    settled("other-a", "f1");
    var where = "'action': 'redrive', 'where': {'origin': 'bulk-*', 'status': '404'}";

    var begun = begun("redrive-1", where);

    assertThat(begun.status()).isEqualTo(201);
    assertThat(begun.at("/state")).isEqualTo("running");
    assertThat(begun("redrive-1", where).status()).isEqualTo(200);
    assertThat(begun("redrive-1", where + ", 'rate': 7").at("/type"))
        .isEqualTo("/problems/idempotency-key-reused");
    var job = ended("redrive-1").json();
    assertThat(job.get("made").asInt()).isEqualTo(2);
    assertThat(job.get("refused").asInt()).isEqualTo(1);
    assertThat(job.get("reasons").toString()).isEqualTo("{\"id-too-long\":1}");
    assertThat(job.get("endedAt")).isNotNull();
    Eventually.becomes(
        5, () -> api.get("/v1/fetches?origin=bulk-*&status=404").json().get("items").size());
    var again = api.get("/v1/fetches?origin=bulk-a").json().at("/items/0/id").asText();
    assertThat(again).matches("f[12]~rb\\d+");
    assertThat(api.get(fetch("bulk-a", again)).at("/redriveOf")).isEqualTo(again.substring(0, 2));
    assertThat(api.get("/v1/bulk").text()).contains("redrive-1");
  }

  @Test
  void fetches_that_have_not_settled_are_cancelled() {
    for (var n = 1; n <= 3; n++) {
      api.submit(
          "bulk-later",
          json(
              "{'id': 'f%d', 'delay': '1h', 'request': {'url': '%s'}, 'labels': {'n': '%d'}}",
              n, target.url("/ok"), n % 2));
    }
    var where = "'where': {'state': 'scheduled', 'origin': 'bulk-later', 'label.n': 1}";
    var dry = begun("dry", "'action': 'cancel', 'dryRun': true, " + where);
    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.at("/matching")).isEqualTo("2");
    assertThat(api.get("/v1/bulk/dry").status()).isEqualTo(404);

    begun("cancel-1", "'action': 'cancel', " + where);

    assertThat(ended("cancel-1").at("/made")).isEqualTo("2");
    assertThat(api.get(fetch("bulk-later", "f1")).at("/outcome/type")).isEqualTo("cancelled");
    assertThat(api.get(fetch("bulk-later", "f2")).at("/state")).isEqualTo("scheduled");
  }

  @Test
  void what_fetches_sent_and_got_is_erased_and_others_are_left_alone() {
    settled("bulk-erased", "f1");
    settled("bulk-erased", "f2");
    settled("bulk-kept", "f1");

    begun("erase-1", "'action': 'erase', 'where': {'origin': 'bulk-erased'}");

    assertThat(ended("erase-1").at("/made")).isEqualTo("2");
    for (var id : new String[] {"f1", "f2"}) {
      Eventually.becomes("done", () -> api.get(fetch("bulk-erased", id)).at("/erased"));
    }
    assertThat(api.get(fetch("bulk-kept", "f1")).json().has("erased")).isFalse();
  }

  @Test
  void a_job_stands_still_while_it_is_paused_and_is_over_when_it_is_cancelled() {
    var where = "'action': 'redrive', 'where': {'origin': 'nowhere'}";
    begun("held", where);
    assertThat(api.send("POST", "/v1/bulk/held/pause", null).at("/state")).isEqualTo("paused");
    begun("held-too", where);
    assertThat(ended("held-too").at("/made")).isEqualTo("0");
    assertThat(api.get("/v1/bulk/held").at("/state")).isEqualTo("paused");

    assertThat(api.send("POST", "/v1/bulk/held/resume", null).at("/state")).isEqualTo("running");
    assertThat(ended("held").at("/state")).isEqualTo("done");
    assertThat(api.send("POST", "/v1/bulk/held/cancel", null).at("/state")).isEqualTo("done");

    begun("held-3", where);
    assertThat(api.send("POST", "/v1/bulk/held-3/cancel", null).at("/state"))
        .isEqualTo("cancelled");
    assertThat(api.send("POST", "/v1/bulk/nothing/pause", null).status()).isEqualTo(404);
  }

  @Test
  void there_is_a_number_of_jobs_of_a_tenant_that_may_be_open() {
    var where = "'action': 'redrive', 'where': {'origin': 'nowhere'}";
    for (var n = 1; n <= 4; n++) {
      assertThat(begun("many-" + n, where).status()).isEqualTo(201);
      api.send("POST", "/v1/bulk/many-" + n + "/pause", null);
    }

    var fifth = begun("many-5", where);

    assertThat(fifth.status()).isEqualTo(429);
    assertThat(fifth.at("/type")).isEqualTo("/problems/too-many-jobs");
    for (var n = 1; n <= 4; n++) {
      api.send("POST", "/v1/bulk/many-" + n + "/cancel", null);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      delimiter = ';',
      value = {
        "'where': {'outcome': 'failed'};/action",
        "'action': 'explode', 'where': {'outcome': 'failed'};/action",
        "'action': 'redrive';/where",
        "'action': 'redrive', 'where': {};/where",
        "'action': 'redrive', 'where': {'outcom': 'failed'};/where",
        "'action': 'redrive', 'where': {'outcome': true};/where/outcome",
        "'action': 'redrive', 'where': {'state': 'pending'};/where",
        "'action': 'redrive', 'where': {'acceptedAfter': '+999999999-01-01T00:00:00Z'};/where",
        "'action': 'cancel', 'where': {'outcome': 'failed'};/where",
        "'action': 'cancel', 'where': {'state': 'settled'};/where",
        "'action': 'erase', 'where': {'state': 'pending'};/where",
        "'action': 'redrive', 'where': {'status': 404}, 'dryRun': true, 'rate': 0;/rate",
        "'action': 'redrive', 'where': {'status': 404}, 'rate': 1001;/rate",
        "'action': 'redrive', 'where': {'status': 404}, 'max': 0;/max",
        "'action': 'redrive', 'where': {'status': 404}, 'dryRun': 'yes';/dryRun",
        "'action': 'redrive', 'where': {'status': 404}, 'id': 'a b';/id",
        "'action': 'redrive', 'where': {'status': 404}, 'speed': 1;/speed",
        "'action': 'cancel', 'where': {'callback': 'orders'};/action",
        "'action': 'redrive', 'where': {'callback': 'a b'};/where/callback",
        "'action': 'redrive', 'where': {'callback': 'orders', 'state': 'pending'};/where/state",
        "'action': 'redrive', 'where': {'callback': 'orders', 'origin': 'o'};/where",
      })
  void a_job_that_cannot_be_meant_is_refused_by_its_member(String body, String pointer) {
    var answer = api.post("/v1/bulk", json("{" + body + "}"));

    assertThat(answer.status()).as(answer.text()).isEqualTo(422);
    assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
  }

  @Test
  void a_filter_with_too_many_terms_is_too_broad() {
    var terms = new StringBuilder("'a.1': '1'");
    for (var n = 1; n <= 50; n++) {
      terms.append(", 'label.k").append(n).append("': '1'");
    }
    var where = terms.substring(terms.indexOf(",") + 1);

    assertThat(begun("broad", "'action': 'redrive', 'where': {" + where + "}").at("/type"))
        .isEqualTo("/problems/too-broad");
  }
}
