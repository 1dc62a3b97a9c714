package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import dev.retriever.cluster.callbacks.CallbackKeys;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Role;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every route of both ports, across tenants that have origins and fetches of the same ids. Each
 * tenant's fetches were answered with a canary of its own.
 */
class TenantRoutesTest {
  private static final String MINE = "zzqq";
  private static final String THEIRS = "acme";

  /** Only the other tenant has it. */
  private static final String HIDDEN = "hidden-7";

  /** No tenant has it. It is as long. */
  private static final String NOWHERE = "nowhere7";

  private static final String UNKNOWN_KEY = "aaaaaaaaaaaa";

  private static final List<String> TENANTS = List.of("default", THEIRS, MINE);
  private static final TestCallers CALLERS = new TestCallers();
  private static final Map<String, String> KEYS =
      Map.of(
          "default", CALLERS.key("default"), THEIRS, CALLERS.key(THEIRS), MINE, CALLERS.key(MINE));
  private static final String PATTERN = CALLERS.key(MINE, Role.ALL, "other-*");
  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

  private static Level level;
  private static Appender<ILoggingEvent> console;
  private static RunningNode node;
  private static TestTarget target;
  private static String theirKey;

  /** How a route is asked, beyond its path. */
  private record Case(String query, Optional<String> body, List<String> headers) {
    static final Case PLAIN = new Case("", Optional.empty(), List.of());

    static Case with(String query) {
      return new Case(query, Optional.empty(), List.of());
    }

    static Case sending(String body) {
      return new Case("", Optional.of(body), List.of());
    }

    /** Of a version that only the other tenants' one has. */
    Case ifMatch(String version) {
      return new Case(query, body, List.of("If-Match", '"' + version + '"'));
    }
  }

