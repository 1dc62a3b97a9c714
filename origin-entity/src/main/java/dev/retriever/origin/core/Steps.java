package dev.retriever.origin.core;

import dev.retriever.origin.Verdict;

/**
 * Takes several decisions about one input, one after the other. Each is made on the state after the
 * ones before it, handlers included.
 */
public interface Steps {
  OriginState state();

  /** Applies a decision, and gives its verdict. */
  Verdict take(Decision decision);

  /** Runs the continuation of the unhandled cause with that key again. */
  void handle(String cause);
}
