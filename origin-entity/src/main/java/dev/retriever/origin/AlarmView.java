package dev.retriever.origin;

import java.time.Instant;
import java.util.Optional;

/**
 * One alarm of an origin, as a list shows it.
 *
 * @param id of the users' alarm; of the fetch, for a time limit or a start; for {@code HANDLE}, the
 *     key of the unhandled cause; or, for {@code TICK}, of the schedule
 * @param due when it fires; in the past for an alarm that waits for room, or is about to fire
 * @param scheduled the users' alarm; empty for an alarm of the origin itself
 */
public record AlarmView(Kind kind, String id, Instant due, Optional<ScheduledAlarm> scheduled) {
  /** What an alarm is for. Ids are unique within a kind. */
  public enum Kind {
    /** An alarm of a handler: its continuation is to run. */
    USER,
    /** The time limit of a fetch: a pending fetch settles as it stands. */
    DEADLINE,
    /** The time limit of an attempt: without a report it is given up. */
    BACKSTOP,
    /** An attempt of a fetch may start. */
    START,
    /** The time of a scheduled fetch has come: it is to wait in its queue. */
    DUE,
    /** A continuation that failed is to be tried again. */
    HANDLE,
    /** A schedule ticks, or goes on with a backfill. */
    TICK,
    /** What a fetch sent and got has not been erased yet: it is tried again. */
    ERASE
  }
}