  /** Of every route with a credential. A stream is asked for as JSON here, which ends at once. */
  private static Map<String, Case> cases() {
    var noPool = json("{'id': 'f', 'executor': 'none', 'request': {'url': 'http://a.example/'}}");
    var many = json("{'fetches': [%s]}".formatted(noPool.replace('"', '\'')));
    var anywhere = many.replace("{\"id\"", "{\"originId\": \"order\", \"id\"");
    var fetch = "/v1/origins/{origin}/fetches/{fetch}";
    var schedule = "/v1/origins/{origin}/schedules/{schedule}";
    var nightly =
        json(
            "{'cron': '0 3 * * *', 'fetch': {'executor': 'none', 'request': {'url':"
                + " 'http://a.example/'}}}");
    var november =
        json("{'from': '2025-11-01T00:00:00Z', 'to': '2025-11-02T00:00:00Z', 'dryRun': true}");
    var callback = "/v1/callbacks/{callback}";
    var admin = "/admin/origins/http/{origin}";
    var typed = "/admin/origins/{type}/{origin}";
    var queue = "/admin/queues/{queue}";
    return Map.ofEntries(
        Map.entry("POST /v1/origins/{origin}/fetches", Case.sending(noPool)),
        Map.entry("GET /v1/origins/{origin}/fetches", Case.with("?limit=500")),
        Map.entry("GET /v1/origins/{origin}/fetches/{fetch}", Case.PLAIN),
        Map.entry("DELETE /v1/origins/{origin}/fetches/{fetch}", Case.PLAIN),
        Map.entry("PATCH " + fetch, Case.sending(json("{'delay': '1h'}"))),
        Map.entry("GET " + fetch + "/request", Case.PLAIN),
        Map.entry("POST " + fetch + "/start", Case.PLAIN),
        Map.entry("POST " + fetch + "/redrive", Case.PLAIN),
        Map.entry("DELETE " + fetch + "/bodies", Case.PLAIN),
        Map.entry("POST /v1/origins/{origin}/fetches:batch", Case.sending(many)),
        Map.entry("POST /v1/fetches:batch", Case.sending(anywhere)),
        Map.entry("GET /v1/origins/{origin}/schedules", Case.PLAIN),
        Map.entry("GET " + schedule, Case.PLAIN),
        Map.entry("PUT " + schedule, Case.sending(nightly)),
        Map.entry("DELETE " + schedule, Case.PLAIN),
        Map.entry("POST " + schedule + "/pause", Case.PLAIN),
        Map.entry("POST " + schedule + "/resume", Case.PLAIN),
        Map.entry("POST " + schedule + "/trigger", Case.PLAIN),
        Map.entry("POST " + schedule + "/backfill", Case.sending(november)),
        Map.entry("GET /v1/fetches", Case.with("?limit=500")),
        Map.entry(
            "POST /v1/bulk",
            Case.sending(
                json("{'action': 'redrive', 'where': {'outcome': 'failed'}, 'dryRun': true}"))),
        Map.entry("GET /v1/bulk", Case.PLAIN),
        Map.entry("GET /v1/bulk/{job}", Case.PLAIN),
        Map.entry("POST /v1/bulk/{job}/pause", Case.PLAIN),
        Map.entry("POST /v1/bulk/{job}/resume", Case.PLAIN),
        Map.entry("POST /v1/bulk/{job}/cancel", Case.PLAIN),
        Map.entry("GET /v1/schedules", Case.with("?state=active")),
        Map.entry("GET /v1/fetches/count", Case.with("?by=outcome,host")),
        Map.entry("GET /v1/origins/{origin}/outcomes", Case.with("?from=start")),
        Map.entry("GET /v1/outcomes", Case.PLAIN),
        Map.entry("GET /v1/queues/{queue}", Case.PLAIN),
        Map.entry("GET /v1/callbacks", Case.PLAIN),
        Map.entry("GET " + callback, Case.PLAIN),
        Map.entry("PUT " + callback, Case.sending(endpoint(MINE)).ifMatch("1")),
        Map.entry("DELETE " + callback, Case.PLAIN),
        Map.entry("GET " + callback + "/dead", Case.with("?limit=500")),
        Map.entry("POST " + callback + "/test", Case.PLAIN),
        Map.entry("GET /v1/me", Case.PLAIN),
        Map.entry("GET /stats", Case.PLAIN),
        Map.entry("GET /metrics", Case.PLAIN),
        Map.entry("GET /admin/nodes", Case.PLAIN),
        Map.entry("GET /admin/overview", Case.PLAIN),
        Map.entry("GET /admin/database", Case.PLAIN),
        Map.entry("GET /admin/events", Case.PLAIN),
        Map.entry("GET /admin/queues", Case.with("?limit=500")),
        Map.entry("GET " + queue, Case.PLAIN),
        Map.entry("PUT " + queue, Case.sending("{}")),
        Map.entry("PATCH " + queue, Case.sending("{}")),
        Map.entry("DELETE " + queue, Case.PLAIN),
        Map.entry("GET " + queue + "/keys", Case.with("?limit=500")),
        Map.entry("GET " + queue + "/waiting", Case.with("?limit=500")),
        Map.entry("GET " + queue + "/events", Case.PLAIN),
        Map.entry("POST " + queue + "/pause", Case.sending("{}")),
        Map.entry("POST " + queue + "/resume", Case.PLAIN),
        Map.entry("POST " + queue + "/drain", Case.PLAIN),
        Map.entry("POST " + queue + "/purge", Case.PLAIN),
        Map.entry("POST " + queue + "/hold", Case.sending("{}")),
        Map.entry("POST " + queue + "/release", Case.PLAIN),
        Map.entry("POST " + queue + "/breaker", Case.sending("{}")),
        Map.entry("GET " + queue + "/slots", Case.PLAIN),
        Map.entry("POST " + queue + "/slots/{slot}/release", Case.PLAIN),
        Map.entry("GET /admin/index/rebuild", Case.PLAIN),
        Map.entry("POST /admin/index/rebuild", Case.PLAIN),
        Map.entry("GET /admin/audit", Case.with("?limit=500")),
        Map.entry("GET /admin/keys", Case.with("?limit=500")),
        Map.entry("POST /admin/keys", Case.sending("{}")),
        Map.entry("GET /admin/keys/{key}", Case.PLAIN),
        Map.entry("DELETE /admin/keys/{key}", Case.PLAIN),
        Map.entry("GET " + admin, Case.with("?limit=200")),
        Map.entry("POST " + admin + "/fetches/{fetch}/cancel", Case.PLAIN),
        Map.entry("POST " + admin + "/fetches/{fetch}/redrive", Case.PLAIN),
        Map.entry("DELETE " + admin + "/fetches/{fetch}/bodies", Case.PLAIN),
        Map.entry("POST " + admin + "/trigger", Case.with("?count=500")),
        Map.entry("POST " + admin + "/redrive", Case.with("?key=outcome/f")),
        Map.entry("DELETE " + admin + "/alarms/{alarm}", Case.PLAIN),
        Map.entry("GET " + typed, Case.PLAIN),
        Map.entry("POST " + typed + "/fetches/{fetch}/cancel", Case.PLAIN),
        Map.entry("POST " + typed + "/fetches/{fetch}/redrive", Case.PLAIN),
        Map.entry("DELETE " + typed + "/fetches/{fetch}/bodies", Case.PLAIN),
        Map.entry("POST " + typed + "/trigger", Case.PLAIN),
        Map.entry("POST " + typed + "/redrive", Case.with("?key=outcome/f")),
        Map.entry("DELETE " + typed + "/alarms/{alarm}", Case.PLAIN));
  }

