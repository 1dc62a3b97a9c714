package dev.retriever.cluster.callbacks.rows;

import dev.retriever.origin.callback.EndpointSettings;
import java.time.Instant;
import java.util.Optional;

/**
 * An endpoint as it is stored. Immutable.
 *
 * @param generation counts the endpoints that had the name, from 1
 * @param version counts the changes, of all generations, from 1
 * @param settings empty when it was removed, or when they cannot be read
 * @param disabledAt when it answered 410; empty when it is enabled
 * @param isReadable whether this code can read its settings; they may be those of newer code
 */
public record StoredEndpoint(
    EndpointKey key,
    long generation,
    long version,
    Optional<EndpointSettings> settings,
    Optional<Instant> disabledAt,
    boolean isReadable) {
  /** Whether no endpoint has the name now. Its generation and version are kept. */
  public boolean isRemoved() {
    return isReadable && settings.isEmpty();
  }
}
