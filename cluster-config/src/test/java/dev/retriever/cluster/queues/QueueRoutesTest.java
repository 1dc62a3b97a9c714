package dev.retriever.cluster.queues;

import static dev.retriever.cluster.Api.json;
import static dev.retriever.cluster.queues.QueueServer.NARROW;
import static dev.retriever.cluster.queues.QueueServer.OPERATOR;
import static dev.retriever.cluster.queues.QueueServer.READER;
import static dev.retriever.cluster.queues.QueueServer.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.cluster.Api;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators and callers ask of queues, and what they are told. */
class QueueRoutesTest {
  private static final String STRIPE = "/admin/queues/stripe";
  private static final String ALL =
      """
      {'concurrency': 20, 'rate': {'limit': 100, 'per': '1s', 'burst': 10},
       'perKey': {'concurrency': 2, 'rate': {'limit': 5, 'per': '1m', 'burst': 1}},
       'order': 'strict', 'weights': {'tenants': {'acme': 2.50}, 'keys': {'a': 0.01}},
       'waiting': {'max': 10, 'maxPerKey': 5}, 'retryAfter': {'scope': 'key', 'max': '5m'},
       'breaker': {'ratio': 0.250, 'least': 3, 'window': '10s', 'openMin': '1s', 'openMax': '2m',
                   'counts': ['unknown', '5xx', '429']},
       'lost': 'free'}""";

  private static QueueServer server;
  private static FakeQueues queues;

