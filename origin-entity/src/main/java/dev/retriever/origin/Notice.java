package dev.retriever.origin;

/** The events that origins count, with their names in {@code /stats}. */
public enum Notice {
  ACCEPTED,
  ANSWERED,
  FAILED,
  UNKNOWN,
  CANCELLED,
  /** Settled by a time limit: of the last attempt, or of the whole fetch. */
  TIMED_OUT,
  /** An attempt was given up because its executor did not report. */
  ATTEMPTS_LOST,
  /** A report came after its attempt was given up, and was kept. */
  LATE,
  /** A report came again, with the same content. */
  DUPLICATE_REPORTS,
  /** A report came again with other content than the first. This should never happen. */
  CONTRADICTING_REPORTS,
  /** A report on a fetch or an attempt that this origin never had. */
  STRAY_REPORTS,
  /** An answer, a time limit or a cancel came second. */
  LOST_RACES,
  /** An alarm of the users fired. */
  ALARMS_FIRED,
  /** A continuation failed, and is tried again. */
  HANDLING_FAILED,
  /** A continuation failed for the last time, and waits until it is redriven. */
  PARKED
}
