package dev.retriever.alarms;

import java.time.Instant;

/**
 * One alarm: at or after {@code due}, its owner is to look at {@code payload}. The id is unique in
 * its book.
 */
public record Alarm<P>(String id, Instant due, P payload) {
  /** Due at that very instant counts as due. */
  public boolean isDue(Instant now) {
    return !now.isBefore(due);
  }
}
