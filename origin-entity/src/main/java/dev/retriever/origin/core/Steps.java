package dev.retriever.origin.core;

import dev.retriever.origin.Verdict;

/**
 * Where the decisions about one input go that come to several fetches: each is made on the state
 * that the ones before it left, handlers included.
 */
public interface Steps {
  OriginState state();

  /** Gives its verdict. */
  Verdict take(Decision decision);

  /** The continuation of what is unhandled under that key is tried again. */
  void handle(String cause);
}
