package dev.retriever.client.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A key that signatures are compared with. Immutable. */
sealed interface VerifyingKey {
  /**
   * Whether that signature was made with this key, or its private key.
   *
   * @param signature with its version, such as {@code v1,…}
   */
  boolean made(String signature, byte[] message);

  /**
   * Reads a key as it was made.
   *
   * @throws IllegalArgumentException if it is no key; the message does not quote it
   */
  static VerifyingKey read(String key) {
    var text = key.strip();
    if (text.startsWith("whsk_")) {
      throw new IllegalArgumentException(
          "a key that begins with whsk_ is private, and signs; verify with its public one, whpk_");
    }
    return text.startsWith(Public.PREFIX) ? Public.of(text) : Shared.of(text);
  }

  /** A key that both sides have, of HMAC-SHA256. */
  record Shared(SecretKeySpec key) implements VerifyingKey {
    private static final String HMAC = "HmacSHA256";
    private static final String PREFIX = "whsec_";
    private static final int SHORTEST = 24;
    private static final int LONGEST = 64;

    private static Shared of(String text) {
      try {
        var bytes =
            Base64.getDecoder()
                .decode(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
        if (bytes.length >= SHORTEST && bytes.length <= LONGEST) {
          return new Shared(new SecretKeySpec(bytes, HMAC));
        }
      } catch (IllegalArgumentException e) {
        // said below, without the text
      }
      throw new IllegalArgumentException(
          "a key must be base64 of 24 to 64 bytes, with whsec_ before it or not");
    }

    @Override
    public boolean made(String signature, byte[] message) {
      try {
        var mac = Mac.getInstance(HMAC);
        mac.init(key);
        var mine = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(message));
        // In a time that tells nothing.
        return MessageDigest.isEqual(
            mine.getBytes(StandardCharsets.US_ASCII), signature.getBytes(StandardCharsets.UTF_8));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("this Java has no HmacSHA256", e);
      }
    }

    @Override
    public String toString() {
      return "a shared key";
    }
  }

  /** The public key of a pair of Ed25519. */
  record Public(PublicKey key) implements VerifyingKey {
    private static final String NAME = "Ed25519";
    private static final String PREFIX = "whpk_";
    private static final String VERSION = "v1a,";
    private static final int LENGTH = 32;

    /** What comes before the bytes of a key in its X.509 form (RFC 8410). */
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static Public of(String text) {
      try {
        var bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        if (bytes.length == LENGTH) {
          var encoded = Arrays.copyOf(X509, X509.length + LENGTH);
          System.arraycopy(bytes, 0, encoded, X509.length, LENGTH);
          return new Public(
              KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded)));
        }
      } catch (IllegalArgumentException | GeneralSecurityException e) {
        // said below, without the text
      }
      throw new IllegalArgumentException(
          "a public key must be whpk_ and base64 of the 32 bytes of an Ed25519 key");
    }

    @Override
    public boolean made(String signature, byte[] message) {
      if (!signature.startsWith(VERSION)) {
        return false;
      }
      try {
        var bytes = Base64.getDecoder().decode(signature.substring(VERSION.length()));
        var verifying = Signature.getInstance(NAME);
        verifying.initVerify(key);
        verifying.update(message);
        return verifying.verify(bytes);
      } catch (IllegalArgumentException | GeneralSecurityException e) {
        // No signature of this algorithm; keys were checked when they were read.
        return false;
      }
    }
  }
}
