package dev.retriever.cluster.security.jwt;

import com.nimbusds.jwt.SignedJWT;
import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.cluster.security.Authenticator;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.Denied;
import java.text.ParseException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * Checks JSON Web Tokens of the issuers that are configured. The token's {@code iss} only chooses
 * the issuer; then it is verified with the rest. Thread-safe.
 */
final class JwtAuthenticator implements Authenticator {
  /** The server refuses longer headers; this holds wherever tokens come from. */
  private static final int LONGEST = 8192;

  private final List<KnownIssuer> issuers;
  private final VerifiedTokens verified;
  private final Clock clock;

  /** An issuer with its keys. */
  record KnownIssuer(TrustedIssuer rules, IssuerKeys keys, Optional<String> configured) {
    /** Its name as tokens write it; empty until it is known. */
    private Optional<String> issuer() {
      return configured.or(() -> keys.known().map(IssuerDocument::issuer));
    }
  }

  JwtAuthenticator(List<KnownIssuer> issuers, Clock clock, LongSupplier nanoTime) {
    this.issuers = List.copyOf(issuers);
    this.verified = new VerifiedTokens(nanoTime);
    this.clock = clock;
  }

  @Override
  public boolean takes(String token) {
    return token.chars().filter(c -> c == '.').count() == 2;
  }

  @Override
  public CompletionStage<Credential> authenticate(String token) {
    try {
      if (token.length() > LONGEST) {
        throw new Denied("token-too-long");
      }
      var found = verified.find(token, clock.instant());
      return found.isPresent()
          ? CompletableFuture.completedStage(found.get())
          : checked(token, parsed(token));
    } catch (Denied | Problem.Found e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private static SignedJWT parsed(String token) {
    try {
      return SignedJWT.parse(token);
    } catch (ParseException | RuntimeException e) {
      throw new Denied("token-malformed");
    }
  }

  private CompletionStage<Credential> checked(String token, SignedJWT jwt) {
    var named = Optional.ofNullable(TrustedIssuer.claims(jwt).getIssuer()).orElse("");
    var issuer = issuers.stream().filter(it -> it.issuer().equals(Optional.of(named))).findFirst();
    if (issuer.isEmpty()) {
      throw issuers.stream().allMatch(it -> it.issuer().isPresent())
          ? new Denied("token-of-unknown-issuer")
          : away();
    }
    var known = issuer.get();
    known.rules().check(jwt, named, clock.instant());
    if (known.keys().known().filter(keys -> known.rules().hasKey(jwt, keys)).isPresent()) {
      return CompletableFuture.completedStage(accepted(token, jwt, known));
    }
    return known.keys().renewed().thenApply(done -> accepted(token, jwt, known));
  }

  private Credential accepted(String token, SignedJWT jwt, KnownIssuer issuer) {
    var keys = issuer.keys().known().orElseThrow(JwtAuthenticator::away);
    var caller = issuer.rules().caller(jwt, keys);
    var credential = new TokenCredential(caller, TrustedIssuer.expiry(TrustedIssuer.claims(jwt)));
    verified.add(token, credential);
    return credential;
  }

  /** The token may be good, so it is not refused. */
  private static RuntimeException away() {
    return Problem.of(
            ProblemType.NOT_READY,
            "The keys of a token's issuer cannot be had at the moment; repeat the request.")
        .found();
  }
}