  @BeforeAll
  static void start() {
    server = new QueueServer();
    queues = server.queues;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void empty() {
    queues.views.clear();
    queues.operated.clear();
    queues.silent = false;
    queues.meanwhile = () -> {};
    server.audit.clear();
  }

  static Api.Answer send(String method, String path, String body, String... headers) {
    return sendAs(OPERATOR, method, path, body, headers);
  }

  private static Api.Answer sendAs(
      String token, String method, String path, String body, String... headers) {
    var all = new ArrayList<>(List.of(headers));
    if (body != null && !all.contains("Content-Type")) {
      all.addAll(0, List.of("Content-Type", "application/json"));
    }
    var bytes = body == null ? null : json(body).getBytes(StandardCharsets.UTF_8);
    return server.management(token).send(method, path, bytes, all.toArray(String[]::new));
  }

  private static JsonNode tree(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode tree(Api.Answer answer) {
    return tree(answer.text());
  }

  private static String tag(Api.Answer answer) {
    return answer.headers().firstValue("ETag").orElseThrow();
  }

  @Test
  void a_queue_without_settings_has_all_defaults() {
    var made = send("PUT", STRIPE, "{}");

    assertThat(made.status()).isEqualTo(201);
    assertThat(made.headers().firstValue("Location")).contains(STRIPE);
    assertThat(tag(made)).isEqualTo("\"1\"");
    assertThat(queues.views.get("stripe").settings()).isEqualTo(QueueSettings.DEFAULT);
    assertThat(tree(made).get("settings"))
        .isEqualTo(
            tree(
                """
                {'concurrency': 100, 'order': 'fair',
                 'waiting': {'max': 1000000, 'maxPerKey': 100000},
                 'retryAfter': {'scope': 'queue', 'max': '1h'}, 'lost': 'hold'}"""));
  }

  @Test
  void settings_read_back_as_they_were_sent() {
    assertThat(tree(send("PUT", STRIPE, ALL)).get("settings")).isEqualTo(tree(ALL));
    assertThat(queues.views.get("stripe").settings().weights().tenants())
        .containsEntry("acme", 250);
    assertThat(queues.views.get("stripe").settings().breaker().orElseThrow().permille())
        .isEqualTo(250);

    var unlimited = send("PUT", "/admin/queues/free", "{'concurrency': 'unlimited'}");
    assertThat(unlimited.at("/settings/concurrency")).isEqualTo("unlimited");
    assertThat(queues.views.get("free").settings().concurrency()).isEmpty();
  }

  @Test
  void
      a_put_that_is_repeated_changes_nothing_and_one_of_another_operator_is_asked_for_the_version() {
    var made = send("PUT", STRIPE, ALL);

    assertThat(send("PUT", STRIPE, ALL).status()).isEqualTo(200);
    assertThat(queues.views.get("stripe").version()).isEqualTo(1);
    var other = send("PUT", STRIPE, "{}");
    assertThat(other.status()).isEqualTo(428);
    assertThat(other.at("/type")).isEqualTo("/problems/precondition-required");
    assertThat(other.at("/detail")).contains("version 1");
    assertThat(send("PUT", STRIPE, "{}", "If-Match", tag(made)).status()).isEqualTo(200);
    assertThat(send("PUT", STRIPE, ALL, "If-Match", "*").status()).isEqualTo(200);
  }

  @Test
  void of_two_operators_with_the_same_version_the_second_is_refused() {
    var seen = tag(send("PUT", STRIPE, "{}"));

    assertThat(send("PUT", STRIPE, "{'concurrency': 5}", "If-Match", seen).status()).isEqualTo(200);
    for (var late :
        List.of(
            send("PUT", STRIPE, "{'concurrency': 6}", "If-Match", seen),
            send("PATCH", STRIPE, "{'concurrency': 6}", "If-Match", seen),
            send("DELETE", STRIPE, null, "If-Match", seen))) {
      assertThat(late.status()).isEqualTo(412);
      assertThat(late.at("/type")).isEqualTo("/problems/precondition-failed");
      assertThat(late.at("/detail")).contains("version 2");
    }
    assertThat(send("PUT", STRIPE, "{'concurrency': 5}", "If-Match", seen).status())
        .as("what is there already, as after a lost answer")
        .isEqualTo(200);
  }

  @Test
  void conditions_that_cannot_hold_are_refused() {
    assertThat(send("PUT", STRIPE, "{}", "If-Match", "*").status()).isEqualTo(412);
    assertThat(send("PUT", STRIPE, "{}", "If-Match", "\"1\"").status()).isEqualTo(412);
    assertThat(send("PUT", STRIPE, "{}", "If-None-Match", "*").status()).isEqualTo(201);
    assertThat(send("PUT", STRIPE, "{}", "If-None-Match", "*").status()).isEqualTo(412);
    for (var tag : List.of("1", "W/\"1\"", "\"0\"", "\"-1\"", "\"x\"")) {
      assertThat(send("PATCH", STRIPE, "{'lost': 'free'}", "If-Match", tag).status())
          .as(tag)
          .isEqualTo(412);
    }
    for (var several : List.of("\"1\", \"2\"", "*, \"1\"")) {
      assertThat(send("PATCH", STRIPE, "{}", "If-Match", several).status()).isEqualTo(400);
    }
    assertThat(send("PUT", STRIPE, "{}", "If-None-Match", "\"1\"").status()).isEqualTo(400);
    assertThat(send("PUT", STRIPE, "{}", "If-None-Match", "*", "If-Match", "*").status())
        .isEqualTo(400);
    assertThat(queues.views.get("stripe").version()).isEqualTo(1);
  }

  @Test
  void a_patch_changes_what_it_names_and_null_gives_the_default() {
    send("PUT", STRIPE, ALL);

    var patched =
        send(
            "PATCH",
            STRIPE,
            "{'concurrency': null, 'rate': {'limit': 50}, 'breaker': null, 'perKey': {'rate': null}}",
            "Content-Type",
            "application/merge-patch+json");

    assertThat(patched.status()).isEqualTo(200);
    assertThat(tag(patched)).isEqualTo("\"2\"");
    var settings = queues.views.get("stripe").settings();
    assertThat(settings.concurrency()).contains(100);
    assertThat(settings.rate()).contains(new QueueSettings.Rate(50, Duration.ofSeconds(1), 10));
    assertThat(settings.perKey())
        .isEqualTo(new QueueSettings.PerKey(Optional.of(2), Optional.empty()));
    assertThat(settings.breaker()).isEmpty();
    assertThat(settings.order()).isEqualTo(QueueSettings.Order.STRICT);
    assertThat(send("PATCH", STRIPE, "{'concurrency': 100}").status()).isEqualTo(200);
    assertThat(queues.views.get("stripe").version()).as("nothing to change").isEqualTo(2);
  }

  @Test
  void patches_at_the_same_time_are_all_kept() {
    send("PUT", STRIPE, "{}");
    queues.meanwhile =
        () -> {
          queues.meanwhile = () -> {};
          queues.change(
              "stripe",
              view ->
                  FakeQueues.view("stripe", 2, QueueSettingsReader.read(tree("{'lost': 'free'}"))));
        };

    assertThat(send("PATCH", STRIPE, "{'concurrency': 7}").status()).isEqualTo(200);

    assertThat(queues.views.get("stripe").settings().concurrency()).contains(7);
    assertThat(queues.views.get("stripe").settings().lost()).isEqualTo(QueueSettings.Lost.FREE);
  }

  @Test
  void a_queue_is_removed_when_it_is_empty() {
    send("PUT", STRIPE, "{}");
    queues.change("stripe", view -> FakeQueues.with(view, 3, 0));

    var full = send("DELETE", STRIPE, null);
    assertThat(full.status()).isEqualTo(409);
    assertThat(full.at("/type")).isEqualTo("/problems/queue-not-empty");

    queues.change("stripe", view -> FakeQueues.view("stripe", 1, view.settings()));
    assertThat(send("DELETE", STRIPE, null).status()).isEqualTo(204);
    assertThat(send("DELETE", STRIPE, null).status()).isEqualTo(404);
    assertThat(send("GET", STRIPE, null).at("/type")).isEqualTo("/problems/not-found");
    assertThat(send("PATCH", STRIPE, "{}").status()).isEqualTo(404);
  }

  @Test
  void queues_of_a_template_take_their_settings_from_it() {
    assertThat(send("PUT", "/admin/queues/host:*", "{}").status()).isEqualTo(201);
    assertThat(send("PUT", "/admin/queues/host%3A%2A", "{}").status()).isEqualTo(200);
    for (var method : List.of("PUT", "PATCH", "DELETE")) {
      var body = method.equals("DELETE") ? null : "{}";
      var refused = send(method, "/admin/queues/host:example.com", body);
      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.at("/detail")).contains("host:*");
    }
  }

  @Test
  void the_list_has_the_names_in_pages() {
    for (var name : List.of("b", "a", "host:*", "c")) {
      send("PUT", "/admin/queues/" + name, "{}");
    }

    var first = send("GET", "/admin/queues?limit=3", null);
    assertThat(first.text())
        .isEqualTo(json("{'items':[{'name':'a'},{'name':'b'},{'name':'c'}],'nextCursor':'c'}"));
    assertThat(send("GET", "/admin/queues?limit=3&cursor=c", null).text())
        .isEqualTo(json("{'items':[{'name':'host:*'}]}"));
  }

  @Test
  void operations_are_passed_on_and_answered_with_the_queue() {
    send("PUT", STRIPE, "{}");

    var paused =
        send(
            "POST",
            STRIPE + "/pause",
            "{'until': '2026-01-15T12:00:00+01:00', 'reason': 'theirs'}");
    assertThat(paused.at("/state")).isEqualTo("paused");
    assertThat(paused.at("/until")).isEqualTo("2026-01-15T11:00:00Z");
    assertThat(paused.at("/because")).isEqualTo("theirs");
    assertThat(tag(paused)).isEqualTo("\"1\"");
    assertThat(send("POST", STRIPE + "/pause", "{'reason': 'for long'}").status()).isEqualTo(200);
    assertThat(send("POST", STRIPE + "/resume", null).at("/state")).isEqualTo("running");
    assertThat(send("POST", STRIPE + "/drain", "{}").at("/state")).isEqualTo("draining");
    send("POST", STRIPE + "/hold", "{'until': '2026-01-15T10:00:01Z', 'reason': 'asked'}");
    send("POST", STRIPE + "/release", null);
    send("POST", STRIPE + "/purge", null);
    send("POST", STRIPE + "/purge", "{'before': '2026-01-15T09:00:00Z', 'key': 'k'}");
    send("POST", STRIPE + "/breaker", "{'mode': 'open'}");
    var taken = send("POST", STRIPE + "/slots/3/release", null);
    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.at("/type")).isEqualTo("/problems/not-possible-now");

    assertThat(queues.operated)
        .containsExactly(
            new QueueOperations.Pause(Optional.of(QueueServer.NOW.plusSeconds(3_600)), "theirs"),
            new QueueOperations.Pause(Optional.empty(), "for long"),
            new QueueOperations.Resume(),
            new QueueOperations.Drain(),
            new QueueOperations.Hold(QueueServer.NOW.plusSeconds(1), "asked"),
            new QueueOperations.Release(),
            new QueueOperations.Purge(QueueServer.NOW, Optional.empty()),
            new QueueOperations.Purge(QueueServer.NOW.minusSeconds(3_600), Optional.of("k")),
            new QueueOperations.SetBreaker(QueueOperations.BreakerMode.OPEN),
            new QueueOperations.FreeSlot(3));
  }

