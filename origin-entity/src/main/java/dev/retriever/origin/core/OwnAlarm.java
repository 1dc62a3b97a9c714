package dev.retriever.origin.core;

/**
 * An alarm of the origin itself. There is at most one of each kind and id.
 *
 * @param id of the fetch; for {@code HANDLE}, the key of the cause; for {@code TICK}, of the
 *     schedule
 */
public record OwnAlarm(Kind kind, String id) {
  public enum Kind {
    /** The fetch's deadline and grace are over: it settles as it stands. */
    DEADLINE,
    /** The open attempt's time limit and grace are over: its executor is taken for lost. */
    BACKSTOP,
    /** An attempt may start. */
    START,
    /** The time of a scheduled fetch has come: it is to wait in its queue. */
    DUE,
    /** A continuation that failed is to be tried again. */
    HANDLE,
    /** A schedule ticks, or goes on with a backfill. */
    TICK,
    /** What the fetch sent and got has not been erased yet: it is to be tried again. */
    ERASE
  }

  public String alarmId() {
    return kind + "/" + id;
  }
}
