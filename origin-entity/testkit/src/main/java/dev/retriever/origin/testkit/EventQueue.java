package dev.retriever.origin.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * Virtual time: runs events in the order of time; events at the same time in the order of
 * scheduling.
 */
final class EventQueue implements ScriptTime {
  /** More events than this at one instant count as an endless loop. */
  private static final int MOST_AT_ONCE = 10_000;

  private record Event(Instant at, long number, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparing(Event::at).thenComparingLong(Event::number));
  private Instant now;
  private long numbered;
  private int atThisInstant;

  EventQueue(Instant start) {
    this.now = start;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void after(Duration delay, Runnable action) {
    at(now.plus(delay), action);
  }

  /** Schedules an event. One that is due already happens now, after the events scheduled before. */
  void at(Instant due, Runnable action) {
    events.add(new Event(due.isBefore(now) ? now : due, numbered++, action));
  }

  /** Runs all events that are due until then, inclusive. */
  void runUntil(Instant until) {
    atThisInstant = 0;
    while (!events.isEmpty() && !events.peek().at().isAfter(until)) {
      var event = events.remove();
      atThisInstant = event.at().equals(now) ? atThisInstant + 1 : 0;
      if (atThisInstant > MOST_AT_ONCE) {
        throw new AssertionError(
            "more than "
                + MOST_AT_ONCE
                + " things happen at "
                + now
                + ": the origin does not come to rest. Does a handler ask for a fetch, or an alarm,"
                + " that leads back to it at once?");
      }
      now = event.at();
      event.action().run();
    }
    now = until;
  }
}
