package dev.retriever.cluster.security.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Certificates and keys as PEM. Messages of errors show nothing of what was read, because it may be
 * a key.
 */
final class Pem {
  private static final String BEGIN = "-----BEGIN ";
  private static final Pattern BLOCK =
      Pattern.compile(BEGIN + "([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final List<String> ALGORITHMS = List.of("RSA", "EC");

  private Pem() {}

  private record Block(String label, String content) {}

  /**
   * All certificates, in their order, at least one.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static List<X509Certificate> certificates(byte[] pem) {
    var certificates = new ArrayList<X509Certificate>();
    for (var block : blocks(pem)) {
      if (block.label().equals(CERTIFICATE)) {
        certificates.add(certificate(decoded(block.content())));
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("holds no certificate in PEM");
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("holds a certificate that cannot be read");
    }
  }

  /**
   * The only key.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static PrivateKey key(byte[] pem) {
    var keys = blocks(pem).stream().filter(block -> block.label().endsWith(KEY)).toList();
    if (keys.size() != 1) {
      throw new IllegalArgumentException(
          "must hold one private key in PEM, but holds " + keys.size());
    }
    var label = keys.get(0).label();
    if (!label.equals(KEY)) {
      throw new IllegalArgumentException(
          "holds a key of the kind '"
              + label
              + "'; convert it to PKCS #8 without a password: openssl pkcs8 -topk8 -nocrypt");
    }
    return key(new PKCS8EncodedKeySpec(decoded(keys.get(0).content())));
  }

  private static PrivateKey key(PKCS8EncodedKeySpec encoded) {
    for (var algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        // It is a key of another algorithm, or of none.
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java has no " + algorithm, e);
      }
    }
    throw new IllegalArgumentException("holds a key that is no RSA or EC key in PKCS #8");
  }

  /** A file that is still being written has the beginning of a block without its end. */
  private static List<Block> blocks(byte[] pem) {
    var text = new String(pem, StandardCharsets.US_ASCII);
    var blocks = new ArrayList<Block>();
    var found = BLOCK.matcher(text);
    while (found.find()) {
      blocks.add(new Block(found.group(1), found.group(2)));
    }
    if (text.split(BEGIN, -1).length - 1 != blocks.size()) {
      throw new IllegalArgumentException("is not complete: a block begins and does not end");
    }
    return blocks;
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("is not complete: a block is no base64");
    }
  }
}
