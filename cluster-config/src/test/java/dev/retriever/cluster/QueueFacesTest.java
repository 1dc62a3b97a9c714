package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues of a real node, as operators and callers see them. */
class QueueFacesTest {
  private static final String STRIPE = "/admin/queues/stripe";

  @TempDir private Path directory;
  private CountingTarget target;
  private RunningNode node;

  @BeforeEach
  void start() throws IOException {
    target = new CountingTarget();
    node = RunningNode.start(directory, RunningNode.MAY_CALL_LOOPBACK);
  }

  @AfterEach
  void stop() {
    node.close();
    target.close();
  }

  private Api.Answer operate(String method, String path, String body) {
    var bytes = body.isEmpty() ? null : json(body).getBytes(StandardCharsets.UTF_8);
    return node.management().send(method, path, bytes, "Content-Type", "application/json");
  }

  private void make(String settings) {
    assertThat(operate("PUT", STRIPE, settings).status()).isEqualTo(201);
  }

  private JsonNode queue() {
    return node.management().get(STRIPE).json();
  }

  private int figure(String pointer) {
    return queue().at(pointer).asInt();
  }

  private Api.Answer submit(String origin, String id, String queue) {
    return node.api()
        .submit(
            origin,
            json(
                "{'id': '%s', 'request': {'url': '%s'}, 'within': '10m', 'queue': %s}",
                id, target.url(), json(queue)));
  }

  /** Once all nodes know the queue. */
  private void accepted(String origin, String id, String queue) {
    Eventually.becomes(202, () -> submit(origin, id, queue).status());
  }

  /** Another fetch at each try, since one that was accepted is accepted again. */
  private Api.Answer refused(String problem) {
    var tries = new AtomicInteger();
    var last = new AtomicReference<Api.Answer>();
    Eventually.becomes(
        "/problems/" + problem,
        () -> {
          last.set(submit("late", "late-" + tries.incrementAndGet(), "'stripe'"));
          return last.get().at("/type");
        });
    return last.get();
  }

  private static String origin(int i) {
    return "order-" + i % 3;
  }

  private JsonNode read(int i) {
    return node.api().get(fetch(origin(i), "f-" + i)).json();
  }

  /** How the fetches stand, each type of outcome with its count. */
  private Map<String, Long> outcomes() {
    return IntStream.range(0, 11)
        .mapToObj(i -> read(i).at("/outcome/type").asText())
        .map(type -> type.isEmpty() ? "pending" : type)
        .collect(Collectors.groupingBy(type -> type, Collectors.counting()));
  }

  @Test
  void a_queue_holds_its_limit_pauses_goes_on_and_is_purged_and_its_figures_add_up() {
    make("{'concurrency': 2}");
    for (var i = 0; i < 10; i++) {
      accepted(origin(i), "f-" + i, "'stripe'");
    }
    Eventually.becomes(2, target::open);
    Eventually.becomes(8, () -> figure("/waiting/fetches"));
    assertThat(figure("/running")).isEqualTo(2);
    assertThat(target.hits()).isEqualTo(2);
    assertThat(operate("DELETE", STRIPE, "").at("/type")).isEqualTo("/problems/queue-not-empty");

    target.answer(2);
    Eventually.becomes(4, target::hits);
    Eventually.becomes(2, target::open);

    var paused = operate("POST", STRIPE + "/pause", "{'reason': 'maintenance'}").json();
    assertThat(paused.at("/state").asText()).isEqualTo("paused");
    assertThat(paused.at("/effective").asBoolean()).isTrue();
    target.answer(2);
    Eventually.becomes(0, () -> figure("/running"));
    accepted("order-1", "f-10", "{'name': 'stripe', 'priority': 1, 'key': 'k'}");
    Eventually.becomes(7, () -> figure("/waiting/fetches"));
    Eventually.becomes("paused", () -> read(10).at("/waiting/because").asText());
    assertThat(read(10).at("/waiting/key").asText()).isEqualTo("k");
    assertThat(target.hits()).as("after the pause was effective").isEqualTo(4);

    assertThat(operate("POST", STRIPE + "/resume", "").json().at("/state").asText())
        .isEqualTo("running");
    Eventually.becomes(2, target::open);
    Eventually.becomes(6, target::hits);
    Eventually.becomes(5, () -> figure("/waiting/fetches"));
    Eventually.becomes(
        List.of("concurrency"),
        () ->
            IntStream.range(0, 11)
                .mapToObj(i -> read(i).at("/waiting/because").asText())
                .filter(it -> !it.isEmpty())
                .distinct()
                .toList());

    assertThat(operate("POST", STRIPE + "/purge", "").status()).isEqualTo(200);
    Eventually.becomes(0, () -> figure("/waiting/fetches"));
    Eventually.becomes(Map.of("pending", 2L, "answered", 4L, "cancelled", 5L), this::outcomes);
    target.answer(2);
    Eventually.becomes(Map.of("answered", 6L, "cancelled", 5L), this::outcomes);

    assertThat(target.most()).isEqualTo(2);
    assertThat(target.hits()).isEqualTo(6);
    Eventually.becomes(0, () -> figure("/running"));
    var grants = queue().get("grants");
    assertThat(
            grants.get("given").asInt()
                - grants.get("returned").asInt()
                - grants.get("expired").asInt())
        .isEqualTo(6);
    assertThat(node.api().get("/v1/queues/stripe").at("/waiting/fetches")).isEqualTo("0");
    Eventually.becomes(204, () -> operate("DELETE", STRIPE, "").status());
    assertThat(refused("no-such-queue").status()).isEqualTo(422);
    assertThat(refused("no-such-queue").at("/errors/0/pointer")).isEqualTo("/queue");
  }

