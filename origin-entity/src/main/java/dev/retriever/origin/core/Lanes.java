package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Alarms;
import dev.retriever.executor.Target;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The starts of one pool, in a book for each target, so that a target without room does not hold up
 * the others. Immutable; a change takes time logarithmic in their number.
 *
 * @param books none of them is empty
 * @param order the same targets, in the order in which their earliest are due
 */
record Lanes(PMap<Target, Alarms<OwnAlarm>> books, PSortedMap<Place, Target> order) {
  private record Place(Instant due, Target target) {}

  private static final Comparator<Place> EARLIEST_FIRST =
      Comparator.comparing(Place::due).thenComparing(Place::target);

  static Lanes none() {
    return new Lanes(HashTreePMap.empty(), TreePMap.empty(EARLIEST_FIRST));
  }

  Lanes schedule(Target target, Alarm<OwnAlarm> alarm) {
    return with(target, book(target).schedule(alarm));
  }

  Lanes cancel(Target target, String alarmId) {
    return with(target, book(target).cancel(alarmId));
  }

  boolean isEmpty() {
    return books.isEmpty();
  }

  private Alarms<OwnAlarm> book(Target target) {
    return books.getOrDefault(target, Alarms.none());
  }

  private Lanes with(Target target, Alarms<OwnAlarm> book) {
    var others = book(target).next().map(due -> order.minus(new Place(due, target))).orElse(order);
    return book.isEmpty()
        ? new Lanes(books.minus(target), others)
        : new Lanes(
            books.plus(target, book),
            others.plus(new Place(book.next().orElseThrow(), target), target));
  }

  /** When the earliest start is due, without these targets. */
  Optional<Instant> next(Predicate<Target> aside) {
    return order.keySet().stream()
        .filter(place -> !aside.test(place.target()))
        .map(Place::due)
        .findFirst();
  }

  /**
   * The starts due by then, earliest first, at most {@code limit} of each target. The predicate is
   * tested as the iteration goes on, so a target can be set aside meanwhile, and few starts are
   * looked at in vain.
   */
  Iterator<Alarm<OwnAlarm>> due(Instant until, int limit, Predicate<Target> aside) {
    return new Merged(until, limit, aside);
  }

  /** The starts of one target. */
  private record Source(Target target, Peeking<Alarm<OwnAlarm>> starts) {
    private Instant due() {
      return starts.peek().due();
    }
  }

  private final class Merged implements Iterator<Alarm<OwnAlarm>> {
    private final Instant until;
    private final int limit;
    private final Predicate<Target> aside;
    private final Peeking<Place> places = new Peeking<>(order.keySet().iterator());
    private final PriorityQueue<Source> sources =
        new PriorityQueue<>(Comparator.comparing(Source::due).thenComparing(Source::target));

    private Merged(Instant until, int limit, Predicate<Target> aside) {
      this.until = until;
      this.limit = limit;
      this.aside = aside;
    }

    private boolean opensNext() {
      var next = places.peek();
      return next != null
          && !next.due().isAfter(until)
          && (sources.isEmpty() || !next.due().isAfter(sources.peek().due()));
    }

    /** Opens the books that may hold the earliest start, and drops targets set aside meanwhile. */
    private void settle() {
      while (!sources.isEmpty() && aside.test(sources.peek().target())) {
        sources.poll();
      }
      while (opensNext()) {
        var target = places.take().target();
        if (!aside.test(target)) {
          add(new Source(target, new Peeking<>(book(target).due(until, limit).iterator())));
        }
      }
    }

    @Override
    public boolean hasNext() {
      settle();
      return !sources.isEmpty();
    }

    @Override
    public Alarm<OwnAlarm> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      var source = sources.poll();
      var alarm = source.starts().take();
      add(source);
      return alarm;
    }

    private void add(Source source) {
      if (source.starts().peek() != null) {
        sources.add(source);
      }
    }
  }
}
