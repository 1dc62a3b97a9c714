package dev.retriever.origin.queue.core;

/**
 * Stops the whole queue for a moment when executors have no room, whichever line is asked. Then it
 * tries with single grants, until one attempt has begun.
 */
final class NoRoom {
  /** So many grants that came back in a row. */
  private static final int MANY = 8;

  private int inRow;
  private long until;

  /** A grant came back for want of room; so had as many in a row before it was answered. */
  void cameBack(int before, Now now) {
    inRow = Math.max(inRow, before) + 1;
    wait(now);
  }

  /** A grant was given. */
  void given(Now now) {
    wait(now);
  }

  private void wait(Now now) {
    if (inRow >= MANY) {
      until = now.micros() + LineState.backOff(inRow - MANY);
    }
  }

  /** An attempt has begun. */
  int began() {
    int before = inRow;
    inRow = 0;
    return before;
  }

  boolean stops(Now now) {
    return inRow >= MANY && now.micros() < until;
  }

  long until() {
    return until;
  }
}
