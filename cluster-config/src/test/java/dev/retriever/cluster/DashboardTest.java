package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages at the management port, and what they call there. */
class DashboardTest {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
          + " data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  @TempDir private static Path directory;
  private static final TestCallers CALLERS = new TestCallers();
  private static final String OPERATOR = CALLERS.key("default");
  private static final String ACME = CALLERS.key("acme");
  private static final String OTHER = CALLERS.key("zzqq");
  private static RunningNode node;
  private static TestTarget target;

  @BeforeAll
  static void start() throws IOException {
    var pages = Files.createDirectories(directory.resolve("pages/vendor")).getParent();
    Files.writeString(pages.resolve("index.html"), "<!doctype html><title>Retriever</title>");
    Files.writeString(pages.resolve("app.js"), "export {};");
    Files.writeString(directory.resolve("secret.txt"), "secret");
    Files.writeString(pages.resolve("vendor/part.js"), "export const a = 1;");
    target = new TestTarget();
    node =
        RunningNode.start(
            directory.resolve("data"),
            CALLERS.settings(),
            RunningNode.MAY_CALL_LOOPBACK,
            "retriever.node.dashboard.directory = \"" + pages + "\"");
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/ui/app.js", "/ui/vendor/part.js"})
  void files_need_no_key_and_keep_the_browser_strict(String path) {
    var answer = node.management().get(path);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Security-Policy")).contains(POLICY);
    assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.header("Referrer-Policy")).contains("no-referrer");
    assertThat(answer.header("Permissions-Policy")).isPresent();
    assertThat(answer.header("Cache-Control")).contains("no-cache");
    assertThat(answer.header("Content-Type").orElseThrow())
        .startsWith(path.equals("/") ? "text/html" : "text/javascript");
  }

  @Test
  void a_file_that_has_not_changed_is_not_sent_again() {
    var tag = node.management().get("/ui/app.js").header("ETag").orElseThrow();

    var again = node.management().get("/ui/app.js", "If-None-Match", tag);
    var other = node.management().get("/ui/app.js", "If-None-Match", "\"other\"");

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.text()).isEmpty();
    assertThat(again.header("Content-Security-Policy")).contains(POLICY);
    assertThat(other.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ui/none.js",
        "/ui/..%2fsecret.txt",
        "/ui/vendor/..%2f..%2fsecret.txt",
        "/ui/%2e%2e/secret.txt",
        "/ui/../secret.txt",
        "/ui/vendor/%2fetc%2fpasswd",
        "/ui/app.js%00"
      })
  void no_path_leads_to_another_file(String path) {
    var answer = node.management().as(OPERATOR).get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("Content-Type")).contains("application/problem+json");
  }

  @Test
  void a_page_may_submit_and_read_at_the_port_that_it_came_from() {
    var port = node.management().as(ACME);
    var body = json("{'id': 'f', 'request': {'url': '%s'}}", target.url("/ok"));

    var submitted = port.submit("of-a-page", body, "Origin", port.url());
    var settled = port.settled(fetch("of-a-page", "f"));

    assertThat(submitted.status()).isEqualTo(202);
    assertThat(settled.at("/outcome/type")).isEqualTo("answered");
    assertThat(node.api().as(ACME).get(fetch("of-a-page", "f")).text()).isEqualTo(settled.text());
  }

  @Test
  void a_page_of_another_origin_may_not() {
    var port = node.management().as(ACME);
    var body = json("{'id': 'g', 'request': {'url': '%s'}}", target.url("/ok"));

    var answer = port.submit("of-a-page", body, "Origin", "https://evil.example");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.at("/type")).isEqualTo("/problems/cross-site");
    assertThat(port.get(fetch("of-a-page", "g")).status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/me", "/v1/fetches", "/admin/nodes", "/v1/nothing", "/alive", "/openapi.json"})
  void no_browser_keeps_what_it_was_told(String path) {
    for (var port : List.of(node.management(), node.management().as(OPERATOR))) {
      assertThat(port.get(path).header("Cache-Control")).contains("no-store");
    }
  }

  @Test
  void tenants_see_nothing_of_each_other_there_either() {
    var body = json("{'id': 'mine', 'request': {'url': '%s'}}", target.url("/ok"));
    node.management().as(ACME).settled("shared", body);

    var other = node.management().as(OTHER).get(fetch("shared", "mine"));

    assertThat(other.status()).isEqualTo(404);
  }

  @Test
  void without_a_key_a_page_is_told_nothing_but_that_it_needs_one() {
    for (var path : new String[] {"/v1/me", "/v1/fetches", "/v1/nothing-of-the-kind"}) {
      assertThat(node.management().get(path).status()).isEqualTo(401);
    }
  }

  @Test
  void a_page_learns_who_asks_and_of_whom() {
    var me = node.management().as(ACME).get("/v1/me");

    assertThat(me.at("/tenant")).isEqualTo("acme");
    assertThat(me.json().at("/roles")).isNotEmpty();
    assertThat(me.at("/node/authentication")).isEqualTo("required");
    assertThat(me.at("/node/version")).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
  }

  @Test
  void a_node_without_a_dashboard_has_neither_pages_nor_calls(@TempDir Path data) {
    try (var without = RunningNode.start(data, "retriever.node.dashboard.enabled = off")) {
      assertThat(without.management().get("/").status()).isEqualTo(404);
      assertThat(without.management().get("/").at("/detail")).contains("RETRIEVER_DASHBOARD");
      assertThat(without.management().get("/v1/me").status()).isEqualTo(404);
      assertThat(without.management().get("/v1/fetches").status()).isEqualTo(404);
      assertThat(without.api().get("/v1/me").at("/node/authentication")).isEqualTo("open");
    }
  }
}
