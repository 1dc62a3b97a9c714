package dev.retriever.origin.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What an origin remembers of fetches that have settled. Immutable, in persistent collections.
 *
 * @param byOrder in the order of their acceptance
 * @param byRow those that may be forgotten in time, by the row of their settlement, which is the
 *     order of it; their places
 * @param held the others, in the same way: something is still to be done with them
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

  /** The same, of which it is known that fetches were forgotten up to that row. */
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

  /** With more known of a fetch that is here. */
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

  /** It must not be forgotten, however old: something is still to be done with it. */
  public SettledFetches held(SettledFetch fetch) {
    return new SettledFetches(
        byOrder, byRow.minus(fetch.row()), held.plus(fetch.row(), fetch.order()), forgotten);
  }

  /** It may be forgotten again. */
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

  /** Those settled after that row, in the order of their settlement. */
  public List<SettledFetch> settledAfter(long row, int limit) {
    var free = new Tail(byRow, row);
    var kept = new Tail(held, row);
    var all = new ArrayList<SettledFetch>();
    while (all.size() < limit && !(free.isOver() && kept.isOver())) {
      all.add(byOrder.get(free.row() < kept.row() ? free.take() : kept.take()));
    }
    return all;
  }

  /** What of a map is behind a row. */
  private static final class Tail {
    private final Iterator<Map.Entry<Long, Long>> rest;
    private Map.Entry<Long, Long> next;

    Tail(SortedMap<Long, Long> rows, long after) {
      rest = rows.tailMap(after + 1).entrySet().iterator();
      advance();
    }

    boolean isOver() {
      return next == null;
    }

    long row() {
      return isOver() ? Long.MAX_VALUE : next.getKey();
    }

    long take() {
      var order = next.getValue();
      advance();
      return order;
    }

    private void advance() {
      next = rest.hasNext() ? rest.next() : null;
    }
  }

  public int size() {
    return byOrder.size();
  }

  /** The places of those that settled first and are wanted, up to the first that is not. */
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
