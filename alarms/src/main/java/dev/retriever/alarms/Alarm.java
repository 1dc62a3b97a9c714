package dev.retriever.alarms;

import java.time.Instant;

/**
 * One alarm: at or after {@code due}, its owner is to look at {@code payload}. The id is unique in
 * its book.
 *
 * @param payload shown by {@code toString}: let its own show no secrets
 */
public record Alarm<P>(String id, Instant due, P payload) {
  /** Whether it is due at {@code now}: earlier, or at that very instant. */
  public boolean isDue(Instant now) {
    return !now.isBefore(due);
  }
}
