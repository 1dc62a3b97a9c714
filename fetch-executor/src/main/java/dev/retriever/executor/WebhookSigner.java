package dev.retriever.executor;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Signs requests before they are sent, as Standard Webhooks 1.0.0 says, with HMAC-SHA256 or
 * Ed25519. The time is that of the attempt, since receivers refuse older ones. Thread-safe.
 */
public final class WebhookSigner {
  /** The reason of an attempt that was not sent, because a key has another form. */
  static final String KEY_INVALID = "signing-key-invalid";

  private static final Set<String> OWN =
      Set.of("webhook-id", "webhook-timestamp", "webhook-signature");
  private static final String PREFIX = "whsec_";
  private static final int LEAST_KEY = 24;
  private static final int MOST_KEY = 64;

  private final Secrets secrets;
  private final Clock clock;

  /**
   * @param secrets have the keys
   * @param clock of the executor; receivers allow it to differ from theirs by five minutes
   */
  public WebhookSigner(Secrets secrets, Clock clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  /**
   * Wraps a transport so that it signs each request that asks for it. A request is not sent if a
   * key cannot be read, is not for its target or its tenant, or is no key.
   */
  public Transport around(Transport transport) {
    return (key, request, limit, done) -> {
      if (request.signing().isEmpty()) {
        return transport.start(key, request, limit, done);
      }
      FetchRequest signed;
      try {
        signed = signed(request, request.signing().get(), key.tenant(), clock.instant());
      } catch (Refusal refused) {
        done.accept(new Report.NotSent(refused.stage(), refused.reason()));
        return reason -> {};
      }
      return transport.start(key, signed, limit, done);
    };
  }

  /** Whether requests may not have a header of that name, because this class sets it. */
  public static boolean isOwnHeader(String name) {
    return OWN.stream().anyMatch(name::equalsIgnoreCase);
  }

  private FetchRequest signed(FetchRequest request, Signing signing, Tenant tenant, Instant now)
      throws Refusal {
    var body =
        new String(request.body().map(Body::bytes).orElse(new byte[0]), StandardCharsets.UTF_8);
    var seconds = now.getEpochSecond();
    var signatures = new LinkedHashSet<String>();
    for (var name : signing.secrets()) {
      var value = secrets.value(name, request.url(), tenant);
      signatures.add(signature(signing.algorithm(), value, signing.id(), seconds, body));
    }
    return request
        .unsigned()
        .header("webhook-id", signing.id())
        .header("webhook-timestamp", Long.toString(seconds))
        .header("webhook-signature", signatures.stream().collect(Collectors.joining(" ")));
  }

  /**
   * Whether the value of that secret can be read now, and is no key of that algorithm.
   *
   * @param url absolute, of http or https
   */
  public static boolean isOtherThanKey(
      Secrets secrets, String name, String url, Tenant tenant, Signing.Algorithm algorithm) {
    try {
      return !isKey(algorithm, secrets.value(name, url, tenant));
    } catch (Refusal e) {
      return false;
    }
  }

  private static String signature(
      Signing.Algorithm algorithm, String value, String id, long seconds, String body)
      throws Refusal {
    return switch (algorithm) {
      case V1 -> symmetric(value, id, seconds, body);
      case V1A -> asymmetric(value, id, seconds, body);
    };
  }

  private static String symmetric(String value, String id, long seconds, String body)
      throws Refusal {
    if (!isSymmetricKey(value)) {
      throw noKey();
    }
    try {
      return new Webhook(value).sign(id, seconds, body);
    } catch (EmptyWebhookSecretException | WebhookSigningException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String asymmetric(String value, String id, long seconds, String body)
      throws Refusal {
    var key = Ed25519Key.read(value).orElseThrow(WebhookSigner::noKey);
    var message = (id + "." + seconds + "." + body).getBytes(StandardCharsets.UTF_8);
    return Signing.Algorithm.V1A.label()
        + ","
        + Base64.getEncoder().encodeToString(key.sign(message));
  }

  private static Refusal noKey() {
    return new Refusal(Stage.QUEUED, KEY_INVALID);
  }

  static boolean isKey(Signing.Algorithm algorithm, String value) {
    return switch (algorithm) {
      case V1 -> isSymmetricKey(value);
      case V1A -> Ed25519Key.read(value).isPresent();
    };
  }

  /** Whether that is base64 of 24 to 64 bytes, with or without {@code whsec_} before it. */
  private static boolean isSymmetricKey(String value) {
    var text = value.startsWith(PREFIX) ? value.substring(PREFIX.length()) : value;
    try {
      var length = Base64.getDecoder().decode(text).length;
      return length >= LEAST_KEY && length <= MOST_KEY;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
