package dev.retriever.alarms.calendar;

/**
 * When a local time is due that comes twice, because the clocks are put back. Names are on-disk
 * format.
 */
public enum RepeatedTime {
  /** The first time. */
  FIRST,
  /** The second time. */
  SECOND,
  /** Both times: two ticks, at two instants. */
  BOTH
}
