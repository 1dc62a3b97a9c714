package dev.retriever.cluster.security;

import java.util.concurrent.CompletionStage;

/** Checks one kind of bearer token. Thread-safe. */
public interface Authenticator {
  /** Whether the token has the form of this kind. Looks nothing up. */
  boolean takes(String token);

  /**
   * @return fails with {@link Denied} if the token is not accepted
   */
  CompletionStage<Credential> authenticate(String token);
}
