package dev.retriever.origin;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Alarms;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * When attempts may start: a book for each pool of executors that fetches ask for, because those
 * due may have to wait for room in one pool, and those of the others must not. Immutable.
 *
 * @param books by the name of the pool; none of them is empty
 */
record Starts(PMap<Optional<String>, Alarms<Guard>> books) {
  static Starts none() {
    return new Starts(HashTreePMap.empty());
  }

  Starts schedule(PendingFetch fetch, Instant due) {
    var guard = guard(fetch);
    return with(fetch, book(fetch).schedule(new Alarm<>(guard.alarmId(), due, guard)));
  }

  Starts cancel(PendingFetch fetch) {
    return with(fetch, book(fetch).cancel(guard(fetch).alarmId()));
  }

  Optional<Alarm<Guard>> get(String alarmId) {
    return books.values().stream().flatMap(book -> book.get(alarmId).stream()).findAny();
  }

  /** When to look again, leaving aside these pools. */
  Optional<Instant> next(Set<Optional<String>> aside) {
    return books.entrySet().stream()
        .filter(book -> !aside.contains(book.getKey()))
        .flatMap(book -> book.getValue().next().stream())
        .min(Comparator.naturalOrder());
  }

  /** The earliest that is later than that. */
  Optional<Instant> nextAfter(Instant now) {
    var later = AlarmFilter.ALL.dueFrom(now.plusNanos(1)).atMost(1);
    return books.values().stream()
        .flatMap(book -> book.list(later).stream())
        .map(Alarm::due)
        .min(Comparator.naturalOrder());
  }

  /** Those due at {@code now}, earliest first, at most {@code limit} of each pool. */
  List<Alarm<Guard>> due(Instant now, int limit) {
    return earliestFirst(book -> book.due(now, limit));
  }

  /** Due or not, earliest first, at most {@code count} of each pool. */
  List<Alarm<Guard>> earliest(int count) {
    return earliestFirst(book -> book.earliest(count));
  }

  /** Those that {@link Alarms#list} gives, earliest first, with the limit for each pool. */
  List<Alarm<Guard>> list(AlarmFilter filter, Predicate<Guard> wanted) {
    return earliestFirst(book -> book.list(filter, wanted));
  }

  private List<Alarm<Guard>> earliestFirst(Function<Alarms<Guard>, List<Alarm<Guard>>> part) {
    return books.values().stream()
        .flatMap(book -> part.apply(book).stream())
        .sorted(Comparator.comparing(Alarm::due))
        .toList();
  }

  private Alarms<Guard> book(PendingFetch fetch) {
    return books.getOrDefault(fetch.spec().executor(), Alarms.none());
  }

  private Starts with(PendingFetch fetch, Alarms<Guard> book) {
    var pool = fetch.spec().executor();
    return new Starts(book.isEmpty() ? books.minus(pool) : books.plus(pool, book));
  }

  private static Guard guard(PendingFetch fetch) {
    return new Guard(Guard.Kind.START, fetch.id());
  }
}