  @BeforeAll
  static void start(@TempDir Path directory) {
    var root = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    LOG.setContext((LoggerContext) LoggerFactory.getILoggerFactory());
    LOG.start();
    root.addAppender(LOG);
    level = root.getLevel();
    console = root.getAppender("STDERR");
    root.detachAppender(console);
    root.setLevel(Level.INFO);
    target = new TestTarget();
    node =
        RunningNode.start(
            directory,
            RunningNode.MAY_CALL_LOOPBACK,
            "retriever.executor.pools { bulk { permits = 1, executors = 1 } }",
            CallbackKeys.settings(directory),
            "retriever.executor.transport.secrets.cb-1.tenants = " + TENANTS,
            CALLERS.settings());
    for (var tenant : TENANTS) {
      settled(tenant, "order", "f");
    }
    // Those of the same name as an origin are asked for with its id.
    for (var name : List.of("order", HIDDEN)) {
      put(THEIRS, name);
    }
    put("default", "order");
    settled(THEIRS, HIDDEN, "f");
    scheduled(THEIRS);
    scheduled("default");
    hanging(THEIRS, HIDDEN, "open");
    var made = json("{'roles': ['read']}").getBytes(StandardCharsets.UTF_8);
    theirKey =
        node.management()
            .as(KEYS.get(THEIRS))
            .send("POST", "/admin/keys", made, "Content-Type", "application/json")
            .at("/id");
  }

  @AfterAll
  static void stop() {
    node.close();
    target.close();
    var root = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAppender(LOG);
    root.addAppender(console);
    root.setLevel(level);
    assertThat(LOG.list).isNotEmpty();
    assertThat(LOG.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains(MINE + "/") || line.contains("canary"));
  }

  private static String canary(String tenant) {
    return "canary-of-" + tenant;
  }

  /** An endpoint that calls for the tenant's canary. */
  private static String endpoint(String tenant) {
    return json(
        "{'url': '%s', 'keys': [{'secret': 'cb-1'}], 'headers': {'X-Is': '%s'}}",
        target.url("/ok"), canary(tenant));
  }

