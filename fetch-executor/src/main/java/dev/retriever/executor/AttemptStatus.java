package dev.retriever.executor;

/** What a pool can say of an attempt that it was asked about. */
public enum AttemptStatus {
  /** Under way; its report will come. */
  RUNNING,
  /** Over; its report is being sent until acknowledged. */
  REPORTED,
  /**
   * Not begun and, having been asked for, never to begin: proof that nothing was sent by this pool,
   * provided that no report on the attempt was acknowledged.
   */
  NEVER_BEGAN,
  /** Nobody can say any more. */
  UNKNOWN
}
