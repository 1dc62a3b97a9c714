package dev.retriever.origin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What an origin remembers of fetches that have settled. Immutable, in persistent collections.
 *
 * @param byOrder in the order of their acceptance
 * @param byAge those that may be forgotten in time, in the order of their settlement: not those
 *     that are held
 */
record SettledFetches(PSortedMap<Long, SettledFetch> byOrder, PSortedMap<Age, Long> byAge) {
  /** When it settled; what settled at the same instant is told apart by its place. */
  record Age(Instant settledAt, long order) {
    private static final Comparator<Age> OLDEST_FIRST =
        Comparator.comparing(Age::settledAt).thenComparingLong(Age::order);

    private static Age of(SettledFetch fetch) {
      return new Age(fetch.settledAt(), fetch.order());
    }
  }

  static SettledFetches none() {
    return new SettledFetches(
        TreePMap.empty(Comparator.<Long>naturalOrder()), TreePMap.empty(Age.OLDEST_FIRST));
  }

  SettledFetches plus(SettledFetch fetch) {
    return new SettledFetches(
        byOrder.plus(fetch.order(), fetch), byAge.plus(Age.of(fetch), fetch.order()));
  }

  /** With more known of a fetch that is here, and of the same age. */
  SettledFetches updated(SettledFetch fetch) {
    return new SettledFetches(byOrder.plus(fetch.order(), fetch), byAge);
  }

  SettledFetches minus(long order) {
    var fetch = byOrder.get(order);
    return fetch == null
        ? this
        : new SettledFetches(byOrder.minus(order), byAge.minus(Age.of(fetch)));
  }

  /** It must not be forgotten, however old: something is still to be done with it. */
  SettledFetches held(SettledFetch fetch) {
    return new SettledFetches(byOrder, byAge.minus(Age.of(fetch)));
  }

  /** It may be forgotten again. */
  SettledFetches released(SettledFetch fetch) {
    return plus(fetch);
  }

  boolean isHeld(SettledFetch fetch) {
    return !byAge.containsKey(Age.of(fetch));
  }

  SettledFetch get(long order) {
    return byOrder.get(order);
  }

  Collection<SettledFetch> values() {
    return byOrder.values();
  }

  SortedMap<Long, SettledFetch> after(long order) {
    return byOrder.tailMap(order + 1);
  }

  int size() {
    return byOrder.size();
  }

  /** The places of those that come first in age and are wanted, up to the first that is not. */
  List<Long> oldest(int limit, Predicate<SettledFetch> wanted) {
    var orders = new ArrayList<Long>();
    for (var order : byAge.values()) {
      if (orders.size() >= limit || !wanted.test(byOrder.get(order))) {
        break;
      }
      orders.add(order);
    }
    return List.copyOf(orders);
  }
}
