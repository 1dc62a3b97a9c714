package dev.retriever.cluster.outcomes;

import dev.retriever.cluster.security.Caller;
import dev.retriever.cluster.security.Credential;
import java.time.Instant;

/** Stands until the test revokes it. Thread-safe. */
final class RevocableCredential implements Credential {
  private volatile boolean stands = true;

  void revoke() {
    stands = false;
  }

  @Override
  public Caller caller() {
    return Caller.OPEN;
  }

  @Override
  public boolean stands(Instant now) {
    return stands;
  }
}
