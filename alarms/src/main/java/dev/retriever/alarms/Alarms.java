package dev.retriever.alarms;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The book of one owner's pending alarms. Immutable: every change makes a new book, in a time
 * logarithmic in the number of alarms. Alarms due at the same instant fire in the order in which
 * they were scheduled. The book has no limit; its owner checks the {@link #size}.
 *
 * @param <P> what the owner handles when an alarm fires
 */
public final class Alarms<P> {
  private record Slot(Instant due, long order) {}

  private static final Comparator<Slot> EARLIEST_FIRST =
      Comparator.comparing(Slot::due).thenComparingLong(Slot::order);

  private final PMap<String, Slot> slots;
  private final PSortedMap<Slot, Alarm<P>> byDue;
  private final long scheduled;

  private Alarms(PMap<String, Slot> slots, PSortedMap<Slot, Alarm<P>> byDue, long scheduled) {
    this.slots = slots;
    this.byDue = byDue;
    this.scheduled = scheduled;
  }

  /** The book without alarms. */
  public static <P> Alarms<P> none() {
    return new Alarms<>(HashTreePMap.empty(), TreePMap.empty(EARLIEST_FIRST), 0);
  }

  /** Adds the alarm. It replaces one with the same id, and comes last among those due at once. */
  public Alarms<P> schedule(Alarm<P> alarm) {
    var others = cancel(alarm.id());
    var slot = new Slot(alarm.due(), scheduled);
    return new Alarms<>(
        others.slots.plus(alarm.id(), slot), others.byDue.plus(slot, alarm), scheduled + 1);
  }

  /** The book without that alarm, or this book if it has no such alarm. */
  public Alarms<P> cancel(String id) {
    var slot = slots.get(id);
    return slot == null ? this : new Alarms<>(slots.minus(id), byDue.minus(slot), scheduled);
  }

  /** The alarm with that id. A due alarm stays in the book until it is cancelled or replaced. */
  public Optional<Alarm<P>> get(String id) {
    return Optional.ofNullable(slots.get(id)).map(byDue::get);
  }

  /** When to look again: the due time of the earliest alarm, which may be past. */
  public Optional<Instant> next() {
    return byDue.isEmpty() ? Optional.empty() : Optional.of(byDue.firstKey().due());
  }

  /**
   * The alarms due at {@code now} or before, earliest first, at most {@code limit}; none if the
   * limit is negative. They stay in the book until they are cancelled or replaced.
   */
  public List<Alarm<P>> due(Instant now, int limit) {
    return list(AlarmFilter.ALL.dueUntil(now).atMost(Math.max(limit, 0)));
  }

  /**
   * The earliest alarms, due or not, in the order in which they would fire, at most {@code count}.
   *
   * @throws IllegalArgumentException if the count is negative
   */
  public List<Alarm<P>> earliest(int count) {
    return list(AlarmFilter.ALL.atMost(count));
  }

  /** The alarms that match the filter, in the order in which they would fire. */
  public List<Alarm<P>> list(AlarmFilter filter) {
    return list(filter, payload -> true);
  }

  /**
   * The alarms that match the filter and have a wanted payload, in the order in which they would
   * fire. It finds {@code from} in a time logarithmic in the size of the book. From there the time
   * is linear in the alarms up to the last one listed, wanted or not.
   *
   * @return a new list, at most {@code filter.limit()} long
   */
  public List<Alarm<P>> list(AlarmFilter filter, Predicate<? super P> wanted) {
    var listed = new ArrayList<Alarm<P>>();
    for (var alarm : byDue.tailMap(new Slot(filter.from(), 0), true).values()) {
      if (listed.size() >= filter.limit() || alarm.due().isAfter(filter.until())) {
        break;
      }
      if (alarm.id().startsWith(filter.idPrefix()) && wanted.test(alarm.payload())) {
        listed.add(alarm);
      }
    }
    return listed;
  }

  /** The number of alarms in the book, due or not. */
  public int size() {
    return slots.size();
  }

  /** Whether the book has no alarm. */
  public boolean isEmpty() {
    return slots.isEmpty();
  }

  /**
   * Equal when the same alarms were scheduled in the same order, including those cancelled since.
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Alarms<?> book
        && scheduled == book.scheduled
        && slots.equals(book.slots)
        && byDue.equals(book.byDue);
  }

  @Override
  public int hashCode() {
    return slots.hashCode();
  }

  /** Ids and due times only. */
  @Override
  public String toString() {
    return "Alarms" + slots;
  }
}