  @Test
  void a_queue_that_is_full_or_draining_refuses_and_says_when_to_come_again() {
    make("{'concurrency': 1, 'waiting': {'max': 2}}");
    accepted("o", "first", "'stripe'");
    Eventually.becomes(1, target::open);
    accepted("o", "second", "'stripe'");
    accepted("o", "third", "'stripe'");
    Eventually.becomes(2, () -> figure("/waiting/fetches"));

    var full = refused("queue-full");
    assertThat(full.status()).isEqualTo(429);
    assertThat(Integer.parseInt(full.header("Retry-After").orElseThrow())).isBetween(1, 3_600);

    assertThat(operate("POST", STRIPE + "/drain", "").at("/state")).isEqualTo("draining");
    assertThat(refused("queue-draining").status()).isEqualTo(409);
    target.answer(100);
    Eventually.becomes(0, () -> figure("/waiting/fetches"));
    operate("POST", STRIPE + "/resume", "");
    accepted("p", "beyond", "'stripe'");
    assertThat(target.most()).isEqualTo(1);
  }

  @Test
  void a_template_makes_a_queue_for_each_host() {
    assertThat(operate("PUT", "/admin/queues/host:*", "{'concurrency': 1}").status())
        .isEqualTo(201);
    accepted("o", "a", "'host:*'");
    accepted("o", "b", "{'name': 'host:*'}");
    Eventually.becomes(1, target::open);

    var made = "/admin/queues/host:127.0.0.1";
    Eventually.becomes(1, () -> node.management().get(made).json().at("/waiting/fetches").asInt());
    var view = node.management().get(made).json();
    assertThat(view.at("/template").asText()).isEqualTo("host:*");
    assertThat(view.at("/settings/concurrency").asInt()).isEqualTo(1);
    assertThat(node.api().get(fetch("o", "b")).at("/waiting/queue")).isEqualTo("host:127.0.0.1");
    assertThat(node.management().get("/admin/queues").text())
        .isEqualTo(json("{'items':[{'name':'host:*'}]}"));
    var lines = node.management().get(made + "/waiting").json();
    assertThat(lines.at("/items/0/originId").asText()).isEqualTo("o");
    assertThat(lines.at("/items/0/tenant").asText()).isEqualTo("default");

    target.answer(2);
    Eventually.becomes(2, target::hits);
    assertThat(target.most()).isEqualTo(1);
  }

  @Test
  void changes_of_queues_are_in_the_audit() {
    make("{}");
    operate("POST", STRIPE + "/pause", "{'reason': 'audited'}");

    var rows = node.management().get("/admin/audit").json().get("rows");
    assertThat(rows.findValuesAsText("kind").subList(0, 4))
        .containsExactly("asked", "done", "asked", "done");
    assertThat(rows.get(0).at("/action").asText()).isEqualTo("PUT /admin/queues/{queue}");
    assertThat(rows.get(0).at("/subject").asText()).isEqualTo("queue=stripe");
    assertThat(rows.get(3).at("/after").asText()).startsWith("paused");
  }
}
