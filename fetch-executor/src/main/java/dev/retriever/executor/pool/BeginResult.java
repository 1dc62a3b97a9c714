package dev.retriever.executor.pool;

/** What {@link AttemptTable#begin} decided about an attempt. */
enum BeginResult {
  /** The attempt begins now. */
  BEGUN,
  /**
   * The reservation is too old, or the node is stopping. The attempt does not begin and is reported
   * as not sent.
   */
  TOO_LATE,
  /**
   * The reservation has lapsed, or the origin was told that the attempt never began. The attempt
   * does not begin and is reported as not sent, because its origin waits for a report.
   */
  FENCED,
  /** The attempt has begun before, or holds no reservation. It is not reported again. */
  REFUSED
}
