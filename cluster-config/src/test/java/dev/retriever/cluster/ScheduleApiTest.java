package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schedules over HTTP. */
@ExtendWith(SharedNode.class)
class ScheduleApiTest {
  private static final String ORIGIN = "reports";

  private final Api api;
  private final TestTarget target;

  ScheduleApiTest(RunningNode node, TestTarget target) {
    this.api = node.api();
    this.target = target;
  }

  private static String path(String id) {
    return "/v1/origins/" + ORIGIN + "/schedules/" + id;
  }

  private String with(String rule) {
    return "{" + rule + ",'fetch':{'request':{'url':'" + target.url("/ok") + "'}}}";
  }

  private Api.Answer put(String id, String body, String... headers) {
    var all = new ArrayList<>(List.of("Content-Type", "application/json"));
    all.addAll(Arrays.asList(headers));
    var bytes = json(body).getBytes(StandardCharsets.UTF_8);
    return api.send("PUT", path(id), bytes, all.toArray(String[]::new));
  }

  private Api.Answer post(String id, String what, String body) {
    var bytes = json(body).getBytes(StandardCharsets.UTF_8);
    return api.send("POST", path(id) + "/" + what, bytes, "Content-Type", "application/json");
  }

  private Api.Answer read(String id) {
    return api.get(path(id));
  }

