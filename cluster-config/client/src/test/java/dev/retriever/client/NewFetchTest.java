package dev.retriever.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NewFetchTest {
  @Test
  void it_is_written_as_the_api_reads_it() {
    var fetch =
        NewFetch.post("https://pay.example.com/")
            .id("charge-1")
            .header("Accept", "a/b")
            .header("Accept", "c/d")
            .secretHeader("Authorization", "stripe", "Bearer ")
            .body("{}")
            .within(Duration.ofHours(1))
            .queue("stripe", 1, "customer-42")
            .attempts(3)
            .label("customer", "42");

    assertThat(fetch.json().toString())
        .isEqualTo(
            """
            {"request":{"method":"POST","url":"https://pay.example.com/",\
            "headers":{"Accept":["a/b","c/d"],"Authorization":{"secret":"stripe","prefix":"Bearer "}},\
            "body":"{}"},"id":"charge-1","within":"PT1H",\
            "queue":{"name":"stripe","priority":1,"key":"customer-42"},\
            "retry":{"maxAttempts":3},"labels":{"customer":"42"}}""");
  }

  @Test
  void a_change_leaves_the_first_one_as_it_was() {
    var first = NewFetch.get("http://a.example/");
    var second = first.id("x").body("text").body("bytes".getBytes(StandardCharsets.UTF_8));

    assertThat(first).isEqualTo(NewFetch.get("http://a.example/"));
    assertThat(second.json().path("request").has("body")).isFalse();
  }

  @Test
  void its_text_shows_nothing_of_the_request() {
    var fetch = NewFetch.get("http://a.example/?token=secret").id("x");

    assertThat(fetch).hasToString("fetch x");
    assertThatThrownBy(() -> NewFetch.ofJson("{\"a\": secret"))
        .hasMessage("a submission must be a JSON object");
  }
}
