package dev.retriever.alarms.calendar;

/**
 * When a local time is due that does not exist, because the clocks are put forward over it. Names
 * are on-disk format.
 */
public enum SkippedTime {
  /** At the moment at which the clocks are put forward: the first one after the gap. */
  AFTER,
  /** One minute before the clocks are put forward: the last whole minute before the gap. */
  BEFORE,
  /** Not on that day. */
  SKIP
}
