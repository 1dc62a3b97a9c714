package dev.retriever.executor;

import java.util.Optional;

/**
 * An origin as its journal names it: the type, a bar, and the id that it is journaled under.
 * Immutable.
 *
 * @param innerId with the tenant, if it has one of its own
 */
public record OriginKey(String type, String innerId) {
  private static final char SEPARATOR = '|';

  /**
   * Reads the name of a journal.
   *
   * @return empty if it is that of no origin
   */
  public static Optional<OriginKey> of(String persistenceId) {
    var end = persistenceId.indexOf(SEPARATOR);
    return end < 0
        ? Optional.empty()
        : Optional.of(
            new OriginKey(persistenceId.substring(0, end), persistenceId.substring(end + 1)));
  }

  /** As {@link #of}, of a journal that an origin is known to have. */
  public static OriginKey ofOrigin(String persistenceId) {
    return of(persistenceId)
        .orElseThrow(
            () -> new IllegalArgumentException(persistenceId + " is the journal of no origin"));
  }

  /** The tenant that it belongs to. */
  public Tenant tenant() {
    return Tenant.of(type, innerId);
  }

  /** The id that callers know it by. */
  public String originId() {
    return Tenant.outerId(type, innerId);
  }
}