  @Test
  void each_change_is_in_the_audit_with_what_was_before_and_after() {
    send("PUT", STRIPE, "{}");
    send("PATCH", STRIPE, "{'concurrency': 5}");
    send("POST", STRIPE + "/pause", "{'reason': 'order-17'}");
    send("DELETE", "/admin/queues/none", null);
    sendAs(READER, "PUT", STRIPE, "{}");

    assertThat(server.audit).hasSize(9);
    assertThat(server.audit.get(1))
        .startsWith("done PUT /admin/queues/{queue} 201 [after: version 1 {\"concurrency\":100,");
    assertThat(server.audit.get(3))
        .contains(
            "before: version 1 {\"concurrency\":100,", "after: version 2 {\"concurrency\":5,");
    assertThat(server.audit.get(5))
        .contains("before: running, waiting 0", "after: paused, waiting 0")
        .doesNotContain("order-17");
    assertThat(server.audit.get(7)).contains("404");
    assertThat(server.audit.get(8)).isEqualTo("denied forbidden");
  }

  @Test
  void the_figures_are_as_the_queue_has_them() {
    send("PUT", STRIPE, "{}");
    queues.change("stripe", view -> FakeQueues.with(view, 1_320, 20));
    queues.change(
        "stripe",
        view ->
            FakeQueues.in(
                view,
                QueueView.State.HELD,
                Optional.of(QueueServer.NOW),
                Optional.of(FakeQueues.BECAUSE)));

    var shown = tree(send("GET", STRIPE, null));
    assertThat(shown.get("at").asText()).isEqualTo(QueueServer.NOW.toString());
    assertThat(shown.get("state").asText()).isEqualTo("held");
    assertThat(shown.get("waiting"))
        .isEqualTo(
            tree("{'fetches': 1320, 'oldest': '1970-01-01T00:00:00Z', 'origins': 1, 'keys': 1}"));
    assertThat(shown.get("limitedBy")).isEqualTo(tree("{'concurrency': 0.25, 'rate': 0.123}"));
    assertThat(shown.get("rates")).isEqualTo(tree("{'granted': 98.7, 'ended': 98.1}"));
    assertThat(shown.get("drainsIn").asText()).isEqualTo("13s");
    assertThat(shown.get("waitSeconds")).isEqualTo(tree("{'p50': 1.9, 'p99': 14.2}"));
    assertThat(shown.at("/breaker/state").asText()).isEqualTo("closed");
    assertThat(shown.at("/because").asText()).isEqualTo(FakeQueues.BECAUSE);
    assertThat(shown.at("/purge/left").asInt()).isEqualTo(3);
    assertThat(shown.at("/effective").asBoolean()).isTrue();
  }

