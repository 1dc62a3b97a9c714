package dev.retriever.client.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhooksTest {
  private static final Instant SIGNED = Instant.ofEpochSecond(1_800_000_000);
  private static final String OLD = key('o');
  private static final String NEW = key('n');
  private static final String PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";
  private static final String OTHER_PUBLIC = "whpk_ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=";

  /** The signature in the specification, by the private key of {@link #PUBLIC}. */
  private static final String BY_PAIR =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

  private static final String BODY = "{\"type\":\"fetch.settled\",\"ä\":1}";

  private static String key(char letter) {
    var bytes = Character.toString(letter).repeat(32).getBytes(StandardCharsets.US_ASCII);
    return "whsec_" + Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] bytes(String body) {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  /** By the specification's own library. */
  private static String signature(String key) {
    try {
      return new Webhook(key).sign("msg_1", SIGNED.getEpochSecond(), BODY);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, List<String>> headers(String signatures) {
    return new HashMap<>(
        Map.of(
            "Webhook-Id", List.of("msg_1"),
            "webhook-timestamp", List.of("" + SIGNED.getEpochSecond()),
            "WEBHOOK-SIGNATURE", List.of(signatures)));
  }

  private static Webhooks at(Instant now, String... keys) {
    return Webhooks.of(keys).clock(Clock.fixed(now, ZoneOffset.UTC));
  }

  @Test
  void a_message_signed_by_the_library_of_the_specification_is_genuine() throws WebhookRefused {
    assertThat(at(SIGNED, OLD).verify(headers(signature(OLD)), bytes(BODY))).isEqualTo("msg_1");
  }

  @Test
  void while_keys_are_changed_either_is_enough_on_either_side() throws WebhookRefused {
    var both = signature(NEW) + " " + signature(OLD);

    assertThat(at(SIGNED, OLD).verify(headers(both), bytes(BODY))).isEqualTo("msg_1");
    assertThat(at(SIGNED, NEW, OLD).verify(headers(signature(OLD)), bytes(BODY)))
        .isEqualTo("msg_1");
  }

  @Test
  void another_body_id_time_or_key_is_refused() {
    var genuine = headers(signature(OLD));
    var webhooks = at(SIGNED, OLD);

    assertThatThrownBy(() -> webhooks.verify(genuine, bytes(BODY + " ")))
        .isInstanceOf(WebhookRefused.class);
    assertThatThrownBy(() -> at(SIGNED, NEW).verify(genuine, bytes(BODY)))
        .hasMessage("no signature was made with a key that is known here");
    genuine.put("Webhook-Id", List.of("msg_2"));
    assertThatThrownBy(() -> webhooks.verify(genuine, bytes(BODY)))
        .isInstanceOf(WebhookRefused.class);
  }

  @Test
  void a_time_five_minutes_away_is_taken_and_a_second_more_is_not() throws WebhookRefused {
    var headers = headers(signature(OLD));

    for (var sign : List.of(1, -1)) {
      var edge = Duration.ofMinutes(5).multipliedBy(sign);
      at(SIGNED.plus(edge), OLD).verify(headers, bytes(BODY));
      var beyond = at(SIGNED.plus(edge).plusSeconds(sign), OLD);
      assertThatThrownBy(() -> beyond.verify(headers, bytes(BODY)))
          .hasMessageContaining("more than 300 s away");
    }
  }

  @Test
  void missing_and_doubled_headers_are_refused() {
    var without = headers(signature(OLD));
    without.remove("webhook-timestamp");
    var twice = headers(signature(OLD));
    twice.put("webhook-id", List.of("msg_9"));

    assertThatThrownBy(() -> at(SIGNED, OLD).verify(without, bytes(BODY)))
        .hasMessage("there must be one header webhook-timestamp");
    assertThatThrownBy(() -> at(SIGNED, OLD).verify(twice, bytes(BODY)))
        .hasMessage("there must be one header webhook-id");
  }

  @Test
  void a_signature_of_another_kind_does_not_count() {
    var other = signature(OLD).replace("v1,", "v1a,");

    assertThatThrownBy(() -> at(SIGNED, OLD).verify(headers(other), bytes(BODY)))
        .isInstanceOf(WebhookRefused.class);
  }

  @Test
  void the_example_of_an_asymmetric_signature_in_the_specification_is_genuine() throws Exception {
    var at = Instant.ofEpochSecond(1_614_265_330);
    var headers =
        new HashMap<>(
            Map.of(
                "webhook-id", List.of("msg_p5jXN8AQM9LWM0D4loKWxJek"),
                "webhook-timestamp", List.of("" + at.getEpochSecond()),
                "webhook-signature", List.of("v1,AAAA v1a,AAAA v1a,%% " + BY_PAIR)));
    var body = bytes("{\"test\": 2432232314}");

    assertThat(at(at, OLD, PUBLIC).verify(headers, body)).isEqualTo("msg_p5jXN8AQM9LWM0D4loKWxJek");
    assertThatThrownBy(() -> at(at, PUBLIC).verify(headers, bytes("{\"test\": 2432232315}")))
        .isInstanceOf(WebhookRefused.class);
    assertThatThrownBy(() -> at(at, OLD, OTHER_PUBLIC).verify(headers, body))
        .isInstanceOf(WebhookRefused.class);
    assertThatThrownBy(() -> at(at.plusSeconds(301), PUBLIC).verify(headers, body))
        .hasMessageContaining("more than 300 s away");
    headers.put("webhook-signature", List.of(BY_PAIR.replace("v1a,", "v1,")));
    assertThatThrownBy(() -> at(at, OLD, PUBLIC).verify(headers, body))
        .isInstanceOf(WebhookRefused.class);
  }

  @Test
  void a_private_key_and_a_public_one_that_is_none_are_refused_without_quoting_them() {
    assertThatThrownBy(() -> Webhooks.of("whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="))
        .hasMessageNotContaining("AQID")
        .hasMessageContaining("is private");
    assertThatThrownBy(() -> Webhooks.of("whpk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw=="))
        .hasMessageNotContaining("AQID")
        .hasMessageContaining("32 bytes of an Ed25519 key");
  }

  @Test
  void a_wrong_key_is_refused_without_quoting_it() {
    assertThatThrownBy(() -> Webhooks.of("whsec_c2hvcnQ="))
        .hasMessageNotContaining("c2hvcnQ")
        .hasMessageContaining("24 to 64 bytes");
  }
}
