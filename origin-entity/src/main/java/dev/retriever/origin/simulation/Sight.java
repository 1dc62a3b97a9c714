package dev.retriever.origin.simulation;

import dev.retriever.origin.Outcome;

/** What is rare, and must have been seen over many runs, or they tried too little. */
public enum Sight {
  /** A fetch was answered. */
  ANSWERED,
  /** A fetch failed: proved not processed. */
  FAILED,
  /** Of a fetch nobody knows whether it was processed. */
  UNKNOWN,
  /** A fetch was taken back. */
  CANCELLED,
  /** A caller's cancel came first. */
  CANCEL_WON,
  /** A caller's cancel came too late. */
  CANCEL_LOST,
  /** All attempts of a fetch were used up. */
  EXHAUSTED,
  /** An answer came after its attempt had been given up, and was kept. */
  LATE_ANSWER,
  /** An attempt was given up because its executor was gone. */
  ATTEMPT_LOST,
  /** An attempt was given up by its backstop alone. */
  LOST_BY_BACKSTOP,
  /** An attempt was ambiguous, and another was made. */
  AMBIGUOUS_AND_AGAIN,
  /** A target was sent a fetch more than once. */
  SENT_AGAIN,
  /** A target was hit when the fetch had settled. */
  HIT_AFTER_SETTLED,
  /** A continuation failed, and was to be tried again. */
  HANDLED_AGAIN,
  /** A continuation was parked. */
  PARKED,
  /** An alarm rang. */
  ALARM_RANG,
  /** A caller asked to take an alarm back, and was answered. */
  ALARM_TAKEN_BACK,
  /** A writer that was replaced was refused by the primary key. */
  STALE_WRITER_REFUSED,
  /** A caller repeated a submission that had been accepted. */
  SUBMITTED_AGAIN,
  /** A caller submitted something else under an id that was taken. */
  ID_REUSED,
  /** A caller was not answered. */
  CALLER_NOT_ANSWERED,
  /** An origin left memory, and is to be woken. */
  SLEPT_WITH_WORK_PENDING;

  static Sight of(Outcome.Type type) {
    return switch (type) {
      case ANSWERED -> ANSWERED;
      case FAILED -> FAILED;
      case UNKNOWN -> UNKNOWN;
      case CANCELLED -> CANCELLED;
    };
  }
}
