package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a real node does with the traces that submissions come with. It makes no spans. */
@ExtendWith(SharedNode.class)
class TraceApiTest {
  private static final String ORIGIN = "tracing";
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private final Api api;
  private final TestTarget target;

  TraceApiTest(RunningNode node, TestTarget target) {
    this.api = node.api();
    this.target = target;
  }

  private String to(String id, String path, String more) {
    return json("{'id':'%s','request':{'url':'%s'}%s}".formatted(id, target.url(path), more));
  }

  private Api.Answer settled(String id, String more, String... headers) {
    var all = new java.util.ArrayList<>(List.of("Prefer", "wait=20"));
    all.addAll(List.of(headers));
    return api.submit(ORIGIN, to(id, "/ok", more), all.toArray(String[]::new));
  }

  private Map<String, List<String>> sent(String id) throws InterruptedException {
    return target.awaitHits(id, 1).get(0).headers();
  }

  private Api.Answer posted(String path, String body, String name, String value) {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    return api.send("POST", path, bytes, "Content-Type", "application/json", name, value);
  }

  @Test
  void the_target_is_told_what_the_submission_was_told_and_the_fetch_shows_the_trace()
      throws Exception {
    var answer = settled("given", "", "traceparent", PARENT, "tracestate", "a=b");

    assertThat(answer.at("/traceId")).isEqualTo(TRACE);
    assertThat(sent("given"))
        .containsEntry("Traceparent", List.of(PARENT))
        .containsEntry("Tracestate", List.of("a=b"));
    assertThat(api.get(fetch(ORIGIN, "given")).at("/traceId")).isEqualTo(TRACE);
  }

  @Test
  void a_fetch_without_a_trace_is_shown_with_its_own_and_tells_its_target_none() throws Exception {
    var answer = settled("alone", "");

    assertThat(answer.at("/traceId")).matches("[0-9a-f]{32}");
    assertThat(api.get(fetch(ORIGIN, "alone")).at("/traceId")).isEqualTo(answer.at("/traceId"));
    assertThat(sent("alone")).doesNotContainKey("Traceparent");
  }

  @Test
  void a_fetch_that_says_no_tells_its_target_none() throws Exception {
    var answer = settled("untold", ",'sendTraceparent':false", "traceparent", PARENT);

    assertThat(answer.at("/traceId")).isEqualTo(TRACE);
    assertThat(sent("untold")).doesNotContainKey("Traceparent");
  }

  @Test
  void what_is_neither_true_nor_false_is_refused() {
    var answer = settled("neither", ",'sendTraceparent':'no'");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/detail")).contains("/sendTraceparent must be true or false");
  }

  @Test
  void a_traceparent_that_cannot_be_understood_is_ignored() {
    var answer = settled("odd", "", "traceparent", "00-what-is-this", "tracestate", "a=b");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.at("/traceId")).isNotEqualTo(TRACE);
  }

  @Test
  void a_repeat_in_another_trace_is_answered_with_the_fetch_that_exists() {
    settled("repeated", "", "traceparent", PARENT);

    var again = settled("repeated", "", "traceparent", PARENT.replace('4', '5'));

    assertThat(again.header("Idempotency-Replayed")).contains("true");
    assertThat(again.at("/traceId")).isEqualTo(TRACE);
  }

  @Test
  void the_fetches_of_a_batch_are_in_its_trace_and_a_redrive_is_in_its_own() {
    var batch = json("{'fetches':[%s]}".formatted(to("batched", "/ok", "").replace('"', '\'')));
    posted("/v1/origins/" + ORIGIN + "/fetches:batch", batch, "traceparent", PARENT);
    var read = api.get(fetch(ORIGIN, "batched"), "Prefer", "wait=20");

    var again =
        posted(
            fetch(ORIGIN, "batched") + "/redrive",
            json("{'id':'batched-again'}"),
            "traceparent",
            PARENT.replace('4', '6'));

    assertThat(read.at("/traceId")).isEqualTo(TRACE);
    assertThat(again.at("/traceId")).isEqualTo(TRACE.replace('4', '6'));
    var alone = api.post(fetch(ORIGIN, "batched") + "/redrive", json("{'id':'batched-alone'}"));
    assertThat(alone.at("/traceId")).isNotEqualTo(TRACE);
  }
}
