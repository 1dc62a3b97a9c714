package dev.retriever.origin.simulation.trace;

import dev.retriever.origin.Outcome;

/** What is rare, and must have been seen over many runs, or they tried too little. */
public enum CoverageMark {
  ANSWERED("a fetch was answered"),
  FAILED("a fetch failed: proved not processed"),
  UNKNOWN("of a fetch nobody knows whether it was processed"),
  CANCELLED("a fetch was taken back"),
  CANCEL_WON("a caller's cancel came first"),
  CANCEL_LOST("a caller's cancel came too late"),
  WAITED_FOR_ROOM("a fetch was accepted when no executor had room for it"),
  SCHEDULED("a fetch was accepted that is to begin later"),
  MOVED("the time of a fetch was moved"),
  TOLD("a callback was accepted with an outcome"),
  DUE("a scheduled fetch joined its queue, or was brought forward"),
  TICKED("a schedule made a fetch"),
  TICK_WITHOUT_FETCH("a tick made no fetch, or waited"),
  TICK_PASSED_OVER("late ticks of a schedule, or those of a pause, were passed over"),
  EXHAUSTED("all attempts of a fetch were used up"),
  LATE_ANSWER("an answer came after its attempt had been given up, and was kept"),
  LATE_ANSWER_HEARD("a handler heard a late answer"),
  ATTEMPT_LOST("an attempt was given up because its executor was gone"),
  LOST_BY_BACKSTOP("an attempt was given up by its backstop alone"),
  AMBIGUOUS_AND_AGAIN("an attempt was ambiguous, and another was made"),
  SENT_AGAIN("a target was sent a fetch more than once"),
  HIT_AFTER_SETTLED("a target was hit when the fetch had settled"),
  HANDLED_AGAIN("a continuation failed, and was to be tried again"),
  PARKED("a continuation was parked"),
  ALARM_RANG("an alarm rang"),
  ALARM_TAKEN_BACK("a caller asked to take an alarm back, and was answered"),
  STALE_WRITER_REFUSED("a writer that was replaced was refused by the primary key"),
  SUBMITTED_AGAIN("a caller repeated a submission that had been accepted"),
  ID_REUSED("a caller submitted something else under an id that was taken"),
  CALLER_NOT_ANSWERED("a caller was not answered"),
  WAITED_UNTIL_SETTLED("in a calm run, a caller waited for a fetch until it settled"),
  SLEPT_WITH_WORK_PENDING("an origin left memory, and is to be woken"),
  SLOT_REFUSED("a start was refused by the primary key of slots"),
  FENCE_REFUSED("a start was refused by the fence of its queue"),
  LINGERED_TO_REPORT("a lingering slot was freed by a late report"),
  LINGERED_TO_TIME("a lingering slot was freed when its time was up"),
  QUEUE_WOKEN("a queue was started by the waker"),
  TOLD_BY_ROWS("a queue learned of a line by reading rows"),
  FORGOTTEN("the purge put one row in the place of an origin of which nothing was needed"),
  STATE_SAVED("the purge saved the state of an origin at rest, and deleted its rows"),
  PURGED_MEANWHILE("an origin in memory was refused rows, as the purge had written one"),
  PURGE_GAVE_WAY("the purge left an origin alone that had written meanwhile");

  private final String words;

  CoverageMark(String words) {
    this.words = words;
  }

  /** The name used in documents: lower case, joined by hyphens. */
  public String label() {
    return TraceWords.label(this);
  }

  /** What was seen, in one sentence without a full stop. */
  public String words() {
    return words;
  }

  public static CoverageMark of(Outcome.Type type) {
    return switch (type) {
      case ANSWERED -> ANSWERED;
      case FAILED -> FAILED;
      case UNKNOWN -> UNKNOWN;
      case CANCELLED -> CANCELLED;
    };
  }
}
