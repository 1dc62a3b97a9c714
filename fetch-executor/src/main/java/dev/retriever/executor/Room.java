package dev.retriever.executor;

/** The answer of a pool to a request for a permit. */
public enum Room {
  /** The attempt holds a permit now. */
  RESERVED,
  /** The pool has no permit left for any target. */
  POOL_FULL,
  /** The target has no room; the pool may have permits for other targets. */
  TARGET_FULL,
  /** The attempt holds a permit already, which lapses unless it is used. */
  HELD
}
