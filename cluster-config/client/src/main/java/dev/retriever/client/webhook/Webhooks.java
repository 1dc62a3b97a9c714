package dev.retriever.client.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Verifies callbacks, as Standard Webhooks 1.0.0 has it: HMAC-SHA256 ({@code v1}) or Ed25519
 * ({@code v1a}) of id, time and body. A message is genuine when any of its signatures was made with
 * any of the keys. Immutable, used by several threads.
 *
 * <p>A callback may come more than once: remember the {@code webhook-id} of those that you have
 * seen.
 */
public final class Webhooks {
  /** How far the time of a message may be away, before and after. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final int MOST_KEYS = 10;
  private static final int MOST_SIGNATURES = 10;

  private final List<VerifyingKey> keys;
  private final Duration tolerance;
  private final Clock clock;

  private Webhooks(List<VerifyingKey> keys, Duration tolerance, Clock clock) {
    this.keys = keys;
    this.tolerance = tolerance;
    this.clock = clock;
  }

  /**
   * With these keys, 1 to 10, and the clock of this machine. Two of them let you change keys.
   *
   * @param keys as they were made: for {@code v1} base64 of 24 to 64 bytes, with {@code whsec_}
   *     before it or not; for {@code v1a} the public key, {@code whpk_} and base64 of its 32 bytes.
   *     Both kinds may be among them
   * @throws IllegalArgumentException if one is no key, or a private one; the message does not quote
   *     it
   */
  public static Webhooks of(String... keys) {
    if (keys.length == 0 || keys.length > MOST_KEYS) {
      throw new IllegalArgumentException("there must be 1 to " + MOST_KEYS + " keys");
    }
    var read = Arrays.stream(keys).map(VerifyingKey::read).toList();
    return new Webhooks(read, TOLERANCE, Clock.systemUTC());
  }

  /** With another tolerance of time, inclusive. */
  public Webhooks tolerance(Duration newTolerance) {
    return new Webhooks(keys, newTolerance, clock);
  }

  /** With another clock. */
  public Webhooks clock(Clock newClock) {
    return new Webhooks(keys, tolerance, newClock);
  }

  /**
   * The {@code webhook-id} of a genuine message.
   *
   * @param headers names in any case
   * @param body the bytes as they came, before anything reads them
   * @throws WebhookRefused if it is not known to be genuine; do not act on it
   */
  public String verify(Map<String, List<String>> headers, byte[] body) throws WebhookRefused {
    var id = only(headers, "webhook-id");
    var time = only(headers, "webhook-timestamp");
    if (!time.matches("\\d{1,12}")) {
      throw new WebhookRefused("webhook-timestamp is no number of seconds");
    }
    var away = Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), clock.instant());
    if (away.abs().compareTo(tolerance) > 0) {
      throw new WebhookRefused(
          "webhook-timestamp is more than " + tolerance.toSeconds() + " s away: replayed?");
    }
    var signatures = only(headers, "webhook-signature").split(" ", MOST_SIGNATURES + 1);
    if (!isSigned(message(id + "." + time + ".", body), signatures)) {
      throw new WebhookRefused("no signature was made with a key that is known here");
    }
    return id;
  }

  private static String only(Map<String, List<String>> headers, String name) throws WebhookRefused {
    var values = new ArrayList<String>();
    headers.forEach(
        (key, each) -> {
          if (key != null && key.toLowerCase(Locale.ROOT).equals(name)) {
            values.addAll(each);
          }
        });
    if (values.size() != 1 || values.get(0).isEmpty()) {
      throw new WebhookRefused("there must be one header " + name);
    }
    return values.get(0);
  }

  private static byte[] message(String prefix, byte[] body) {
    var before = prefix.getBytes(StandardCharsets.UTF_8);
    var message = Arrays.copyOf(before, before.length + body.length);
    System.arraycopy(body, 0, message, before.length, body.length);
    return message;
  }

  /** Compares all with all, so that the time tells nothing. */
  private boolean isSigned(byte[] message, String[] signatures) {
    var isSigned = false;
    for (var key : keys) {
      for (var i = 0; i < Math.min(signatures.length, MOST_SIGNATURES); i++) {
        isSigned |= key.made(signatures[i], message);
      }
    }
    return isSigned;
  }
}
