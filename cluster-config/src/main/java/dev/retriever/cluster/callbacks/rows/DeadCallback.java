package dev.retriever.cluster.callbacks.rows;

import dev.retriever.executor.OriginKey;
import dev.retriever.origin.delivery.CallbackRow;

/**
 * A callback that was not delivered. Immutable.
 *
 * @param persistenceId of its origin
 */
public record DeadCallback(String persistenceId, CallbackRow row) {
  /** The type of its origin. */
  public String originType() {
    return OriginKey.ofOrigin(persistenceId).type();
  }

  /** The id of its origin, as callers know it. */
  public String originId() {
    return OriginKey.ofOrigin(persistenceId).originId();
  }
}
