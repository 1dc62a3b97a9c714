package dev.retriever.cluster.fleet;

/** How much a node is asked to report. */
enum Scope {
  /** What it is doing now, for an overview. */
  NOW,
  /** The same, with a quarter of an hour in steps. */
  HISTORY,
  /** All that is shown of one node, which its shards are asked for. */
  NODE
}
