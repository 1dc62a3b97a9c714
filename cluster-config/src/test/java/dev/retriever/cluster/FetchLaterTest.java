package dev.retriever.cluster;

import static dev.retriever.cluster.Api.fetch;
import static dev.retriever.cluster.Api.fetches;
import static dev.retriever.cluster.Api.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fetches that begin later, over HTTP. */
@ExtendWith(SharedNode.class)
class FetchLaterTest {
  private static final String ORIGIN = "later";

  private final Api api;
  private final TestTarget target;

  FetchLaterTest(RunningNode node, TestTarget target) {
    this.api = node.api();
    this.target = target;
  }

  private Api.Answer submit(String id, String when) {
    var request = "'request':{'url':'" + target.url("/ok") + "'}";
    return api.submit(ORIGIN, json("{'id':'" + id + "'," + request + "," + when + "}"));
  }

  private Api.Answer patch(String id, String body) {
    var bytes = json(body).getBytes(StandardCharsets.UTF_8);
    return api.send("PATCH", fetch(ORIGIN, id), bytes, "Content-Type", "application/json");
  }

  private Api.Answer start(String id) {
    return api.send("POST", fetch(ORIGIN, id) + "/start", null);
  }

  @Test
  void it_is_answered_with_both_instants_and_begins_at_its_time() {
    var answer = submit("delayed", "'delay':'1500ms'");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.at("/state")).isEqualTo("scheduled");
    var notBefore = Instant.parse(answer.at("/notBefore"));
    assertThat(notBefore).isEqualTo(Instant.parse(answer.at("/acceptedAt")).plusMillis(1500));
    assertThat(answer.json().at("/attempts")).isEmpty();

    var settled = api.settled(fetch(ORIGIN, "delayed"));

    assertThat(settled.at("/outcome/type")).isEqualTo("answered");
    assertThat(settled.at("/notBefore")).isEqualTo(answer.at("/notBefore"));
    assertThat(Instant.parse(settled.at("/attempts/0/startedAt"))).isAfterOrEqualTo(notBefore);
  }

  @Test
  void it_is_moved_listed_brought_forward_and_then_moved_no_more() {
    submit("moved", "'notBefore':'%s'".formatted(Instant.now().plus(Duration.ofDays(300))));
    var soon = Instant.parse("2099-01-01T00:00:00Z");
    assertThat(patch("moved", "{'notBefore':'%s'}".formatted(soon)).status()).isEqualTo(422);

    var moved = patch("moved", "{'delay':'24h'}");

    assertThat(moved.status()).isEqualTo(200);
    assertThat(Instant.parse(moved.at("/notBefore")))
        .isBefore(Instant.now().plus(Duration.ofHours(25)));
    var listed = api.get(fetches(ORIGIN) + "?state=pending&limit=100").json().get("items");
    assertThat(listed)
        .filteredOn(it -> it.get("id").asText().equals("moved"))
        .singleElement()
        .matches(it -> it.get("state").asText().equals("scheduled"))
        .matches(it -> it.get("notBefore").asText().equals(moved.at("/notBefore")));
    assertThat(start("moved").status()).isEqualTo(200);
    var settled = api.settled(fetch(ORIGIN, "moved"));
    assertThat(settled.at("/outcome/type")).isEqualTo("answered");
    assertThat(patch("moved", "{'delay':'1m'}").at("/type")).isEqualTo("/problems/conflict");
    assertThat(start("moved").status()).isEqualTo(409);
  }

  @Test
  void one_that_has_begun_is_not_moved() {
    api.submit(ORIGIN, json("{'id':'begun','request':{'url':'%s'}}", target.url("/held/begun")));

    var answer = patch("begun", "{'delay':'1m'}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.at("/type")).isEqualTo("/problems/fetch-begun");
    assertThat(answer.at("/detail")).contains("begun").contains("cancel it");
    target.release("begun");
  }

  @Test
  void one_that_waits_for_its_time_is_cancelled_and_was_not_sent() {
    submit("taken-back", "'delay':'1h'");

    var cancelled = api.delete(fetch(ORIGIN, "taken-back"));

    assertThat(cancelled.at("/outcome/type")).isEqualTo("cancelled");
  }

  @Test
  void a_repeat_is_the_same_fetch_and_another_time_is_another_one() {
    submit("same", "'delay':'1h'");

    var repeated = submit("same", "'delay':'1h'");

    assertThat(repeated.header("Idempotency-Replayed")).contains("true");
    assertThat(submit("same", "'delay':'2h'").at("/type"))
        .isEqualTo("/problems/idempotency-key-reused");
    api.delete(fetch(ORIGIN, "same"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'delay':'0s'                                              | /delay     | 1ms to 366 days",
        "'delay':'367d'                                            | /delay     | 1ms to 366 days",
        "'delay':7                                                 | /delay     | a string",
        "'notBefore':'9999-01-01T00:00:00Z'                        | /notBefore | 366 days ahead",
        "'notBefore':'2020-01-01T00:00:00Z'                        | /notBefore | not past",
        "'notBefore':'tomorrow'                                    | /notBefore | a time such as",
        "'delay':'1s','notBefore':'2027-01-01T00:00:00Z'           | /notBefore | choose one",
      })
  void a_time_that_cannot_be_is_refused_by_name(String when, String pointer, String rule) {
    var answer = submit("refused", when);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.at("/errors/0/pointer")).isEqualTo(pointer);
    assertThat(answer.at("/detail")).contains(rule);
    assertThat(api.get(fetch(ORIGIN, "refused")).status()).isEqualTo(404);
  }

  @Test
  void a_patch_that_says_no_time_and_one_of_nothing_are_refused() {
    submit("patched", "'delay':'1h'");

    assertThat(patch("patched", "{}").at("/detail")).contains("is missing");
    assertThat(patch("patched", "{'timeout':'1s'}").at("/detail")).contains("is unknown");
    assertThat(patch("none", "{'delay':'1h'}").status()).isEqualTo(404);
    assertThat(start("none").status()).isEqualTo(404);
    api.delete(fetch(ORIGIN, "patched"));
  }
}
