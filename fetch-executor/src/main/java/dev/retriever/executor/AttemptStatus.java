package dev.retriever.executor;

/** The answer of a pool that is asked about an attempt. */
public enum AttemptStatus {
  /** The attempt is under way; its report will come. */
  RUNNING,
  /** The attempt is over; its report is sent until it is acknowledged. */
  REPORTED,
  /**
   * The attempt has not begun and, after this answer, never begins. So this pool has sent nothing,
   * provided that no report on the attempt was acknowledged.
   */
  NEVER_BEGAN,
  /** The pool no longer knows. */
  UNKNOWN
}
