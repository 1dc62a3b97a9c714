package dev.retriever.client.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Verifies callbacks, as Standard Webhooks 1.0.0 has it: HMAC-SHA256 of id, time and body. A
 * message is genuine when any of its signatures was made with any of the keys. Immutable, used by
 * several threads.
 *
 * <p>A callback may come more than once: remember the {@code webhook-id} of those that you have
 * seen.
 */
public final class Webhooks {
  /** How far the time of a message may be away, before and after. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final int MOST_KEYS = 10;
  private static final int MOST_SIGNATURES = 10;
  private static final int SHORTEST_KEY = 24;
  private static final int LONGEST_KEY = 64;

  private final List<byte[]> keys;
  private final Duration tolerance;
  private final Clock clock;

  private Webhooks(List<byte[]> keys, Duration tolerance, Clock clock) {
    this.keys = keys;
    this.tolerance = tolerance;
    this.clock = clock;
  }

  /**
   * With these keys, 1 to 10, and the clock of this machine. Two of them let you change keys.
   *
   * @param keys as they were made: base64 of 24 to 64 bytes, with {@code whsec_} before it or not
   * @throws IllegalArgumentException if one is no key; the message does not quote it
   */
  public static Webhooks of(String... keys) {
    if (keys.length == 0 || keys.length > MOST_KEYS) {
      throw new IllegalArgumentException("there must be 1 to " + MOST_KEYS + " keys");
    }
    var decoded = new ArrayList<byte[]>();
    for (var key : keys) {
      decoded.add(bytes(key));
    }
    return new Webhooks(List.copyOf(decoded), TOLERANCE, Clock.systemUTC());
  }

  private static byte[] bytes(String key) {
    try {
      var text = key.strip();
      var bytes =
          Base64.getDecoder()
              .decode(text.startsWith("whsec_") ? text.substring("whsec_".length()) : text);
      if (bytes.length >= SHORTEST_KEY && bytes.length <= LONGEST_KEY) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // said below, without the text
    }
    throw new IllegalArgumentException(
        "a key must be base64 of 24 to 64 bytes, with whsec_ before it or not");
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
    if (!isSigned(id + "." + time + ".", body, signatures)) {
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

  /** Compares all with all, so that the time tells nothing. */
  private boolean isSigned(String prefix, byte[] body, String[] signatures) {
    var isSigned = false;
    for (var key : keys) {
      var mine = ("v1," + signature(key, prefix, body)).getBytes(StandardCharsets.US_ASCII);
      for (var i = 0; i < Math.min(signatures.length, MOST_SIGNATURES); i++) {
        var theirs = signatures[i].getBytes(StandardCharsets.UTF_8);
        isSigned |= MessageDigest.isEqual(mine, theirs);
      }
    }
    return isSigned;
  }

  private static String signature(byte[] key, String prefix, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(prefix.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HmacSHA256", e);
    }
  }
}
