package dev.retriever.cluster.callbacks.rows;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.delivery.CallbackRow;

/**
 * A callback that was not delivered. Immutable.
 *
 * @param persistenceId of its origin
 */
public record DeadCallback(String persistenceId, CallbackRow row) {
  private static final char SEPARATOR = '|';

  /** The type of its origin. */
  public String originType() {
    return persistenceId.substring(0, persistenceId.indexOf(SEPARATOR));
  }

  /** The id of its origin, as callers know it. */
  public String originId() {
    var innerId = persistenceId.substring(persistenceId.indexOf(SEPARATOR) + 1);
    return Tenant.outerId(originType(), innerId);
  }
}
