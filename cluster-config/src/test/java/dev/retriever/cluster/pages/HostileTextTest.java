package dev.retriever.cluster.pages;

import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.retriever.cluster.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Markup in what targets and callers write is shown, and never runs. */
@ExtendWith(Dashboard.class)
class HostileTextTest {
  private static final String SCRIPT =
      "<script>ran=1</script><img src=x onerror=ran=1><svg onload=ran=1>\"'><a href=javascript:ran=1>";

  private static HttpServer target;

  private final Dashboard.Started dashboard;

  HostileTextTest(Dashboard.Started dashboard) {
    this.dashboard = dashboard;
  }

  @BeforeAll
  static void start() throws IOException {
    target = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 10);
    target.createContext(
        "/",
        exchange -> {
          var body = SCRIPT.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("X-Evil", SCRIPT);
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    target.start();
  }

  @AfterAll
  static void stop() {
    target.stop(0);
  }

  private static String url() {
    return "http://127.0.0.1:%d/?q=<script>ran=1</script>".formatted(target.getAddress().getPort());
  }

  private static ObjectNode object() {
    return new ObjectMapper().createObjectNode();
  }

  private void submit() {
    var fetch = object().put("id", "evil");
    fetch.putObject("request").put("url", url());
    fetch.putObject("labels").put("evil", SCRIPT);
    dashboard.api().settled("hostile", fetch.toString());
  }

  private void pauseQueue() {
    Content.queue(dashboard.management(), "hostile", "{'concurrency':1}");
    var body = object().put("reason", SCRIPT).toString();
    var answer = dashboard.management().post("/admin/queues/hostile/pause", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    Eventually.becomes(
        202,
        () ->
            dashboard
                .api()
                .submit(
                    "hostile",
                    json(
                        "{'id':'q','queue':{'name':'hostile','key':'<b onmouseover=ran=1>'},"
                            + "'request':{'url':'%s'}}",
                        dashboard.target.url("/ok")))
                .status());
  }

  @Test
  void markup_of_targets_and_callers_never_runs() {
    submit();
    pauseQueue();
    var pages =
        List.of(
            "fetch/hostile/evil",
            "fetch/hostile/q",
            "fetches?q=origin%3Ahostile",
            "queues",
            "queues/hostile",
            "origin/hostile",
            "audit",
            "fetches?q=%3Cscript%3Eran%3D1%3C%2Fscript%3E%3Ax",
            "fetch/%3Cimg%20src=x%20onerror=ran=1%3E/%3Cscript%3Eran=1%3C%2Fscript%3E");
    try (var page = dashboard.open("overview")) {
      for (var hash : pages) {
        page.at(hash);
        page.page().waitForLoadState(com.microsoft.playwright.options.LoadState.NETWORKIDLE);
        assertThat(page.page().evaluate("typeof ran")).as(hash).isEqualTo("undefined");
        assertThat(
                page.page()
                    .locator("main script, main img[src=x], main a[href^=javascript]")
                    .count())
            .as(hash)
            .isZero();
      }
      page.at("fetch/hostile/evil").waitFor("<script>ran=1</script>");
      page.button("Hex").click();
      page.waitFor("3c 73 63 72 69 70 74 3e");
      page.at("queues/hostile").waitFor("<script>ran=1</script>");
      page.forgive("status of 4");
      page.assertNothingWrong();
    }
  }
}
