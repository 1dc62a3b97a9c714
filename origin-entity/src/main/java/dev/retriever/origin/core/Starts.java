package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Alarms;
import dev.retriever.origin.core.room.Full;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * When attempts may start: a book for each pool, and for each target in it. Due starts may have to
 * wait for room in a pool or for a target, and must not hold up the others. Immutable.
 *
 * @param books by the name of the pool; none of them is empty
 * @param lanes the same by target
 */
public record Starts(
    PMap<Optional<String>, Alarms<OwnAlarm>> books, PMap<Optional<String>, Lanes> lanes) {
  static Starts none() {
    return new Starts(HashTreePMap.empty(), HashTreePMap.empty());
  }

  public Starts schedule(PendingFetch fetch, Instant due) {
    var ownAlarm = alarmOf(fetch);
    var alarm = new Alarm<>(ownAlarm.alarmId(), due, ownAlarm);
    return with(
        fetch, book(fetch).schedule(alarm), lanes(fetch).schedule(fetch.lane().target(), alarm));
  }

  Starts cancel(PendingFetch fetch) {
    var id = alarmOf(fetch).alarmId();
    return book(fetch).get(id).isEmpty()
        ? this
        : with(fetch, book(fetch).cancel(id), lanes(fetch).cancel(fetch.lane().target(), id));
  }

  /** When the next attempt of that fetch is due; empty if none waits to start. */
  public Optional<Instant> dueOf(PendingFetch fetch) {
    return book(fetch).get(alarmOf(fetch).alarmId()).map(Alarm::due);
  }

  Optional<Alarm<OwnAlarm>> get(String alarmId) {
    return books.values().stream().flatMap(book -> book.get(alarmId).stream()).findAny();
  }

  /** When the earliest start is due, without full pools and targets. */
  public Optional<Instant> next(Full aside) {
    return lanes.entrySet().stream()
        .filter(pool -> !aside.has(pool.getKey()))
        .flatMap(pool -> pool.getValue().next(at -> aside.has(pool.getKey(), at)).stream())
        .min(Comparator.naturalOrder());
  }

  /**
   * The starts due by then, at most {@code limit} of each target in each pool.
   *
   * @param full may grow meanwhile
   */
  public InTurn inTurn(Instant until, int limit, Full full) {
    var each = new LinkedHashMap<Optional<String>, Iterator<Alarm<OwnAlarm>>>();
    lanes.forEach(
        (pool, targets) -> each.put(pool, targets.due(until, limit, at -> full.has(pool, at))));
    return new InTurn(each, full);
  }

  /** The earliest start after {@code now}. */
  Optional<Instant> nextAfter(Instant now) {
    var later = AlarmFilter.ALL.dueFrom(now.plusNanos(1)).atMost(1);
    return books.values().stream()
        .flatMap(book -> book.list(later).stream())
        .map(Alarm::due)
        .min(Comparator.naturalOrder());
  }

  /** The starts due at {@code now}, earliest first, at most {@code limit} of each pool. */
  public List<Alarm<OwnAlarm>> due(Instant now, int limit) {
    return earliestFirst(book -> book.due(now, limit));
  }

  /** The earliest starts, due or not, at most {@code count} of each pool. */
  public List<Alarm<OwnAlarm>> earliest(int count) {
    return earliestFirst(book -> book.earliest(count));
  }

  /** The starts that {@link Alarms#list} gives, earliest first, with the limit for each pool. */
  List<Alarm<OwnAlarm>> list(AlarmFilter filter, Predicate<OwnAlarm> wanted) {
    return earliestFirst(book -> book.list(filter, wanted));
  }

  private List<Alarm<OwnAlarm>> earliestFirst(
      Function<Alarms<OwnAlarm>, List<Alarm<OwnAlarm>>> part) {
    return books.values().stream()
        .flatMap(book -> part.apply(book).stream())
        .sorted(Comparator.comparing(Alarm::due))
        .toList();
  }

  private Alarms<OwnAlarm> book(PendingFetch fetch) {
    return books.getOrDefault(fetch.spec().executor(), Alarms.none());
  }

  private Lanes lanes(PendingFetch fetch) {
    return lanes.getOrDefault(fetch.spec().executor(), Lanes.none());
  }

  private Starts with(PendingFetch fetch, Alarms<OwnAlarm> book, Lanes targets) {
    var pool = fetch.spec().executor();
    return book.isEmpty()
        ? new Starts(books.minus(pool), lanes.minus(pool))
        : new Starts(books.plus(pool, book), lanes.plus(pool, targets));
  }

  private static OwnAlarm alarmOf(PendingFetch fetch) {
    return new OwnAlarm(OwnAlarm.Kind.START, fetch.id());
  }

  /** Goes through the starts of several pools, earliest first, without pools that turn out full. */
  public static final class InTurn {
    private final Map<Optional<String>, Peeking<Alarm<OwnAlarm>>> pools = new LinkedHashMap<>();
    private final Full full;

    /**
     * @param full may grow meanwhile
     */
    InTurn(Map<Optional<String>, Iterator<Alarm<OwnAlarm>>> pools, Full full) {
      pools.forEach((pool, starts) -> this.pools.put(pool, new Peeking<>(starts)));
      this.full = full;
    }

    /** The next start; its target may have become full since. */
    public Optional<Alarm<OwnAlarm>> next() {
      Peeking<Alarm<OwnAlarm>> earliest = null;
      for (var pool : pools.entrySet()) {
        if (!full.has(pool.getKey()) && isEarlier(pool.getValue(), earliest)) {
          earliest = pool.getValue();
        }
      }
      return Optional.ofNullable(earliest).map(Peeking::take);
    }

    private static boolean isEarlier(
        Peeking<Alarm<OwnAlarm>> starts, Peeking<Alarm<OwnAlarm>> than) {
      return starts.peek() != null
          && (than == null || starts.peek().due().isBefore(than.peek().due()));
    }
  }
}
