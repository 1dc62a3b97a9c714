package dev.retriever.origin.queue.core;

/** A grant that is not over. */
final class Grant {
  final long grantNo;
  final int slot;
  final KeyState key;

  /** The line that it was given to; null when it was given before this incarnation. */
  final LineState line;

  /** What it has cost; null when it was given before this incarnation. */
  final Candidates.Paid paid;

  /** Whether the origin may have to be woken for it. */
  final boolean asleep;

  State state;

  /** Whether its end alone judges a breaker that is half open. */
  boolean probe;

  /** How many grants of its line had come back in a row before it was answered. */
  int cameBack;

  /** The same for the whole queue. */
  int queueCameBack;

  Timers.Due<Grant> life;

  Grant(
      long grantNo,
      int slot,
      KeyState key,
      LineState line,
      Candidates.Paid paid,
      boolean asleep,
      State state) {
    this.grantNo = grantNo;
    this.slot = slot;
    this.key = key;
    this.line = line;
    this.paid = paid;
    this.asleep = asleep;
    this.state = state;
  }

  /** What is known of it. */
  enum State {
    UNANSWERED,
    RUNNING,
    /** Its attempt was given up, and may still run. */
    LINGERING
  }

  boolean isUnanswered() {
    return state == State.UNANSWERED;
  }
}
