package dev.retriever.cluster.security.keys;

import java.time.Instant;
import java.util.Optional;

/**
 * A key of the database. Immutable.
 *
 * @param createdBy the caller that made it
 * @param lastUsed the beginning of the hour in which it was used last, in UTC
 * @param revoked when it was revoked; then it is not accepted
 */
public record StoredKey(
    Key key,
    Instant created,
    String createdBy,
    Optional<Instant> lastUsed,
    Optional<Instant> revoked) {
  public String id() {
    return key.id();
  }

  boolean isRevoked() {
    return revoked.isPresent();
  }
}
