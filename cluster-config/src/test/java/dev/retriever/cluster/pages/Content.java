package dev.retriever.cluster.pages;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.Api;
import dev.retriever.cluster.Eventually;
import java.nio.charset.StandardCharsets;

/** Something of everything that pages show, on a real node. */
final class Content {
  static final String ORIGIN = "order-17";
  static final String QUEUE = "stripe";
  static final String ENDPOINT = "orders";
  static final String SCHEDULE = "nightly";

  private Content() {}

  static void fill(Dashboard.Started on) {
    var target = on.target;
    queue(on.management(), QUEUE, "{'concurrency':4,'rate':{'limit':50},'breaker':{}}");
    queue(on.management(), "reports", "{'concurrency':1}");
    put(
        on.api(),
        "/v1/callbacks/" + ENDPOINT,
        json(
            "{'url':'%s','keys':[{'secret':'cb-1'}],'schedule':['0s']}",
            target.url("/status/500")));
    put(
        on.api(),
        "/v1/origins/" + ORIGIN + "/schedules/" + SCHEDULE,
        json(
            "{'cron':'30 2 * * *','zone':'Europe/Berlin','fetch':{'request':{'url':'%s'}}}",
            target.url("/ok")));
    on.management().post("/admin/queues/reports/pause", json("{'reason':'their maintenance'}"));
    on.settled(ORIGIN, "answered-1", "/ok");
    on.settled(ORIGIN, "binary-1", "/binary");
    on.settled(ORIGIN, "unknown-1", "/drop");
    on.settled(ORIGIN, "missing-1", "/status/404");
    on.api()
        .settled(
            ORIGIN,
            json(
                "{'id':'flaky-1','request':{'url':'%s'},'retry':{'maxAttempts':3,'minBackoff':'10ms'}}",
                target.url("/status/503")));
    on.api().settled(ORIGIN, json("{'id':'failed-1','request':{'url':'http://127.0.0.1:1/'}}"));
    submit(on, "{'id':'told-1','request':{'url':'%s'},'callback':'" + ENDPOINT + "'}", "/ok");
    submit(on, "{'id':'later-1','delay':'1h','request':{'url':'%s'}}", "/ok");
    submit(on, "{'id':'open-1','timeout':'10m','within':'1h','request':{'url':'%s'}}", "/never");
    submit(on, "{'id':'waits-1','within':'1h','queue':'reports','request':{'url':'%s'}}", "/ok");
    Eventually.becomes("1", () -> on.api().get("/v1/callbacks/" + ENDPOINT).at("/callbacks/dead"));
    Eventually.becomes(
        "1", () -> on.management().get("/admin/queues/reports").at("/waiting/fetches"));
  }

  static void submit(Dashboard.Started on, String body, String path) {
    var answer = on.api().submit(ORIGIN, json(body, on.target.url(path)));
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
  }

  /** Makes it, and waits until the node accepts submissions for it. */
  static void queue(Api management, String name, String settings) {
    put(management, "/admin/queues/" + name, json(settings));
    Eventually.becomes(200, () -> management.get("/admin/queues/" + name).status());
  }

  private static void put(Api to, String path, String body) {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    var answer = to.send("PUT", path, bytes, "Content-Type", "application/json");
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
  }
}
