package dev.retriever.cluster.security.keys;

import java.time.Instant;
import java.util.Optional;

/** Keys that are accepted now, in memory. Thread-safe. */
interface KeySource {
  /**
   * @throws dev.retriever.cluster.http.Problem.Found if it is not known, because the source is away
   */
  Optional<Key> find(String id);

  /** Notes that a key of this source was used. */
  default void used(String id, Instant now) {}
}
