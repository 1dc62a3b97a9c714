package dev.retriever.origin.callback;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Makes the {@code webhook-id} of callbacks. It is the same for each attempt and each redrive of a
 * callback, and no other outcome has it, also after an origin was forgotten and lives again: the
 * instant of the settlement is in it. Receivers keep these ids: their computation must not change.
 */
public final class WebhookId {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int BITS = 5;
  private static final int LENGTH = 32;

  private WebhookId() {}

  /** The id of the callback about that outcome. It has no dot. */
  public static String of(String originType, String originId, CallbackFacts facts) {
    try {
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      out.writeUTF(originType);
      out.writeUTF(originId);
      out.writeUTF(facts.fetchId());
      out.writeLong(facts.sequence());
      out.writeLong(facts.at().getEpochSecond());
      out.writeInt(facts.at().getNano());
      return "msg_" + base32(MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first 160 bits. */
  private static String base32(byte[] digest) {
    var text = new StringBuilder(LENGTH);
    for (var place = 0; place < LENGTH; place++) {
      var value = 0;
      for (var bit = place * BITS; bit < (place + 1) * BITS; bit++) {
        value = value << 1 | digest[bit / 8] >> (7 - bit % 8) & 1;
      }
      text.append(ALPHABET.charAt(value));
    }
    return text.toString();
  }
}