  private static void put(String tenant, String name) {
    var body = endpoint(tenant).getBytes(StandardCharsets.UTF_8);
    var made =
        api(tenant).send("PUT", "/v1/callbacks/" + name, body, "Content-Type", "application/json");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.at("/version")).isEqualTo("1");
    assertThat(made.at("/headers/X-Is")).isEqualTo(canary(tenant));
  }

  private static Api api(String tenant) {
    return node.api().as(KEYS.get(tenant));
  }

  private static void settled(String tenant, String originId, String id) {
    var spec =
        json(
            "{'id': '%s', 'request': {'method': 'POST', 'url': '%s', 'body': '%s'}}",
            id, target.url("/echo"), canary(tenant));
    var answer = api(tenant).settled(originId, spec);
    assertThat(answer.at("/outcome/body")).isEqualTo(canary(tenant));
  }

  private static void scheduled(String tenant) {
    var nightly =
        json(
            "{'cron': '0 3 * * *', 'fetch': {'request': {'url': '%s'}}}",
            target.url("/" + canary(tenant)));
    var made =
        api(tenant)
            .send(
                "PUT",
                "/v1/origins/" + HIDDEN + "/schedules/of-" + tenant,
                nightly.getBytes(StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");
    assertThat(made.status()).as(made.text()).isEqualTo(201);
  }

  @Test
  void a_list_of_schedules_has_those_of_the_own_tenant_alone() {
    for (var query : List.of("", "?order=next", "?origin=hidden-*", "?state=active")) {
      for (var tenant : TENANTS) {
        var items = api(tenant).get("/v1/schedules" + query).json().get("items");
        assertThat(items)
            .as(tenant + " " + query)
            .extracting(it -> it.get("originId").asText() + " " + it.get("id").asText())
            .containsExactlyElementsOf(
                tenant.equals(MINE) ? List.of() : List.of(HIDDEN + " of-" + tenant));
      }
    }
  }

  private static void hanging(String tenant, String originId, String id) {
    var spec =
        json(
            "{'id': '%s', 'request': {'url': '%s'}, 'timeout': '1h', 'within': '2h'}",
            id, target.url("/never"));
    assertThat(api(tenant).submit(originId, spec).status()).isEqualTo(202);
  }

  /** The routes that take a credential, with their ports. */
  private static Stream<AccessTable.Row> routes() {
    return Stream.of(AccessTable.API, AccessTable.MANAGEMENT)
        .flatMap(port -> port.rows().stream())
        .filter(row -> !row.need().anonymous());
  }

  /** Those that name something. */
  private static Stream<AccessTable.Row> routesOfSomething() {
    return routes().filter(row -> row.path().contains("{"));
  }

  private static String name(AccessTable.Row row) {
    return row.method() + " " + row.path();
  }

  private static Api.Answer asked(
      String key, AccessTable.Row row, String originId, String fetchId, String keyId) {
    var how = cases().get(name(row));
    var path =
        row.path()
            .replace("{origin}", originId)
            .replace("{fetch}", fetchId)
            .replace("{schedule}", "nightly")
            .replace("{callback}", originId)
            .replace("{key}", keyId)
            .replace("{alarm}", "a")
            .replace("{job}", "j")
            .replace("{type}", "checkout")
            .replace("{queue}", "stripe")
            .replace("{slot}", "1");
    var port = AccessTable.API.rows().contains(row) ? node.api() : node.management();
    var body = how.body().map(it -> it.getBytes(StandardCharsets.UTF_8)).orElse(null);
    var headers = new ArrayList<>(List.of("Accept", "application/json"));
    headers.addAll(how.headers());
    if (body != null) {
      headers.addAll(List.of("Content-Type", "application/json"));
    }
    return port.as(key)
        .send(row.method(), path + how.query(), body, headers.toArray(String[]::new));
  }

  /** Everything of an answer but its time, and whether a body was left unread before it. */
  private static String whole(Api.Answer answer) {
    var headers = new java.util.TreeMap<>(answer.headers().map());
    headers.remove("date");
    headers.remove("connection");
    return answer.status() + " " + headers + " " + answer.text();
  }

  @Test
  void every_route_has_a_case() {
    assertThat(new TreeSet<>(cases().keySet()))
        .containsExactlyInAnyOrderElementsOf(routes().map(TenantRoutesTest::name).toList());
  }

  @ParameterizedTest
  @MethodSource("routes")
  void nothing_of_other_tenants_is_shown_for_ids_that_they_have_too(AccessTable.Row row) {
    var answer = whole(asked(KEYS.get(MINE), row, "order", "f", theirKey));

    assertThat(answer).doesNotContain(canary(THEIRS), canary("default"), MINE + "/", THEIRS);
  }

  @ParameterizedTest
  @MethodSource("routesOfSomething")
  void what_is_not_yours_reads_as_what_is_not_there(AccessTable.Row row) {
    for (var fetchId : List.of("f", "open")) {
      var hidden = whole(asked(KEYS.get(MINE), row, HIDDEN, fetchId, theirKey));
      var nowhere = whole(asked(KEYS.get(MINE), row, NOWHERE, fetchId, UNKNOWN_KEY));

      assertThat(hidden.replace(HIDDEN, NOWHERE).replace(theirKey, UNKNOWN_KEY)).isEqualTo(nowhere);
    }
    assertThat(api(THEIRS).get(fetch(HIDDEN, "open")).at("/state")).isEqualTo("pending");
    assertThat(api(THEIRS).get("/v1/callbacks/" + HIDDEN).at("/version")).isEqualTo("1");
  }

  @ParameterizedTest
  @MethodSource("routesOfSomething")
  void an_origin_outside_a_keys_pattern_reads_as_one_without_fetches(AccessTable.Row row) {
    var before = inMemory();
    var there = whole(asked(PATTERN, row, "order", "f", UNKNOWN_KEY));
    var nowhere = whole(asked(PATTERN, row, "xxxxx", "f", UNKNOWN_KEY));

    assertThat(there.replace("order", "xxxxx")).isEqualTo(nowhere);
    assertThat(inMemory()).isLessThanOrEqualTo(before);
    if (row.method().equals("POST") && row.path().endsWith("/fetches")) {
      assertThat(there).startsWith("403 ").contains("/problems/origin-not-allowed");
    }
  }

  private static int inMemory() {
    var stats = node.management().as(KEYS.get("default")).get("/stats");
    return stats.json().get("originsInMemory").asInt();
  }

  @Test
  void a_tenant_reads_its_own_under_the_ids_that_it_gave() {
    for (var tenant : TENANTS) {
      var read = api(tenant).get(fetch("order", "f"));
      assertThat(read.at("/originId")).isEqualTo("order");
      assertThat(read.at("/outcome/body")).isEqualTo(canary(tenant));
      assertThat(api(tenant).get(fetches("order")).at("/items/0/originId")).isEqualTo("order");
      var admin = node.management().as(KEYS.get(tenant)).get("/admin/origins/http/order");
      assertThat(admin.at("/originId")).isEqualTo("order");
    }
  }

  @Test
  void an_id_with_a_tenant_in_it_names_no_origin() {
    for (var id : List.of("acme%2Forder", "zzqq%2Forder", "acme%252Forder", "%2Forder")) {
      var key = KEYS.get("default");
      assertThat(node.management().as(key).get("/admin/origins/http/" + id).status())
          .isEqualTo(400);
      assertThat(node.api().as(key).get(fetch(id, "f")).status()).isEqualTo(400);
    }
  }

  @Test
  void subscribers_are_told_their_own_outcomes_though_rows_and_ids_are_the_same() {
    for (var tenant : TENANTS) {
      try (var stream = Subscription.stream(api(tenant), path("order"));
          var socket = Subscription.socket(api(tenant), path("order"));
          var shared =
              Subscription.shared(api(tenant), json("{'origin': 'order', 'from': 'start'}"))) {
        for (var event :
            List.of(stream.next("outcome"), socket.next("outcome"), shared.next("orderoutcome"))) {
          assertThat(event.json().at("/outcome/body").asText()).isEqualTo(canary(tenant));
          assertThat(event.data()).doesNotContain(tenant + "/");
        }
      }
    }
  }

  private static String path(String originId) {
    return Subscription.path(originId) + "?from=start";
  }

  @Test
  void a_message_on_a_socket_is_checked_like_a_path() {
    try (var shared =
            Subscription.shared(
                node.api().as(PATTERN),
                json("{'origin': 'order', 'from': 'start'}"),
                json("{'origin': 'acme/order', 'from': 'start'}"),
                json("{'origin': 'other-1', 'from': 'start'}"));
        var theirs =
            Subscription.shared(api(MINE), json("{'origin': '%s', 'from': 'start'}", HIDDEN))) {
      assertThat(shared.next().json().at("/type").asText())
          .isEqualTo("/problems/origin-not-allowed");
      assertThat(shared.next().json().at("/type").asText())
          .isEqualTo("/problems/malformed-request");
      assertThat(shared.next().name()).isEqualTo("other-1begin");
      assertThat(theirs.next().id()).isEqualTo("0");
    }
  }

  @Test
  void targets_are_told_nothing_of_tenants() {
    assertThat(target.hits("f"))
        .isNotEmpty()
        .noneMatch(hit -> hit.headers().toString().contains(MINE))
        .noneMatch(hit -> hit.headers().toString().contains("rtv_"));
  }

  @Test
  void a_caller_learns_who_it_is() {
    var me = node.api().as(PATTERN).get("/v1/me");

    assertThat(me.at("/tenant")).isEqualTo(MINE);
    assertThat(me.at("/origins")).isEqualTo("other-*");
    assertThat(me.at("/method")).isEqualTo("key");
    assertThat(me.json().get("roles")).hasSize(Role.values().length);
    assertThat(me.json().at("/limits/pools").toString()).isEqualTo("[\"default\",\"bulk\"]");
  }
}
