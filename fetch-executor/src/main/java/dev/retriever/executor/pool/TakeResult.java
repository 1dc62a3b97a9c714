package dev.retriever.executor.pool;

/** What {@link AttemptTable#take} did with an attempt that another node has dispatched. */
enum TakeResult {
  /** The attempt holds a permit now. */
  TAKEN,
  /** The pool has no permit left. */
  NO_ROOM,
  /** The pool has a permit, but the target of the attempt has no room. */
  TARGET_FULL,
  /** The table holds the attempt already; the dispatch is a repetition and changes nothing. */
  KNOWN,
  /** The attempt was cancelled, or its status was asked for, before its dispatch came. */
  FENCED
}
