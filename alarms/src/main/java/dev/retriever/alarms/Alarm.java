package dev.retriever.alarms;

import java.time.Instant;

/**
 * One alarm. It fires at or after {@code due}, and its owner then handles {@code payload}. The id
 * is unique in its book.
 *
 * @param payload appears in {@code toString}, so its own {@code toString} must show no secrets
 */
public record Alarm<P>(String id, Instant due, P payload) {
  /** Whether the alarm is due at {@code now} or earlier. */
  public boolean isDue(Instant now) {
    return !now.isBefore(due);
  }
}