  @Test
  void ids_of_origins_are_for_operators_of_all_origins_alone() {
    send("PUT", STRIPE, "{}");
    queues.change("stripe", view -> FakeQueues.with(view, 3, 2));
    queues.change(
        "stripe",
        view ->
            FakeQueues.in(
                view, QueueView.State.HELD, Optional.empty(), Optional.of(FakeQueues.BECAUSE)));

    assertThat(send("GET", STRIPE, null).text()).contains("order-17");
    for (var token : List.of(READER, NARROW)) {
      assertThat(sendAs(token, "GET", STRIPE, null).status()).isEqualTo(200);
      assertThat(sendAs(token, "GET", STRIPE, null).text()).doesNotContain("order-17");
    }
    assertThat(sendAs(TENANT, "GET", STRIPE, null).status()).isEqualTo(403);
    for (var list : List.of("/keys", "/waiting")) {
      assertThat(send("GET", STRIPE + list, null).text()).contains("order-17");
      assertThat(sendAs(READER, "GET", STRIPE + list, null).at("/type"))
          .isEqualTo("/problems/forbidden");
      assertThat(sendAs(NARROW, "GET", STRIPE + list, null).at("/type"))
          .isEqualTo("/problems/origin-not-allowed");
    }
    for (var token : List.of(OPERATOR, READER, NARROW, TENANT)) {
      var figures = server.api(token).get("/v1/queues/stripe");
      assertThat(figures.status()).isEqualTo(200);
      assertThat(figures.text()).doesNotContain("order-17", "acme", "settings", "keys", "origins");
      assertThat(tree(figures).get("waiting").get("fetches").asInt()).isEqualTo(3);
    }
  }

