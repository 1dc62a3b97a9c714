package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.cluster.security.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What callers with some roles get, and what tenants may use. */
class TenantRightsTest {
  private static final TestCallers CALLERS = new TestCallers();
  private static final String ALL = CALLERS.key("acme");
  private static final String SUBMITS = CALLERS.key("acme", Set.of(Role.SUBMIT), "*");
  private static final String CANCELS = CALLERS.key("acme", Set.of(Role.CANCEL), "*");
  private static final String READS = CALLERS.key("acme", Set.of(Role.READ), "*");
  private static final String OTHER = CALLERS.key("other");
  private static final String CLOSED = CALLERS.key("closed");

  private static RunningNode node;
  private static TestTarget target;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    var secret = Files.writeString(directory.resolve("secret"), "s3cr3t");
    target = new TestTarget();
    node =
        RunningNode.start(
            directory.resolve("data"),
            RunningNode.MAY_CALL_LOOPBACK,
            CALLERS.settings(),
            "retriever.executor.pools { bulk {}, fast {} }",
            "retriever.node.tenants { acme { hosts = [\"127.0.0.1\"], pools = [default, bulk] } }",
            "retriever.node.tenants { closed { state = closed }, other { pools = [fast] } }",
            "retriever.executor.transport.secrets { stripe { file = \""
                + secret
                + "\", hosts = [\"127.0.0.1\"], plain-http = on, tenants = [acme] } }");
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
  }

  private static String spec(String id, String path, String more) {
    return json(
        "{'id': '%s', 'request': {'method': 'POST', 'url': '%s', 'body': 'canary'}%s}",
        id, target.url(path), more.replace('\'', '"'));
  }

  private static List<String> fields(Api.Answer answer) {
    return StreamSupport.stream(
            ((Iterable<String>) () -> answer.json().fieldNames()).spliterator(), false)
        .toList();
  }

  @Test
  void a_caller_who_may_only_submit_is_told_the_state_and_never_the_outcome() {
    var api = node.api().as(SUBMITS);

    var accepted = api.submit("o", spec("a", "/echo", ""), "Prefer", "wait=30");
    var repeated = api.submit("o", spec("a", "/echo", ""));

    assertThat(accepted.status()).isEqualTo(200);
    assertThat(fields(accepted))
        .containsExactly("originId", "id", "state", "acceptedAt", "settledAt", "traceId");
    assertThat(repeated.text()).isEqualTo(accepted.text()).doesNotContain("canary");
    assertThat(repeated.header("Idempotency-Replayed")).contains("true");
    assertThat(api.get(fetch("o", "a")).status()).isEqualTo(403);
    assertThat(node.api().as(READS).get(fetch("o", "a")).at("/outcome/body")).isEqualTo("canary");
  }

  @Test
  void a_caller_who_may_only_cancel_is_told_no_more_than_the_state() {
    assertThat(
            node.api()
                .as(SUBMITS)
                .submit("o", spec("c", "/never", ", 'timeout': '1h', 'within': '1h'"))
                .status())
        .isEqualTo(202);

    var cancelled = node.api().as(CANCELS).delete(fetch("o", "c"));
    var again =
        node.management()
            .as(CANCELS)
            .send("POST", "/admin/origins/http/o/fetches/c/cancel", new byte[0]);

    for (var answer : List.of(cancelled, again)) {
      assertThat(fields(answer))
          .containsExactly("originId", "id", "state", "acceptedAt", "settledAt", "traceId");
    }
  }

  @Test
  void addresses_of_nodes_are_shown_to_operators_alone() {
    node.api().as(SUBMITS).submit("o", spec("e", "/ok", ""), "Prefer", "wait=30");

    assertThat(node.api().as(READS).get(fetch("o", "e")).at("/attempts/0/executor"))
        .matches("node-[0-9a-f]{12}");
    assertThat(node.api().as(ALL).get(fetch("o", "e")).at("/attempts/0/executor"))
        .contains("@127.0.0.1:");
  }

  @Test
  void a_secret_of_others_reads_as_one_that_does_not_exist() {
    var headers = ", 'headers': {'Authorization': {'secret': '%s', 'prefix': 'Bearer '}}}}";
    var form = "{'id': 's', 'request': {'url': '" + target.url("/ok") + "'" + headers;

    var theirs = node.api().as(OTHER).submit("o", json(form, "stripe"));
    var none = node.api().as(OTHER).submit("o", json(form, "strips"));

    assertThat(theirs.at("/type")).isEqualTo("/problems/secret-not-allowed");
    assertThat(theirs.text().replace("stripe", "strips")).isEqualTo(none.text());
    assertThat(node.api().as(ALL).settled("o", json(form, "stripe")).at("/outcome/type"))
        .isEqualTo("answered");
    assertThat(target.hits("s").get(0).headers().get("Authorization"))
        .containsExactly("Bearer s3cr3t");
  }

  @Test
  void a_pool_of_others_reads_as_one_that_does_not_exist() {
    var api = node.api().as(ALL);
    var theirs = api.submit("o", spec("p", "/ok", ", 'executor': 'fast'"));
    var none = api.submit("o", spec("p", "/ok", ", 'executor': 'none'"));

    assertThat(theirs.at("/type")).isEqualTo("/problems/no-such-executor");
    assertThat(theirs.text()).isEqualTo(none.text()).contains("[bulk]").doesNotContain("fast");
    assertThat(api.settled("o", spec("p", "/ok", ", 'executor': 'bulk'")).status()).isEqualTo(200);
    var other = node.api().as(OTHER).submit("o", spec("p", "/ok", ""));
    assertThat(other.at("/detail"))
        .isEqualTo("/executor must be one of the pools that this node has, [fast]");
  }

  @Test
  void a_host_that_is_not_the_tenants_is_refused() {
    var spec = json("{'id': 'h', 'request': {'url': 'https://example.org/'}}");

    assertThat(node.api().as(ALL).submit("o", spec).at("/type"))
        .isEqualTo("/problems/target-not-allowed");
    assertThat(node.api().as(ALL).get("/v1/me").at("/limits/hosts/0")).isEqualTo("127.0.0.1");
  }

  @Test
  void a_callers_own_key_does_not_go_on_to_the_target() {
    var header = "{'id': 'k', 'request': {'url': '%s', 'headers': {'X-Key': '%s'}}}";
    var url = "{'id': 'k', 'request': {'url': '%s?key=%s'}}";
    var api = node.api().as(ALL);

    assertThat(api.submit("o", json(header, target.url("/ok"), ALL)).at("/type"))
        .isEqualTo("/problems/header-not-allowed");
    assertThat(api.submit("o", json(url, target.url("/ok"), ALL)).at("/type"))
        .isEqualTo("/problems/url-invalid");
    assertThat(api.settled("o", json(header, target.url("/ok"), "plain")).status()).isEqualTo(200);
    assertThat(target.hits("k").get(0).headers()).doesNotContainKey("Authorization");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v1/me", "/v1/origins/o/fetches", "/v1/unknown"})
  void the_credentials_of_a_closed_tenant_open_nothing(String path) {
    var answer = node.api().as(CLOSED).get(path);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.at("/type")).isEqualTo("/problems/tenant-closed");
    assertThat(node.management().as(CLOSED).get("/admin/origins/http/o").status()).isEqualTo(403);
    assertThat(node.management().as(CLOSED).get("/alive").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(TestDatabase.class)
  void the_longest_names_of_tenant_origin_and_fetch_are_stored_and_found_again(
      TestDatabase database, @TempDir Path directory) {
    var callers = new TestCallers();
    var tenant = "t".repeat(32);
    var key = callers.key(tenant);
    var originId = "o".repeat(128);
    var fetchId = database.name().charAt(0) + "f".repeat(127);
    var there = database.settings();
    var spec = spec(fetchId, "/flaky/1", ", 'retry': {'maxAttempts': 2, 'resend': 'always'}");
    try (var own =
        RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, there, callers.settings())) {
      var answer = own.api().as(key).settled(originId, spec);
      assertThat(answer.at("/outcome/type")).isEqualTo("answered");
      assertThat(answer.json().get("attempts")).hasSize(2);
    }
    try (var own =
        RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK, there, callers.settings())) {
      var answer = own.api().as(key).get(fetch(originId, fetchId));
      assertThat(answer.at("/originId")).isEqualTo(originId);
      assertThat(answer.at("/state")).isEqualTo("settled");
    }
  }
}
