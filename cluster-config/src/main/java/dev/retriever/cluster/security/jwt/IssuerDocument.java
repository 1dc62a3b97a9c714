package dev.retriever.cluster.security.jwt;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;

/**
 * What an issuer publishes: its name, and its public keys. Immutable.
 *
 * @param issuer as tokens write it in {@code iss}
 */
record IssuerDocument(String issuer, JWKSet keys) {
  /** A token without the id of a key is tried with each. */
  private static final int MOST_KEYS = 64;

  private static final int SHORTEST_RSA = 2048;

  /**
   * Keeps the public part of asymmetric keys. Symmetric and short keys are left out.
   *
   * @throws IOException if the text is no JWK set, or has no key that is left
   */
  static IssuerDocument of(String issuer, byte[] jwks) throws IOException {
    try {
      var all = JWKSet.parse(new String(jwks, StandardCharsets.UTF_8)).toPublicJWKSet().getKeys();
      var keys = all.stream().filter(IssuerDocument::isStrong).limit(MOST_KEYS).toList();
      if (keys.isEmpty()) {
        throw new IOException("the JWK set has no public key that may be used");
      }
      return new IssuerDocument(issuer, new JWKSet(keys));
    } catch (ParseException e) {
      throw new IOException("the answer is no JWK set", e);
    }
  }

  private static boolean isStrong(JWK key) {
    return !(key instanceof RSAKey rsa) || rsa.size() >= SHORTEST_RSA;
  }
}
