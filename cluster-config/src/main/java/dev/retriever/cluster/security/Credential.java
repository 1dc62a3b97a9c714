package dev.retriever.cluster.security;

import java.time.Instant;

/** A credential that was accepted, for as long as a request or a stream needs it. Thread-safe. */
public interface Credential {
  /** On a node without authentication. */
  Credential OPEN =
      new Credential() {
        @Override
        public Caller caller() {
          return Caller.OPEN;
        }

        @Override
        public boolean stands(Instant now) {
          return true;
        }
      };

  Caller caller();

  /**
   * Whether it is still good: neither revoked nor expired. Asked every few seconds for each open
   * stream, so it must not block.
   */
  boolean stands(Instant now);
}
