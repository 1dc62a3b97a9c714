package dev.retriever.alarms;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The book of one owner's pending alarms. Immutable: every change is a new book, and costs a time
 * logarithmic in the number of alarms. Alarms due at the same instant fire in the order in which
 * they were scheduled.
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

  public static <P> Alarms<P> none() {
    return new Alarms<>(HashTreePMap.empty(), TreePMap.empty(EARLIEST_FIRST), 0);
  }

  /** Adds the alarm; one that stands under the same id is replaced and loses its place in a tie. */
  public Alarms<P> schedule(Alarm<P> alarm) {
    var others = cancel(alarm.id());
    var slot = new Slot(alarm.due(), scheduled);
    return new Alarms<>(
        others.slots.plus(alarm.id(), slot), others.byDue.plus(slot, alarm), scheduled + 1);
  }

  /** The book without that alarm; ask {@link #get} before for what is taken out. */
  public Alarms<P> cancel(String id) {
    var slot = slots.get(id);
    return slot == null ? this : new Alarms<>(slots.minus(id), byDue.minus(slot), scheduled);
  }

  public Optional<Alarm<P>> get(String id) {
    return Optional.ofNullable(slots.get(id)).map(byDue::get);
  }

  /** When to look again: the due time of the earliest alarm. */
  public Optional<Instant> next() {
    return byDue.isEmpty() ? Optional.empty() : Optional.of(byDue.firstKey().due());
  }

  /**
   * Those due at {@code now}, earliest first, at most {@code limit}. They stay in the book until
   * cancelled or replaced.
   */
  public List<Alarm<P>> due(Instant now, int limit) {
    var due = new ArrayList<Alarm<P>>();
    for (var alarm : byDue.values()) {
      if (due.size() >= limit || !alarm.isDue(now)) {
        break;
      }
      due.add(alarm);
    }
    return due;
  }

  public int size() {
    return slots.size();
  }

  public boolean isEmpty() {
    return slots.isEmpty();
  }
}
