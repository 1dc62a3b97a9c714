package dev.retriever.origin.core.lines;

import dev.retriever.origin.QueueChoice;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * What an origin has in its queues. A fetch with a queue is here from its acceptance to its
 * settlement: it will wait when its time has come, it waits, or an attempt of it is open.
 * Immutable; a change takes time logarithmic in the number of fetches.
 *
 * @param shares by the name of the queue; none of them is nothing
 * @param used by the name of the queue, the highest number of a grant that an attempt began with
 */
public record WaitingLines(PSortedMap<String, QueueShare> shares, PSortedMap<String, Long> used) {
  /** Most lines of an origin in one queue. */
  public static final int MOST = 1_000;

  /**
   * Of more queues some numbers are forgotten. The database refuses what comes of a grant that is
   * used twice.
   */
  private static final int MOST_USED = 1_000;

  public static WaitingLines none() {
    return new WaitingLines(
        TreePMap.empty(Comparator.<String>naturalOrder()),
        TreePMap.empty(Comparator.<String>naturalOrder()));
  }

  /** What there is in that queue. */
  public QueueShare of(String queue) {
    return shares.getOrDefault(queue, QueueShare.none());
  }

  private WaitingLines with(String queue, QueueShare share) {
    return new WaitingLines(
        share.isNothing() ? shares.minus(queue) : shares.plus(queue, share), used);
  }

  /** The fetch waits for its next attempt. */
  public WaitingLines waits(String queue, Spot spot, InLine fetch) {
    return with(queue, of(queue).waits(spot, fetch));
  }

  /** An attempt of the fetch is open. */
  public WaitingLines runs(String queue, Spot spot, long order) {
    return with(queue, of(queue).runs(spot, order));
  }

  /** The fetch has settled. */
  public WaitingLines leaves(String queue, Spot spot, long order) {
    return with(queue, of(queue).leaves(spot, order));
  }

  /** A fetch will wait there when its time has come. */
  public WaitingLines reserved(String queue, Spot spot) {
    return with(queue, of(queue).reserved(spot));
  }

  /** The time of a fetch that was to wait there has come, or it has settled. */
  public WaitingLines unreserved(String queue, Spot spot) {
    return with(queue, of(queue).unreserved(spot));
  }

  /** The fetch holds its key until it settles. */
  public WaitingLines held(String queue, Optional<String> key, long order) {
    return with(queue, of(queue).held(key, order));
  }

  /** An attempt began with that grant. */
  public WaitingLines used(String queue, long grantNo) {
    var numbers = used.plus(queue, Math.max(grantNo, used(queue)));
    if (numbers.size() > MOST_USED) {
      var first = numbers.firstKey();
      numbers = numbers.minus(first.equals(queue) ? numbers.lastKey() : first);
    }
    return new WaitingLines(shares, numbers);
  }

  /** The highest number of a grant of that queue that an attempt began with; 0 for none. */
  public long used(String queue) {
    return used.getOrDefault(queue, 0L);
  }

  /**
   * Whether the queue has as many lines as may be, and that spot is not among them. A line that a
   * scheduled fetch will wait in counts: when its time has come, it cannot be refused.
   */
  public boolean isFull(String queue, Spot spot) {
    var share = of(queue);
    return share.spots() >= MOST && !share.has(spot);
  }

  /** Whether a fetch waits there, ready or not. */
  public boolean isWaiting(String queue, Spot spot) {
    return of(queue).lines().containsKey(spot);
  }

  /** The order of the fetch that a grant for that spot lets begin. */
  public Optional<Long> next(String queue, Spot spot, Instant now) {
    return Optional.ofNullable(of(queue).lines().get(spot))
        .flatMap(line -> line.next(now))
        .map(InLine::order);
  }

  /**
   * The same when one fetch of a key runs at a time: the one that holds the key goes first,
   * whatever its priority, and others wait until it has settled.
   */
  public Optional<Long> strictlyNext(String queue, Spot spot, Instant now) {
    var share = of(queue);
    var holder = Optional.ofNullable(share.holders().get(spot.key()));
    return holder.isEmpty()
        ? next(queue, spot, now)
        : IntStream.rangeClosed(1, QueueChoice.LOWEST)
            .mapToObj(priority -> share.lines().get(new Spot(spot.key(), priority)))
            .filter(Objects::nonNull)
            .flatMap(line -> line.get(holder.get()).stream())
            .filter(fetch -> fetch.mayBegin(now))
            .map(InLine::order)
            .findFirst();
  }
}
