package dev.retriever.executor;

/** What came of the wish for a permit. */
public enum Room {
  /** It is had. */
  RESERVED,
  /** The pool has none left, whatever the target. */
  POOL_FULL,
  /** There is none for this target; others may have room. */
  TARGET_FULL,
  /** This very attempt has one already, which lapses unless it is used. */
  HELD
}
