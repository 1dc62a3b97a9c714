package dev.retriever.cluster.security.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.ExpiredJWTException;
import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Denied;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;

/**
 * The rules for the tokens of one issuer. Immutable; decides by its arguments alone.
 *
 * @param name short, for logs and names of callers
 * @param audience that tokens must name, among others or alone
 * @param algorithms asymmetric ones only
 * @param longest time from {@code iat} to {@code exp}
 * @param typed whether the header must have a {@code typ}
 */
record TrustedIssuer(
    String name,
    String audience,
    Set<JWSAlgorithm> algorithms,
    Duration longest,
    boolean typed,
    CallerRules rules) {
  static final Duration SKEW = Duration.ofSeconds(30);

  private static final JOSEObjectType ACCESS_TOKEN = new JOSEObjectType("at+jwt");
  private static final Set<String> REQUIRED = Set.of("iss", "sub", "aud", "exp", "iat");

  TrustedIssuer {
    algorithms = Set.copyOf(algorithms);
  }

  /**
   * Checks what costs nothing, so that no key is looked for in vain.
   *
   * @param issuer that the token must be of
   * @throws Denied if the token cannot be a good one, whatever its signature
   */
  void check(SignedJWT token, String issuer, Instant now) {
    checkHeader(token.getHeader());
    var claims = claims(token);
    try {
      claimsVerifier(issuer, now).verify(claims, null);
    } catch (ExpiredJWTException e) {
      throw new Denied("token-expired");
    } catch (BadJWTException e) {
      throw new Denied("token-claims");
    }
    var issued = claims.getIssueTime().toInstant();
    if (issued.isAfter(now.plus(SKEW))) {
      throw new Denied("token-claims");
    }
    if (expiry(claims).isAfter(issued.plus(longest))) {
      throw new Denied("token-lives-too-long");
    }
    if (claims.getSubject().isBlank()) {
      throw new Denied("token-claims");
    }
  }

  private void checkHeader(JWSHeader header) {
    if (!algorithms.contains(header.getAlgorithm())) {
      throw new Denied("token-algorithm");
    }
    var critical = header.getCriticalParams();
    if (critical != null && !critical.isEmpty() || !header.isBase64URLEncodePayload()) {
      throw new Denied("token-critical-header");
    }
    try {
      types().verify(header.getType(), null);
    } catch (BadJOSEException e) {
      throw new Denied("token-type");
    }
  }

  private DefaultJOSEObjectTypeVerifier<SecurityContext> types() {
    return typed
        ? new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, ACCESS_TOKEN)
        : new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, ACCESS_TOKEN, null);
  }

  private DefaultJWTClaimsVerifier<SecurityContext> claimsVerifier(String issuer, Instant now) {
    var verifier =
        new DefaultJWTClaimsVerifier<SecurityContext>(
            audience, new JWTClaimsSet.Builder().issuer(issuer).build(), REQUIRED) {
          @Override
          protected Date currentTime() {
            return Date.from(now);
          }
        };
    verifier.setMaxClockSkew((int) SKEW.toSeconds());
    return verifier;
  }

  /** Whether a key may be the token's. */
  boolean hasKey(SignedJWT token, IssuerDocument document) {
    var selector = new JWKSelector(JWKMatcher.forJWSHeader(token.getHeader()));
    return !selector.select(document.keys()).isEmpty();
  }

  /**
   * To be asked after {@link #check}.
   *
   * @throws Denied if no key has signed the token, or it stands for no caller
   */
  Caller caller(SignedJWT token, IssuerDocument document) {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSTypeVerifier(types());
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(algorithms, new ImmutableJWKSet<>(document.keys())));
    processor.setJWTClaimsSetVerifier(null); // checked before
    try {
      var claims = processor.process(token, null);
      return rules.caller(name, claims.getSubject(), claims.getClaims());
    } catch (BadJOSEException | JOSEException e) {
      throw new Denied("token-signature");
    }
  }

  static JWTClaimsSet claims(SignedJWT token) {
    try {
      return token.getJWTClaimsSet();
    } catch (java.text.ParseException e) {
      throw new Denied("token-malformed");
    }
  }

  static Instant expiry(JWTClaimsSet claims) {
    return claims.getExpirationTime().toInstant();
  }
}
