package dev.retriever.origin;

/**
 * Where the decisions about one input go that come to several fetches: each is made on the state
 * that the ones before it left, handlers included.
 */
interface Steps {
  OriginState state();

  void take(Decision decision);
}
