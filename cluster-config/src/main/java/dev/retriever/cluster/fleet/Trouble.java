package dev.retriever.cluster.fleet;

import java.util.Optional;

/**
 * Something that is wrong. Immutable.
 *
 * @param isSevere whether fetches are not made, or may not be
 * @param text one sentence or two
 * @param name of the thing; empty for the whole cluster
 */
record Trouble(boolean isSevere, String text, Kind about, Optional<String> name) {
  /** What it is about. */
  enum Kind {
    NODE,
    STORAGE,
    QUEUE,
    CALLBACKS,
    FETCHES
  }
}
