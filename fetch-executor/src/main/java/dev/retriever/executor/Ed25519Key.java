package dev.retriever.executor;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** A private key of Ed25519, of the JDK. Immutable; never shows itself. */
final class Ed25519Key {
  private static final String NAME = "Ed25519";
  private static final String PREFIX = "whsk_";
  private static final int HALF = 32;

  /** What comes before the 32 bytes of a public key in its X.509 form (RFC 8410). */
  private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

  private final PrivateKey key;

  private Ed25519Key(PrivateKey key) {
    this.key = key;
  }

  /**
   * Reads {@code whsk_} and base64 of the 32 bytes of a seed, or of the seed and its public key.
   *
   * @return empty if it is something else, or the public key is that of another seed
   */
  static Optional<Ed25519Key> read(String value) {
    if (!value.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      var bytes = Base64.getDecoder().decode(value.substring(PREFIX.length()));
      if (bytes.length != HALF && bytes.length != 2 * HALF) {
        return Optional.empty();
      }
      var seed = Arrays.copyOf(bytes, HALF);
      var key =
          new Ed25519Key(
              KeyFactory.getInstance(NAME)
                  .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
      return bytes.length == HALF || key.belongsTo(Arrays.copyOfRange(bytes, HALF, 2 * HALF))
          ? Optional.of(key)
          : Optional.empty();
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private boolean belongsTo(byte[] point) throws GeneralSecurityException {
    var encoded = Arrays.copyOf(X509, X509.length + HALF);
    System.arraycopy(point, 0, encoded, X509.length, HALF);
    var verifying = Signature.getInstance(NAME);
    verifying.initVerify(
        KeyFactory.getInstance(NAME).generatePublic(new X509EncodedKeySpec(encoded)));
    verifying.update(X509);
    return verifying.verify(sign(X509));
  }

  byte[] sign(byte[] message) {
    try {
      var signing = Signature.getInstance(NAME);
      signing.initSign(key);
      signing.update(message);
      return signing.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform from 15 on has Ed25519", e);
    }
  }

  @Override
  public String toString() {
    return "an Ed25519 key";
  }
}
