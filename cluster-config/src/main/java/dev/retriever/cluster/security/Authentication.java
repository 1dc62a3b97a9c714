package dev.retriever.cluster.security;

import dev.retriever.cluster.http.RequestHeaders;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Finds out who sent a request: by its bearer token, by the certificate of its connection, or by
 * both. Thread-safe.
 */
public final class Authentication {
  /** RFC 6750. Scheme names are not case-sensitive, and exactly one space follows. */
  private static final Pattern BEARER =
      Pattern.compile("(?i:bearer) ([A-Za-z0-9._~+/-]+=*)", Pattern.DOTALL);

  private final boolean required;
  private final List<Authenticator> tokens;
  private final Function<HttpRequest, Optional<Credential>> certificate;

  /**
   * @param certificate the credential of the connection; empty if the client showed none; throws
   *     {@link Denied} if it is not accepted
   */
  private Authentication(
      boolean required,
      List<Authenticator> tokens,
      Function<HttpRequest, Optional<Credential>> certificate) {
    this.required = required;
    this.tokens = List.copyOf(tokens);
    this.certificate = certificate;
  }

  /** Every request is answered. For loopback, and nodes that are open on purpose. */
  public static Authentication open() {
    return new Authentication(false, List.of(), request -> Optional.empty());
  }

  /** Requests need a credential. */
  public static Authentication required(
      List<Authenticator> tokens, Function<HttpRequest, Optional<Credential>> certificate) {
    return new Authentication(true, tokens, certificate);
  }

  public boolean isRequired() {
    return required;
  }

  /**
   * @return fails with {@link Denied} if there is no credential, or one that is not accepted
   */
  CompletionStage<Credential> of(HttpRequest request) {
    if (!required) {
      return CompletableFuture.completedStage(Credential.OPEN);
    }
    try {
      var connection = certificate.apply(request);
      var token = token(request);
      return token
          .map(this::authenticated)
          .map(found -> found.thenApply(key -> both(key, connection)))
          .orElseGet(
              () -> CompletableFuture.completedStage(connection.orElseThrow(Denied::nothingSent)));
    } catch (Denied denied) {
      return CompletableFuture.failedStage(denied);
    }
  }

  /** All lines count, also those that the server could not parse. */
  private static Optional<String> token(HttpRequest request) {
    var lines = RequestHeaders.named(request, "Authorization");
    if (lines.size() > 1) {
      throw new Denied("two-authorization-headers");
    }
    return lines.stream().findFirst().map(Authentication::bearer);
  }

  private static String bearer(String line) {
    var match = BEARER.matcher(line);
    if (!match.matches()) {
      throw new Denied("no-bearer-token");
    }
    return match.group(1);
  }

  private CompletionStage<Credential> authenticated(String token) {
    return tokens.stream()
        .filter(it -> it.takes(token))
        .findFirst()
        .orElseThrow(() -> new Denied("unknown-form-of-token"))
        .authenticate(token);
  }

  /** The rights are the token's. A certificate of another tenant shows that something is wrong. */
  private static Credential both(Credential token, Optional<Credential> connection) {
    if (connection.isPresent()
        && !connection.get().caller().tenant().equals(token.caller().tenant())) {
      throw new Denied("certificate-of-another-tenant");
    }
    return token;
  }
}
