package dev.retriever.cluster.security.jwt;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Credential;
import java.time.Instant;

/** A token that was verified. Immutable. */
record TokenCredential(Caller caller, Instant expiry) implements Credential {
  @Override
  public boolean stands(Instant now) {
    return now.isBefore(expiry);
  }
}
