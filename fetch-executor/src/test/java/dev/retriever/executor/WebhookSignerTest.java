package dev.retriever.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.Signing.Algorithm;
import dev.retriever.executor.http.TransportFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignerTest {
  /** The example of the specification's own libraries. */
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  /** A seed with its public key: that of the example of a signature in the specification. */
  private static final String PAIR =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

  private static final String BY_PAIR =
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

  /** The bytes 1 to 32. */
  private static final String SEED = "whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

  /** By OpenSSL, through the library cryptography of Python. */
  private static final String BY_SEED =
      "v1a,OVJuLC0iOuaBuQulpz9A/zDgvqV8z8miLUJk2j15ZMONwDNhOvPJ3rO4owAHFyjFq80+pUUjrNfTHAZs1RQnDw==";

  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final String BODY = "{\"test\": 2432232314}";
  private static final long SECOND = 1_614_265_330;
  private static final FetchRequest REQUEST =
      FetchRequest.post("https://shop.example/hook").jsonText(BODY);

  private final List<FetchRequest> sent = new ArrayList<>();
  private final List<Report> reports = new ArrayList<>();
  @TempDir private Path directory;

  private Secrets secrets(Map<String, String> values) throws IOException {
    var text = new StringBuilder();
    for (var entry : values.entrySet()) {
      var file = Files.writeString(directory.resolve(entry.getKey()), entry.getValue());
      text.append("%s { file = \"%s\", hosts = [shop.example] }%n".formatted(entry.getKey(), file));
    }
    return Secrets.from(
        ConfigFactory.parseString("retriever.executor.transport.secrets {" + text + "}"));
  }

  private void start(Secrets secrets, FetchRequest request, long second) {
    var clock = Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC);
    new WebhookSigner(secrets, clock)
        .around(
            (key, it, limit, done) -> {
              sent.add(it);
              return reason -> {};
            })
        .start(
            new AttemptKey("http", "o", "~cb:2", 1),
            request,
            TransportFixture.ample(),
            reports::add);
  }

  private String header(int place, String name) {
    return sent.get(place).headers().stream()
        .filter(it -> it.named(name))
        .map(Header::value)
        .collect(Collectors.joining());
  }

  private Map<String, List<String>> headers() {
    return sent.get(sent.size() - 1).headers().stream()
        .collect(Collectors.toMap(it -> it.name().toLowerCase(), it -> List.of(it.value())));
  }

  @Test
  void signs_as_the_published_example_does() throws IOException {
    start(
        secrets(Map.of("one", KEY)),
        REQUEST.signed(new Signing(ID, List.of("one"), Algorithm.V1)),
        SECOND);

    assertThat(header(0, "webhook-id")).isEqualTo(ID);
    assertThat(header(0, "webhook-timestamp")).isEqualTo(Long.toString(SECOND));
    assertThat(header(0, "webhook-signature"))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assertThat(sent.get(0).body()).isEqualTo(REQUEST.body());
    assertThat(sent.get(0).signing()).isEmpty();
  }

  @Test
  void signs_with_each_key_so_that_a_receiver_may_have_either() throws Exception {
    var now = Instant.now().getEpochSecond();
    var signed = REQUEST.signed(new Signing(ID, List.of("two", "one"), Algorithm.V1));
    start(secrets(Map.of("one", KEY, "two", OTHER)), signed, now);

    for (var key : List.of(KEY, OTHER)) {
      assertThatCode(() -> new Webhook(key).verify(BODY, headers())).doesNotThrowAnyException();
    }
    assertThatThrownBy(() -> new Webhook(KEY).verify(BODY + " ", headers()))
        .isInstanceOf(WebhookVerificationException.class);
    var third = new Webhook("whsec_" + "A".repeat(32));
    assertThatThrownBy(() -> third.verify(BODY, headers()))
        .isInstanceOf(WebhookVerificationException.class);
    start(secrets(Map.of("one", KEY, "two", OTHER)), signed, now - 301);
    assertThatThrownBy(() -> new Webhook(KEY).verify(BODY, headers()))
        .isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void signs_each_attempt_with_its_own_time() throws IOException {
    var signed = REQUEST.signed(new Signing(ID, List.of("one"), Algorithm.V1));
    start(secrets(Map.of("one", KEY)), signed, SECOND);
    start(secrets(Map.of("one", KEY)), signed, SECOND + 5);

    assertThat(header(1, "webhook-timestamp")).isEqualTo(Long.toString(SECOND + 5));
    assertThat(header(1, "webhook-signature")).isNotEqualTo(header(0, "webhook-signature"));
    assertThat(header(1, "webhook-id")).isEqualTo(header(0, "webhook-id"));
  }

  @Test
  void never_sends_unsigned_when_a_key_is_missing() throws IOException {
    start(
        secrets(Map.of("one", KEY)),
        REQUEST.signed(new Signing(ID, List.of("one", "gone"), Algorithm.V1)),
        SECOND);

    assertThat(sent).isEmpty();
    assertThat(reports)
        .containsExactly(new Report.NotSent(Stage.EGRESS_DENIED, "secret-not-allowed"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "whsec_not base64 at all!", "whsec_QUJD", ""})
  void never_sends_unsigned_when_a_key_is_no_key(String value) {
    assertThat(WebhookSigner.isKey(Algorithm.V1, value)).isFalse();
  }

  @Test
  void signs_asymmetrically_as_the_example_in_the_specification() throws IOException {
    start(
        secrets(Map.of("pair", PAIR)),
        REQUEST.signed(new Signing(ID, List.of("pair"), Algorithm.V1A)),
        SECOND);

    assertThat(header(0, "webhook-signature")).isEqualTo(BY_PAIR);
  }

  @Test
  void signs_with_a_seed_as_another_library_does_and_with_each_of_two_keys() throws IOException {
    start(
        secrets(Map.of("seed", SEED, "pair", PAIR)),
        REQUEST.signed(new Signing(ID, List.of("seed", "pair"), Algorithm.V1A)),
        SECOND);

    assertThat(header(0, "webhook-signature")).isEqualTo(BY_SEED + " " + BY_PAIR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        KEY,
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=",
        "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=",
        "whsk_not base64 at all!",
        // A seed, and the public key of another one.
        "whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyDVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
        // A seed, and 32 bytes that are no point of the curve.
        "whsk_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyACAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        ""
      })
  void never_signs_asymmetrically_with_something_else_than_a_private_key(String value)
      throws IOException {
    assertThat(WebhookSigner.isKey(Algorithm.V1A, value)).isFalse();
    assertThat(WebhookSigner.isKey(Algorithm.V1, PAIR)).isFalse();
    start(
        secrets(Map.of("one", PAIR)),
        REQUEST.signed(new Signing(ID, List.of("one"), Algorithm.V1)),
        SECOND);

    assertThat(sent).isEmpty();
    assertThat(reports).containsExactly(new Report.NotSent(Stage.QUEUED, "signing-key-invalid"));
  }

  @Test
  void a_request_of_older_code_is_signed_as_that_did() {
    assertThat(new Signing("msg_1", List.of("one"), null).algorithm()).isEqualTo(Algorithm.V1);
  }

  @Test
  void says_that_a_key_is_no_key() throws IOException {
    start(
        secrets(Map.of("one", "whsec_QUJD")),
        REQUEST.signed(new Signing(ID, List.of("one"), Algorithm.V1)),
        SECOND);

    assertThat(sent).isEmpty();
    assertThat(reports).containsExactly(new Report.NotSent(Stage.QUEUED, "signing-key-invalid"));
  }

  @Test
  void leaves_other_requests_as_they_are() {
    start(Secrets.NONE, REQUEST, SECOND);

    assertThat(sent).containsExactly(REQUEST);
  }

  @Test
  void an_id_has_no_dot_and_there_are_two_keys_at_most() {
    assertThatThrownBy(() -> new Signing("msg.1", List.of("one"), Algorithm.V1))
        .hasMessageContaining("without a dot");
    assertThatThrownBy(() -> new Signing("msg_1", List.of("a", "b", "c"), Algorithm.V1))
        .hasMessageContaining("1 to 2 keys, not with 3");
    assertThatThrownBy(() -> new Signing("msg_1", List.of(), Algorithm.V1))
        .hasMessageContaining("1 to 2 keys, not with 0");
  }
}
