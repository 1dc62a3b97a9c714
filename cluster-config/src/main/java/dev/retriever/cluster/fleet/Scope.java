package dev.retriever.cluster.fleet;

/** How much a node is asked to report. */
enum Scope {
  /** What it is doing now, with a quarter of an hour in steps, for an overview. */
  HISTORY,
  /** All that is shown of one node, which its shards are asked for. */
  NODE
}
