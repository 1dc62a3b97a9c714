package dev.retriever.origin.core.lines;

import java.util.Comparator;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What an origin has in one queue. Immutable.
 *
 * @param lines by spot; none of them is empty
 * @param running the orders of fetches with an attempt that the queue has let begin
 * @param holders by key, the order of the fetch that holds it: others of the key wait until it has
 *     settled
 */
public record QueueShare(
    PSortedMap<Spot, SpotLine> lines,
    PSortedMap<Long, Boolean> running,
    PMap<Optional<String>, Long> holders) {
  private static final QueueShare NONE =
      new QueueShare(
          TreePMap.empty(Comparator.<Spot>naturalOrder()),
          TreePMap.empty(Comparator.<Long>naturalOrder()),
          HashTreePMap.empty());

  static QueueShare none() {
    return NONE;
  }

  boolean isNothing() {
    return lines.isEmpty() && running.isEmpty() && holders.isEmpty();
  }

  QueueShare waits(Spot spot, InLine fetch) {
    var line = lines.getOrDefault(spot, SpotLine.none());
    return new QueueShare(
        lines.plus(spot, line.plus(fetch)), running.minus(fetch.order()), holders);
  }

  private PSortedMap<Spot, SpotLine> without(Spot spot, long order) {
    var line = lines.getOrDefault(spot, SpotLine.none()).minus(order);
    return line.isEmpty() ? lines.minus(spot) : lines.plus(spot, line);
  }

  QueueShare runs(Spot spot, long order) {
    return new QueueShare(without(spot, order), running.plus(order, true), holders);
  }

  QueueShare leaves(Spot spot, long order) {
    var freed = holds(spot.key(), order) ? holders.minus(spot.key()) : holders;
    return new QueueShare(without(spot, order), running.minus(order), freed);
  }

  QueueShare held(Optional<String> key, long order) {
    return new QueueShare(lines, running, holders.plus(key, order));
  }

  private boolean holds(Optional<String> key, long order) {
    return Optional.of(order).equals(Optional.ofNullable(holders.get(key)));
  }
}
