package dev.retriever.origin.callback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Body;
import dev.retriever.executor.Header;
import dev.retriever.executor.Response;
import dev.retriever.origin.callback.Callback.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Bytes that were sent once: a retry by later code must send the same. */
class CallbackBodyTest {
  private static final CallbackFacts FACTS =
      new CallbackFacts(
          "charge 1/é",
          "answered",
          Optional.of("complete"),
          Optional.empty(),
          Optional.of(503),
          9,
          3,
          Instant.parse("2026-11-30T08:00:00.123456Z"),
          57,
          Instant.parse("2026-11-01T00:00:00Z"));
  private static final String THIN =
      "{\"type\":\"fetch.settled\",\"timestamp\":\"2026-11-30T08:00:00.123Z\",\"data\":{"
          + "\"originId\":\"order 17\",\"fetchId\":\"charge 1/é\",\"outcome\":\"answered\","
          + "\"stage\":\"complete\",\"status\":503,\"attempts\":3,"
          + "\"settledAt\":\"2026-11-30T08:00:00.123Z\",\"sequence\":57,"
          + "\"life\":\"2026-11-01T00:00:00Z\","
          + "\"links\":{\"self\":\"/v1/origins/order%2017/fetches/charge%201%2F%C3%A9\"}";

  private static Callback callback(Payload payload) {
    return new Callback(CallbackChoice.of("orders"), 1, payload, List.of(Duration.ZERO), FACTS);
  }

  @Test
  void a_thin_one_of_version_1() {
    assertThat(CallbackBody.thin("order 17", callback(Payload.THIN)).text()).isEqualTo(THIN + "}}");
  }

  @Test
  void a_full_one_of_version_1() {
    var answer =
        new Response(
            503,
            List.of(new Header("A", "b"), new Header("a", "c"), new Header("Date", "d")),
            Body.utf8("busy"));

    assertThat(CallbackBody.full("order 17", callback(Payload.FULL), Optional.of(answer)).text())
        .isEqualTo(
            THIN
                + ",\"response\":{\"status\":503,\"headers\":{\"a\":[\"b\",\"c\"],\"date\":\"d\"},"
                + "\"body\":\"busy\"}}}");
    var bytes = new Response(503, List.of(), new Body(new byte[] {0, -1}));
    assertThat(CallbackBody.full("order 17", callback(Payload.FULL), Optional.of(bytes)).text())
        .isEqualTo(
            THIN + ",\"response\":{\"status\":503,\"headers\":{},\"bodyBase64\":\"AP8=\"}}}");
  }

  @Test
  void full_ones_of_version_1_without_the_answer() {
    assertThat(CallbackBody.withoutRow("order 17", callback(Payload.FULL)).text())
        .isEqualTo(THIN + ",\"bodyOmitted\":\"retention\"}}");
    assertThat(CallbackBody.tooLarge("order 17", callback(Payload.FULL)).text())
        .isEqualTo(THIN + ",\"bodyOmitted\":\"size\",\"bodyBytes\":9}}");
  }

  @Test
  void the_id_is_made_of_the_origin_and_the_outcome() {
    assertThat(WebhookId.of("http", "order-17", FACTS))
        .isEqualTo(WebhookId.of("http", "order-17", FACTS))
        .matches("msg_[a-z2-7]{32}")
        .isNotEqualTo(WebhookId.of("http", "order-18", FACTS))
        .isNotEqualTo(WebhookId.of("shop", "order-17", FACTS));
  }

  @Test
  void waits_are_as_long_as_the_schedule_says_or_a_tenth_longer() {
    var schedule = List.of(Duration.ZERO, Duration.ofSeconds(10));
    var callback = new Callback(CallbackChoice.of("orders"), 1, Payload.THIN, schedule, FACTS);

    assertThat(callback.waitAfter(1, 0)).contains(Duration.ofSeconds(10));
    assertThat(callback.waitAfter(1, 0.5)).contains(Duration.ofMillis(10_500));
    assertThat(callback.waitAfter(2, 0)).isEmpty();
    assertThat(Callback.longest(schedule, Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(17));
  }
}
