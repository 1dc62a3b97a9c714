package dev.retriever.origin.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * The settled fetches that an origin remembers. Immutable, in persistent collections.
 *
 * @param byOrder in the order of their acceptance
 * @param byRow the places in {@code byOrder} of fetches that may be forgotten, by the row of their
 *     settlement
 * @param held the places of the other fetches, whose continuations are unhandled, in the same way
 * @param forgotten the latest row of a settlement that is no longer here, or 0
 */
public record SettledFetches(
    PSortedMap<Long, SettledFetch> byOrder,
    PSortedMap<Long, Long> byRow,
    PSortedMap<Long, Long> held,
    long forgotten) {

  static SettledFetches none() {
    return new SettledFetches(sorted(), sorted(), sorted(), 0);
  }

  private static <V> PSortedMap<Long, V> sorted() {
    return TreePMap.empty(Comparator.<Long>naturalOrder());
  }

  /** The same, with fetches forgotten up to that row. */
  public SettledFetches forgottenTo(long row) {
    return new SettledFetches(byOrder, byRow, held, row);
  }

  public SettledFetches plus(SettledFetch fetch) {
    return new SettledFetches(
        byOrder.plus(fetch.order(), fetch),
        byRow.plus(fetch.row(), fetch.order()),
        held,
        forgotten);
  }

  /** With a newer version of a fetch that is here. */
  SettledFetches updated(SettledFetch fetch) {
    return new SettledFetches(byOrder.plus(fetch.order(), fetch), byRow, held, forgotten);
  }

  SettledFetches minus(long order) {
    var fetch = byOrder.get(order);
    return fetch == null
        ? this
        : new SettledFetches(
            byOrder.minus(order),
            byRow.minus(fetch.row()),
            held.minus(fetch.row()),
            Math.max(forgotten, fetch.row()));
  }

  /** Keeps the fetch, however old: a continuation of it is unhandled. */
  public SettledFetches held(SettledFetch fetch) {
    return new SettledFetches(
        byOrder, byRow.minus(fetch.row()), held.plus(fetch.row(), fetch.order()), forgotten);
  }

  /** Lets the fetch be forgotten again. */
  SettledFetches released(SettledFetch fetch) {
    return new SettledFetches(
        byOrder, byRow.plus(fetch.row(), fetch.order()), held.minus(fetch.row()), forgotten);
  }

  boolean isHeld(SettledFetch fetch) {
    return held.containsKey(fetch.row());
  }

  public SettledFetch get(long order) {
    return byOrder.get(order);
  }

  public Collection<SettledFetch> values() {
    return byOrder.values();
  }

  public SortedMap<Long, SettledFetch> after(long order) {
    return byOrder.tailMap(order + 1);
  }

  /** The fetches settled after that row, without callbacks, in the order of settlement. */
  public List<SettledFetch> toldAfter(long row, int limit) {
    var free = after(byRow, row);
    var kept = after(held, row);
    var all = new ArrayList<SettledFetch>();
    while (all.size() < limit && (free.peek() != null || kept.peek() != null)) {
      var next = byOrder.get((row(free) < row(kept) ? free : kept).take().getValue());
      if (!next.callback()) {
        all.add(next);
      }
    }
    return all;
  }

  private static Peeking<Map.Entry<Long, Long>> after(SortedMap<Long, Long> rows, long row) {
    return new Peeking<>(rows.tailMap(row + 1).entrySet().iterator());
  }

  private static long row(Peeking<Map.Entry<Long, Long>> rows) {
    return rows.peek() == null ? Long.MAX_VALUE : rows.peek().getKey();
  }

  /** The latest row of a settlement, forgotten or not; 0 before the first. */
  long latest() {
    return Stream.of(byRow, held)
        .filter(rows -> !rows.isEmpty())
        .mapToLong(SortedMap::lastKey)
        .reduce(forgotten, Math::max);
  }

  /** The fetch that settled last, of those that are here. */
  Optional<SettledFetch> newest() {
    return Stream.of(byRow, held)
        .filter(rows -> !rows.isEmpty())
        .map(rows -> byOrder.get(rows.get(rows.lastKey())))
        .max(Comparator.comparing(SettledFetch::row));
  }

  public int size() {
    return byOrder.size();
  }

  /** The places of the fetches that settled first, up to the first that is not wanted. */
  List<Long> oldest(int limit, Predicate<SettledFetch> wanted) {
    var orders = new ArrayList<Long>();
    for (var order : byRow.values()) {
      if (orders.size() >= limit || !wanted.test(byOrder.get(order))) {
        break;
      }
      orders.add(order);
    }
    return List.copyOf(orders);
  }
}
