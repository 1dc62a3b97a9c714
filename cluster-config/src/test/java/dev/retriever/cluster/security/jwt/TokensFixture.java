package dev.retriever.cluster.security.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.security.OriginPattern;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** An authenticator with one issuer. Fetches wait until a test runs them. */
final class TokensFixture {
  final PassingTime time = new PassingTime();
  final TestIssuer issuer = new TestIssuer();
  final Queue<Runnable> thread = new ArrayDeque<>();
  final IssuerKeys keys;
  final JwtAuthenticator authenticator;
  int fetches;
  boolean away;

  TokensFixture() {
    keys = new IssuerKeys("test", this::fetch, thread::add, time::nanos);
    authenticator =
        new JwtAuthenticator(
            List.of(
                new JwtAuthenticator.KnownIssuer(trusted(), keys, Optional.of(TestIssuer.ISSUER))),
            time,
            time::nanos);
  }

  static TrustedIssuer trusted() {
    return new TrustedIssuer(
        "test",
        TestIssuer.AUDIENCE,
        Set.of(JWSAlgorithm.RS256),
        Duration.ofHours(24),
        true,
        new ClaimRules(
            new ClaimRules.TenantRule.Claimed("tenant", Map.of()),
            ClaimRules.RolesRule.Claimed.byName("roles"),
            OriginPattern.ANY));
  }

  private IssuerDocument fetch() throws IOException {
    fetches++;
    if (away) {
      throw new IOException("away, on purpose");
    }
    return IssuerDocument.of(TestIssuer.ISSUER, issuer.jwks());
  }

  /** Runs the fetches that wait. */
  void run() {
    while (!thread.isEmpty()) {
      thread.remove().run();
    }
  }

  CompletableFuture<Credential> begin(String token) {
    return authenticator.authenticate(token).toCompletableFuture();
  }

  /** Authenticates, and runs what that begins. */
  CompletableFuture<Credential> authenticate(String token) {
    var result = begin(token);
    run();
    return result;
  }

  String token() {
    return issuer.token(time.instant());
  }
}
