package dev.retriever.origin;

import java.time.Instant;
import java.util.Optional;

/**
 * One alarm of an origin, as a list shows it.
 *
 * @param id of the users' alarm; of the fetch that is guarded; or, for {@code HANDLE}, the key of
 *     what is unhandled
 * @param due when it rings; past for one that waits for room, or whose ring is on its way
 * @param scheduled the users' alarm; empty for those that an origin sets itself
 */
public record AlarmView(Kind kind, String id, Instant due, Optional<ScheduledAlarm> scheduled) {
  /** What an alarm is for. Ids are unique within a kind. */
  public enum Kind {
    /** Its continuation is to be run: set by a handler. */
    USER,
    /** A fetch that has not settled by then settles as it stands. */
    DEADLINE,
    /** An attempt on which no report came by then is given up. */
    BACKSTOP,
    /** An attempt of a fetch may start. */
    START,
    /** A continuation that failed is to be tried again. */
    HANDLE
  }
}
