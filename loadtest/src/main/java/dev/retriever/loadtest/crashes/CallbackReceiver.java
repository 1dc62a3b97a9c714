package dev.retriever.loadtest.crashes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.retriever.loadtest.server.Receiver;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The service that callbacks go to. It verifies each with the library of Standard Webhooks, keeps
 * what it tells, and does not take some of them at first, so that they come again. Thread-safe.
 */
final class CallbackReceiver implements AutoCloseable {
  /** Of so many messages, one is answered with an error when it comes for the first time. */
  private static final int REFUSED_ONE_OF = 50;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Receiver receiver;
  private final Webhook oldKey;
  private final Webhook newKey;
  private final long seed;
  private final List<ToldOutcome> told = new ArrayList<>();
  private final Set<String> taken = new HashSet<>();
  private final Set<String> refused = new HashSet<>();
  private int unreadable;

  CallbackReceiver(String oldSecret, String newSecret, long seed) throws IOException {
    try {
      oldKey = new Webhook(oldSecret);
      newKey = new Webhook(newSecret);
    } catch (EmptyWebhookSecretException e) {
      throw new IllegalArgumentException("a key is empty", e);
    }
    this.seed = seed;
    receiver = Receiver.start(0, this::receive);
  }

  URI url() {
    return receiver.url("/hook");
  }

  private int receive(Receiver.Message message) {
    var signed =
        new KeyTimes.Signed(
            signedAt(message), isSigned(oldKey, message), isSigned(newKey, message));
    try {
      return keep(message, signed);
    } catch (JsonProcessingException e) {
      return unreadable();
    }
  }

  private synchronized int unreadable() {
    unreadable++;
    return 400;
  }

  private synchronized int keep(Receiver.Message message, KeyTimes.Signed signed)
      throws JsonProcessingException {
    var data = JSON.readTree(message.body()).path("data");
    var id = message.header("webhook-id");
    var isGenuine = signed.isByOld() || signed.isByNew();
    var isTaken = isGenuine && !isRefused(id);
    told.add(
        new ToldOutcome(
            id,
            data.path("originId").asText(),
            data.path("fetchId").asText(),
            data.path("sequence").asLong(),
            data.path("outcome").asText(),
            Instant.parse(data.path("settledAt").asText()),
            message.at(),
            isTaken,
            signed));
    if (isTaken) {
      taken.add(id);
    }
    return isTaken ? 204 : isGenuine ? 500 : 401;
  }

  private boolean isRefused(String id) {
    return Math.floorMod(id.hashCode() ^ seed, REFUSED_ONE_OF) == 0 && refused.add(id);
  }

  private static Instant signedAt(Receiver.Message message) {
    var seconds = message.header("webhook-timestamp");
    return seconds.matches("\\d{1,12}")
        ? Instant.ofEpochSecond(Long.parseLong(seconds))
        : Instant.EPOCH;
  }

  private static boolean isSigned(Webhook key, Receiver.Message message) {
    try {
      key.verify(message.body(), message.headers());
      return true;
    } catch (WebhookVerificationException e) {
      return false;
    }
  }

  /** All that came, in its order. */
  synchronized List<ToldOutcome> told() {
    return List.copyOf(told);
  }

  /** The ids of those that were taken. */
  synchronized int taken() {
    return taken.size();
  }

  /** Messages that were not JSON. */
  synchronized int unread() {
    return unreadable;
  }

  @Override
  public void close() {
    receiver.close();
  }
}