  @Test
  void it_is_made_with_all_its_defaults_and_its_next_ten_ticks() {
    var made = put("berlin", with("'cron':'30 2 * * *','zone':'Europe/Berlin'"));

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).contains(path("berlin"));
    assertThat(made.at("/state")).isEqualTo("active");
    assertThat(made.at("/dst/gap")).isEqualTo("after");
    assertThat(made.at("/dst/repeated")).isEqualTo("first");
    assertThat(made.at("/overlap")).isEqualTo("skip");
    assertThat(made.at("/catchUp/policy")).isEqualTo("latest");
    assertThat(made.json().get("next")).hasSize(10);
    assertThat(made.json().path("tzdb").asText()).matches("20\\d\\d[a-z]");
    assertThat(made.at("/next/0/local")).contains("T02:30:00+0");
    assertThat(made.text()).doesNotContain("/ok");
    assertThat(read("berlin").text()).isEqualTo(made.text());
    assertThat(api.get("/v1/origins/" + ORIGIN + "/schedules?limit=500").json().get("items"))
        .extracting(it -> it.get("id").asText())
        .contains("berlin");
  }

  @Test
  void it_ticks_and_its_fetches_are_those_of_the_origin() {
    put("ticks", with("'every':'1s','overlap':'allow','maxRuns':2"));

    Eventually.becomes("ended", () -> read("ticks").at("/state"));

    var ended = read("ticks");
    assertThat(ended.at("/runs")).isEqualTo("2");
    assertThat(ended.json().get("next")).isEmpty();
    for (var tick : ended.json().get("recent")) {
      var id = tick.get("fetchId").asText();
      assertThat(id).isEqualTo("ticks~" + ended.at("/generation") + "~" + tick.get("at").asText());
      var settled = api.settled(fetch(ORIGIN, id));
      assertThat(settled.at("/outcome/status")).isEqualTo("200");
      var at = Instant.parse(tick.get("at").asText());
      assertThat(Instant.parse(settled.at("/acceptedAt"))).isAfterOrEqualTo(at);
    }
  }

  @Test
  void the_same_contents_change_nothing_and_others_need_the_generation() {
    var body = with("'cron':'0 3 * * *'");
    var first = put("changed", body);
    var tag = first.header("ETag").orElseThrow();

    var again = put("changed", body);
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.header("ETag")).contains(tag);
    var other = with("'cron':'0 4 * * *'");
    assertThat(put("changed", other).status()).isEqualTo(428);
    assertThat(put("changed", other, "If-None-Match", "*").status()).isEqualTo(412);

    var changed = put("changed", other, "If-Match", tag);

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.header("ETag")).isNotEqualTo(first.header("ETag"));
    assertThat(put("changed", other, "If-Match", tag).status()).as("a repeat").isEqualTo(200);
    assertThat(put("changed", body, "If-Match", tag).status()).as("too late").isEqualTo(412);
    assertThat(put("changed", body, "If-Match", "*").status()).isEqualTo(200);
  }

  @Test
  void it_is_paused_resumed_triggered_and_removed() {
    put("operated", with("'cron':'0 3 * * *'"));

    assertThat(api.send("POST", path("operated") + "/pause", null).at("/state"))
        .isEqualTo("paused");
    var triggered = api.send("POST", path("operated") + "/trigger", null);
    assertThat(triggered.status()).isEqualTo(202);
    assertThat(triggered.at("/fetchId")).matches("operated~t[0-9]+");
    assertThat(triggered.header("Location")).contains(fetch(ORIGIN, triggered.at("/fetchId")));
    api.settled(fetch(ORIGIN, triggered.at("/fetchId")));
    assertThat(post("operated", "resume", "{'catchUp':true}").at("/state")).isEqualTo("active");

    assertThat(api.send("DELETE", path("operated"), null).status()).isEqualTo(204);
    assertThat(read("operated").status()).isEqualTo(404);
    assertThat(api.send("DELETE", path("operated"), null).status()).isEqualTo(404);
    assertThat(api.send("POST", path("operated") + "/trigger", null).status()).isEqualTo(404);
  }

  @Test
  void past_days_are_filled_once() {
    put("filled", with("'cron':'0 3 * * *'"));
    var day = Instant.now().truncatedTo(ChronoUnit.DAYS);
    var range =
        "'from':'%s','to':'%s'".formatted(day.minus(Duration.ofDays(3)), day.minusSeconds(1));

    var dry = post("filled", "backfill", "{" + range + ",'dryRun':true}");
    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.at("/count")).isEqualTo("3");
    assertThat(read("filled").json().get("recent")).isEmpty();
    var begun = post("filled", "backfill", "{" + range + "}");
    assertThat(begun.status()).isEqualTo(202);

    Eventually.becomes("3", () -> read("filled").at("/counts/fired"));
    assertThat(read("filled").json().get("recent"))
        .extracting(it -> it.get("via").asText())
        .containsOnly("backfill");
    var again = post("filled", "backfill", "{" + range + "}");
    assertThat(again.at("/count")).isEqualTo("0");
    assertThat(again.at("/madeBefore")).isEqualTo("3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'cron':'0 0 31 2 *';/problems/validation-failed;/cron;never fires",
        "'cron':'never';/problems/validation-failed;/cron;valid one is",
        "'cron':'0 0 * * *','zone':'Mars/Olympus';/problems/validation-failed;/zone;Europe/Berlin",
        "'cron':'0 0 * * *','end':'2020-01-01T00:00:00Z';/problems/never-ticks;/cron;no tick",
        "'cron':'0 0 * * *','start':'9999-01-01T00:00:00Z';/problems/never-ticks;/cron;no tick",
        "'cron':'0 0 * * *','start':'2030-01-02T00:00:00Z','end':'2030-01-01T00:00:00Z';"
            + "/problems/validation-failed;/end;before start",
        "'cron':'0 0 * * *','start':'+999999999-01-01T00:00:00Z';"
            + "/problems/validation-failed;/start;9999",
        "'cron':'0 0 * * *','maxRuns':0;/problems/validation-failed;/maxRuns;at least 1",
        "'every':'0s';/problems/validation-failed;/every;1s",
        "'every':'1h','cron':'0 0 * * *';/problems/validation-failed;/cron;not both",
        "'every':'1h','zone':'UTC';/problems/validation-failed;/zone;left out",
        "'every':'1h','overlap':'maybe';/problems/validation-failed;/overlap;\"skip\"",
        "'every':'1h','catchUp':{'max':1001};/problems/validation-failed;/catchUp/max;1000",
        "'every':'1h','dts':{};/problems/validation-failed;/dts;unknown"
      })
  void what_cannot_be_is_refused_with_its_place(
      String rule, String type, String pointer, String says) {
    var refused = put("bad", with(rule));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.at("/type")).isEqualTo(type);
    assertThat(refused.at("/errors/0/pointer")).isEqualTo(pointer);
    assertThat(refused.at("/detail")).contains(says);
    assertThat(read("bad").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'id':'f';/fetch/id",
        "'delay':'1h';/fetch",
        "'notBefore':'9999-12-31T23:59:59Z';/fetch",
        "'executor':'none';/fetch/executor",
        "'within':'31d';/fetch/within"
      })
  void what_its_fetch_may_not_have_is_refused_with_its_place(String member, String pointer) {
    var fetch = "'fetch':{'request':{'url':'" + target.url("/ok") + "'}," + member + "}";

    var refused = put("bad", "{'every':'1h'," + fetch + "}");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.at("/errors/0/pointer")).isEqualTo(pointer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'from':'2020-01-01T00:00:00Z','to':'2020-06-01T00:00:00Z';/problems/too-many-ticks",
        "'from':'2020-01-01T00:00:00Z','to':'9999-06-01T00:00:00Z';/problems/validation-failed",
        "'from':'2020-01-02T00:00:00Z','to':'2020-01-01T00:00:00Z';/problems/validation-failed",
        "'from':'2020-01-02T00:00:00Z';/problems/validation-failed"
      })
  void a_backfill_that_cannot_be_is_refused(String range, String type) {
    put("unfilled", with("'cron':'* * * * *'"));
    api.send("POST", path("unfilled") + "/pause", null);

    var refused = post("unfilled", "backfill", "{" + range + "}");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.at("/type")).isEqualTo(type);
    assertThat(read("unfilled").json().has("backfill")).isFalse();
  }

  @Test
  void of_two_puts_at_once_one_makes_it() {
    var first = CompletableFuture.supplyAsync(() -> put("raced", with("'cron':'0 1 * * *'")));
    var second = CompletableFuture.supplyAsync(() -> put("raced", with("'cron':'0 2 * * *'")));

    assertThat(List.of(first.join().status(), second.join().status()))
        .containsExactlyInAnyOrder(201, 428);
  }
}