  @Test
  void a_credential_for_some_origins_does_nothing_to_queues() {
    send("PUT", STRIPE, "{}");
    for (var refused :
        List.of(
            sendAs(NARROW, "PUT", STRIPE, "{}"),
            sendAs(NARROW, "PATCH", STRIPE, "{}"),
            sendAs(NARROW, "DELETE", STRIPE, null),
            sendAs(NARROW, "POST", STRIPE + "/purge", null),
            sendAs(NARROW, "POST", STRIPE + "/slots/1/release", null))) {
      assertThat(refused.status()).isEqualTo(403);
      assertThat(refused.at("/type")).isEqualTo("/problems/origin-not-allowed");
    }
    assertThat(queues.operated).isEmpty();
  }

  @Test
  void lists_show_tenants_and_the_ids_that_callers_know() {
    send("PUT", STRIPE, "{}");

    assertThat(tree(send("GET", STRIPE + "/waiting", null)).at("/items/0"))
        .isEqualTo(
            tree(
                """
                {'type': 'http', 'tenant': 'acme', 'originId': 'order-17', 'key': 'customer-42',
                 'priority': 3, 'waiting': 12, 'oldest': '1970-01-01T00:00:00Z'}"""));
    var keys = tree(send("GET", STRIPE + "/keys?limit=7&cursor=x", null));
    assertThat(keys.at("/items/0/waiting").asInt()).isEqualTo(12);
    assertThat(keys.at("/nextCursor").asText()).isEqualTo("after 7x");
    assertThat(send("GET", "/admin/queues/none/keys", null).status()).isEqualTo(404);
    assertThat(send("GET", "/admin/queues/none/waiting", null).status()).isEqualTo(404);
  }

  @Test
  void a_queue_that_does_not_answer_is_said_to_have_done_it_or_not() {
    send("PUT", STRIPE, "{}");
    queues.silent = true;

    var silent = send("POST", STRIPE + "/resume", null);

    assertThat(silent.status()).isEqualTo(503);
    assertThat(silent.at("/detail")).contains("Queue stripe did not answer in time");
    assertThat(silent.headers().firstValue("Retry-After")).isPresent();
  }
}
