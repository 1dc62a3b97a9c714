package dev.retriever.cluster.security.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/** Signs tokens, as an issuer does. */
public final class TestIssuer {
  public static final String ISSUER = "https://issuer.test/";
  public static final String AUDIENCE = "retriever";

  /** By issuer and id: to make a key takes a second. */
  private static final Map<List<String>, RSAKey> KEYS = new ConcurrentHashMap<>();

  private final String name;
  private RSAKey key;

  public TestIssuer() {
    this("known");
  }

  private TestIssuer(String name) {
    this.name = name;
    rotate("one");
  }

  /** Another issuer, which has other keys under the same ids. */
  static TestIssuer stranger() {
    return new TestIssuer("stranger");
  }

  /** From now on it signs with the key of that id, and publishes that one alone. */
  public void rotate(String kid) {
    key = KEYS.computeIfAbsent(List.of(name, kid), it -> made(kid));
  }

  private static RSAKey made(String kid) {
    try {
      return new RSAKeyGenerator(2048).keyID(kid).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  RSAKey key() {
    return key;
  }

  /** What it publishes. */
  public byte[] jwks() {
    return new JWKSet(key.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
  }

  static JWSHeader.Builder header(RSAKey key) {
    return new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT).keyID(key.getKeyID());
  }

  /** Claims of a good token. */
  static JWTClaimsSet.Builder claims(Instant now) {
    return new JWTClaimsSet.Builder()
        .issuer(ISSUER)
        .subject("checkout")
        .audience(AUDIENCE)
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(Duration.ofMinutes(10))))
        .claim("tenant", "acme")
        .claim("roles", List.of("submit", "read"));
  }

  /** A good token. */
  public String token(Instant now) {
    return token(now, it -> it, it -> it);
  }

  public String token(Instant now, UnaryOperator<JWTClaimsSet.Builder> claims) {
    return token(now, it -> it, claims);
  }

  /** As API servers of Kubernetes make them: without a type. */
  public String untyped(Instant now, UnaryOperator<JWTClaimsSet.Builder> claims) {
    return token(now, it -> it.type(null), claims);
  }

  String token(
      Instant now,
      UnaryOperator<JWSHeader.Builder> header,
      UnaryOperator<JWTClaimsSet.Builder> claims) {
    try {
      var token =
          new SignedJWT(header.apply(header(key)).build(), claims.apply(claims(now)).build());
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
