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
 * @param later how many fetches will wait in a line when their time has come; none of them is 0
 */
public record QueueShare(
    PSortedMap<Spot, SpotLine> lines,
    PSortedMap<Long, Boolean> running,
    PMap<Optional<String>, Long> holders,
    PMap<Spot, Integer> later) {
  private static final QueueShare NONE =
      new QueueShare(
          TreePMap.empty(Comparator.<Spot>naturalOrder()),
          TreePMap.empty(Comparator.<Long>naturalOrder()),
          HashTreePMap.empty(),
          HashTreePMap.empty());

  static QueueShare none() {
    return NONE;
  }

  boolean isNothing() {
    return lines.isEmpty() && running.isEmpty() && holders.isEmpty() && later.isEmpty();
  }

  QueueShare waits(Spot spot, InLine fetch) {
    var line = lines.getOrDefault(spot, SpotLine.none());
    return new QueueShare(
        lines.plus(spot, line.plus(fetch)), running.minus(fetch.order()), holders, later);
  }

  private PSortedMap<Spot, SpotLine> without(Spot spot, long order) {
    var line = lines.getOrDefault(spot, SpotLine.none()).minus(order);
    return line.isEmpty() ? lines.minus(spot) : lines.plus(spot, line);
  }

  QueueShare runs(Spot spot, long order) {
    return new QueueShare(without(spot, order), running.plus(order, true), holders, later);
  }

  QueueShare leaves(Spot spot, long order) {
    var freed = holds(spot.key(), order) ? holders.minus(spot.key()) : holders;
    return new QueueShare(without(spot, order), running.minus(order), freed, later);
  }

  QueueShare held(Optional<String> key, long order) {
    return new QueueShare(lines, running, holders.plus(key, order), later);
  }

  /** Another fetch will wait there. */
  QueueShare reserved(Spot spot) {
    return withLater(later.plus(spot, later.getOrDefault(spot, 0) + 1));
  }

  /** One fetch less will wait there. */
  QueueShare unreserved(Spot spot) {
    var left = later.getOrDefault(spot, 0) - 1;
    return withLater(left > 0 ? later.plus(spot, left) : later.minus(spot));
  }

  private QueueShare withLater(PMap<Spot, Integer> reservations) {
    return new QueueShare(lines, running, holders, reservations);
  }

  /** How many lines there are, and will be when the time of each fetch has come. */
  int spots() {
    var now = lines.size();
    return later.isEmpty()
        ? now
        : now + (int) later.keySet().stream().filter(spot -> !lines.containsKey(spot)).count();
  }

  boolean has(Spot spot) {
    return lines.containsKey(spot) || later.containsKey(spot);
  }

  private boolean holds(Optional<String> key, long order) {
    return Optional.of(order).equals(Optional.ofNullable(holders.get(key)));
  }
}
