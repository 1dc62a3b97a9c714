package dev.retriever.cluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.retriever.client.BatchResult;
import dev.retriever.client.BulkCalls;
import dev.retriever.client.FetchQuery;
import dev.retriever.client.NewFetch;
import dev.retriever.client.Outcome;
import dev.retriever.client.RetrieverClient;
import dev.retriever.client.ShownFetch;
import dev.retriever.client.StreamStart;
import dev.retriever.client.problem.ProblemException;
import dev.retriever.cluster.RunningNode;
import dev.retriever.cluster.SharedNode;
import dev.retriever.cluster.TestTarget;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The client against a real node; each exchange is compared with the contract. */
@ExtendWith(SharedNode.class)
class ClientNodeTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RetrieverClient client;
  private final TestTarget target;

  ClientNodeTest(RunningNode node, TestTarget target) {
    this.client =
        RetrieverClient.builder(URI.create(node.api().url()))
            .management(URI.create(node.management().url()))
            .http(new GuardedHttpClient())
            .build();
    this.target = target;
  }

  private NewFetch get(String path) {
    return NewFetch.get(target.url(path));
  }

  private static String told(ShownFetch fetch) {
    return fetch.outcome().map(ClientNodeTest::told).orElse("not settled");
  }

  private static String told(Outcome outcome) {
    return outcome.fold(
        answered -> answered.response().status() + " " + answered.response().text(),
        failed -> "failed " + failed.stage(),
        unknown -> "unknown " + unknown.reason(),
        cancelled -> "cancelled " + cancelled.maybeSent());
  }

  @Test
  void a_fetch_is_submitted_awaited_and_shown_with_its_attempts() {
    var fetch = client.fetches().run("client-run", get("/ok").header("X-A", "1"), LONG);

    assertThat(told(fetch)).isEqualTo("200 ok");
    assertThat(client.fetches().get("client-run", fetch.id()).attempts())
        .singleElement()
        .satisfies(it -> assertThat(it.stages()).containsKey("complete"));
  }

  @Test
  void a_repeat_is_the_same_fetch_and_another_one_under_its_id_is_refused() {
    var first = client.fetches().submit("client-same", get("/ok").id("a"));
    var again = client.fetches().submit("client-same", get("/ok").id("a"));
    var problem =
        catchThrowableOfType(
            ProblemException.class,
            () -> client.fetches().submit("client-same", get("/other").id("a")));

    assertThat(first.isReplay()).isFalse();
    assertThat(again.isReplay()).isTrue();
    assertThat(problem.is("idempotency-key-reused")).isTrue();
    assertThat(problem.nextStep()).isEqualTo("Use another id for another fetch.");
  }

  @Test
  void a_fetch_under_way_is_cancelled() {
    client.fetches().submit("client-cancel", get("/never").id("a"));
    var cancelled = client.fetches().cancel("client-cancel", "a");

    assertThat(cancelled.outcome().orElseThrow().type()).isEqualTo("cancelled");
    assertThat(client.fetches().cancel("client-cancel", "a").isSettled()).isTrue();
  }

  @Test
  void a_fetch_that_is_to_begin_later_is_moved_and_started() {
    client.fetches().submit("client-later", get("/ok").id("a").delay(Duration.ofDays(1)));
    var moved = client.fetches().move("client-later", "a", Instant.parse("2027-06-01T00:00:00Z"));
    client.fetches().start("client-later", "a");

    assertThat(moved.state()).isEqualTo("scheduled");
    assertThat(told(client.fetches().await("client-later", "a", LONG))).isEqualTo("200 ok");
  }

  @Test
  void a_settled_fetch_is_redriven_once_and_its_bodies_are_erased() {
    client.fetches().run("client-again", get("/ok").id("a"), LONG);
    var again = client.fetches().redrive("client-again", "a");
    var same = client.fetches().redrive("client-again", "a");
    var named = client.fetches().redrive("client-again", "a", "b");
    client.fetches().await("client-again", named.id(), LONG);
    client.fetches().await("client-again", again.id(), LONG);

    assertThat(same.id()).isEqualTo(again.id());
    assertThat(named.id()).isEqualTo("b");
    assertThat(client.fetches().eraseBodies("client-again", "a").json().has("erased")).isTrue();
  }

  @Test
  void batches_say_what_became_of_each() {
    var atOnce =
        client.fetches().submitAll("client-batch", List.of(get("/ok").id("a"), get("/ok").id("b")));
    var several =
        client
            .fetches()
            .submitMany(
                List.of(
                    Map.entry("client-batch", get("/ok").id("a")),
                    Map.entry("client-batch-2", get("/ok").id("c").queue("no-queue"))));

    assertThat(atOnce).extracting(BatchResult::result).containsExactly("accepted", "accepted");
    assertThat(several).extracting(BatchResult::result).containsExactly("existing", "refused");
    assertThat(several.get(1).problem().orElseThrow()).startsWith("422 no-such-queue: ");
  }

  @Test
  void lists_go_on_from_page_to_page() {
    for (var id : List.of("a", "b", "c")) {
      client.fetches().submit("client-list", get("/ok").id(id));
    }
    var first = client.fetches().list("client-list", Optional.empty(), 2, Optional.empty());
    var rest = client.fetches().list("client-list", Optional.empty(), 2, first.next());

    assertThat(first.items()).extracting(ShownFetch::id).containsExactly("a", "b");
    assertThat(rest.items()).extracting(ShownFetch::id).containsExactly("c");
    assertThat(rest.next()).isEmpty();
  }

  @Test
  void fetches_are_found_and_counted_by_their_labels() {
    client.fetches().run("client-find", get("/ok").id("a").label("client", "find me"), LONG);
    var query = FetchQuery.any().label("client", "find me").outcome("answered");

    assertThat(client.search().find(query, 10, Optional.empty()).items())
        .singleElement()
        .satisfies(it -> assertThat(it.text("/id")).contains("a"));
    assertThat(client.search().count(query, List.of("outcome", "host")).number("/groups/0/count"))
        .isEqualTo(1);
  }

  @Test
  void outcomes_are_streamed_and_resumed_by_another_stream() {
    client.fetches().run("client-stream", get("/ok").id("a"), LONG);
    client.fetches().run("client-stream", get("/status/404").id("b"), LONG);
    var seen = new ArrayList<String>();
    var place = "";
    try (var stream = client.outcomes("client-stream", StreamStart.start())) {
      place = stream.next(LONG).orElseThrow().id();
    }
    try (var stream = client.outcomes("client-stream", StreamStart.after(place))) {
      seen.add(
          stream
              .next(LONG)
              .orElseThrow()
              .fold(it -> told(it.fetch()), gap -> "gap", reset -> "reset"));
    }

    assertThat(seen).containsExactly("404 as asked");
  }

  @Test
  void a_queue_is_made_changed_operated_and_removed() {
    var settings = JsonNodeFactory.instance.objectNode().put("concurrency", 3);
    var queues = client.queues();
    var made = queues.put("client-q", settings, Optional.empty());
    var changed = queues.put("client-q", settings.deepCopy().put("concurrency", 4), made.version());
    queues.patch("client-q", JsonNodeFactory.instance.objectNode().put("concurrency", 5));
    var stale =
        catchThrowableOfType(
            ProblemException.class, () -> queues.put("client-q", settings, made.version()));

    assertThat(changed.number("/settings/concurrency")).isEqualTo(4);
    assertThat(stale.is("precondition-failed")).isTrue();
    assertThat(queues.pause("client-q", "a test", Optional.empty()).text("/state"))
        .contains("paused");
    assertThat(queues.resume("client-q").text("/state")).contains("running");
    assertThat(queues.drain("client-q").text("/state")).contains("draining");
    queues.resume("client-q");
    queues.purge("client-q", Optional.of("k"), Optional.empty());
    queues.hold("client-q", "a test", Instant.parse("2027-06-01T00:00:00Z"));
    queues.release("client-q");
    assertThat(queues.breaker("client-q", "open").text("/state")).contains("breaker-open");
    assertThat(queues.get("client-q").number("/settings/concurrency")).isEqualTo(5);
    assertThat(queues.keys("client-q", 10, Optional.empty()).items()).isEmpty();
    assertThat(queues.waiting("client-q", 10, Optional.empty()).items()).isEmpty();
    assertThat(queues.list(500, Optional.empty()).items())
        .anySatisfy(it -> assertThat(it.text("/name")).contains("client-q"));
    assertThat(queues.figures("client-q").text("/name")).contains("client-q");
    queues.remove("client-q");
  }

  @Test
  void a_schedule_is_made_operated_and_removed() {
    var schedules = client.schedules();
    var settings =
        dev.retriever.client.ScheduleCalls.every(Duration.ofDays(1), get("/ok").id("ignored"));
    var made = schedules.put("client-s", "daily", settings, Optional.empty());
    var fetchId = schedules.trigger("client-s", "daily").text("/fetchId").orElseThrow();

    assertThat(made.text("/state")).contains("active");
    assertThat(told(client.fetches().await("client-s", fetchId, LONG))).isEqualTo("200 ok");
    assertThat(schedules.pause("client-s", "daily").text("/state")).contains("paused");
    assertThat(schedules.resume("client-s", "daily", true).text("/state")).contains("active");
    assertThat(schedules.list("client-s", 10, Optional.empty()).items()).hasSize(1);
    var from = Instant.parse("2026-01-01T00:00:00Z");
    assertThat(
            schedules
                .backfill("client-s", "daily", from, from.plusSeconds(1), true)
                .json()
                .has("count"))
        .isTrue();
    schedules.remove("client-s", "daily");
  }

  @Test
  void an_endpoint_for_callbacks_is_put_shown_and_removed() {
    var problem =
        catchThrowableOfType(
            ProblemException.class,
            () ->
                client
                    .callbacks()
                    .put("client-cb", JsonNodeFactory.instance.objectNode().put("url", "no url")));

    assertThat(problem.status()).isEqualTo(422);
    assertThat(client.callbacks().list().next()).isEmpty();
  }

  @Test
  void a_job_is_counted_first_and_then_begun_once() {
    var where =
        FetchQuery.any().label("client-bulk", "none").where("settledAfter", "2026-01-15T10:00:00Z");
    var job = new BulkCalls.Job(Optional.of("client-job"), "redrive", where, 10, 10);

    assertThat(client.bulk().dryRun(job).number("/matching")).isZero();
    assertThat(client.bulk().begin(job).text("/id")).contains("client-job");
    client.bulk().begin(job);
    assertThat(client.bulk().list().items())
        .filteredOn(it -> it.text("/id").equals(Optional.of("client-job")))
        .hasSize(1);
    assertThat(client.bulk().cancel("client-job").text("/state")).contains("cancelled");
  }

  @Test
  void keys_are_made_listed_and_revoked() {
    var made =
        client.keys().make(Optional.empty(), List.of("read"), Optional.of("x-*"), Optional.empty());
    var id = made.text("/id").orElseThrow();

    assertThat(made.text("/key").orElseThrow()).startsWith("rtv_" + id);
    assertThat(client.keys().get(id).text("/key")).isEmpty();
    assertThat(client.keys().revoke(id).text("/revokedAt")).isPresent();
    assertThat(client.keys().list(500, Optional.empty()).items())
        .extracting(it -> it.text("/id").orElseThrow())
        .contains(id);
  }

  @Test
  void a_node_tells_the_caller_the_time_and_whether_it_is_ready() {
    var probe = client.node().probeReadiness();

    assertThat(probe.status()).isEqualTo(200);
    assertThat(probe.ahead().orElseThrow().abs()).isLessThan(Duration.ofSeconds(30));
    assertThat(probe.certificateEnds()).isEmpty();
    assertThat(client.node().me().text("/method")).contains("open");
    assertThat(client.node().stats().json().has("accepted")).isTrue();
    assertThat(client.node().probeApi().status()).isEqualTo(200);
  }

  @Test
  void the_examples_of_the_documentation_do_what_they_say() {
    var settings = new ObjectMapper().createObjectNode();
    var events = new ArrayList<String>();

    assertThat(ClientExamples.charged(client, target.url("/ok")))
        .isEqualTo("the bank answered 200");
    var place = ClientExamples.followed(client, "", (id, text) -> events.add(text));
    assertThat(events).containsExactly("charge-1 answered");
    ClientExamples.followed(client, place, (id, text) -> events.add(text));
    assertThat(events).hasSize(1);
    assertThat(ClientExamples.refused(client, get("/ok").queue("no-queue")))
        .startsWith("no-such-queue: ")
        .endsWith("Have an operator make the queue.");
    assertThat(ClientExamples.limited(client, "client-example", settings).text("/state"))
        .contains("paused");
    client.queues().remove("client-example");
    assertThat(ClientExamples.nightly(client, target.url("/ok"))).contains("02:30");
    client.schedules().remove("reports", "nightly");
    assertThat(ClientExamples.again(client)).isZero();
    assertThat(ClientExamples.genuine(Map.of(), new byte[0])).isEmpty();
  }
}
