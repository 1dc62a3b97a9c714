package dev.retriever.origin.queue.core;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Takes turns among children by their weights: start-time fair queueing. A child's tag is what it
 * has had, divided by its weight; the least goes next. A child that was away comes back no lower
 * than the common time, so it earns nothing.
 *
 * <p>The common time goes on by each grant's part of all weights, as if all were served at once. If
 * it only followed the tags, children that come once would always go before one that stays.
 */
final class FairShares<K> {
  /** Most children that are away and are remembered because they are ahead of their share. */
  static final int MOST_AWAY = 1_000;

  /** What a grant costs a child of weight 1. */
  private static final long COST = 100_000_000L;

  /** Tags start again from 0 beyond this: after at least 4 · 10¹⁰ grants. */
  private static final long FAR = 1L << 62;

  private final Map<K, Share<K>> shares = new HashMap<>();
  private final TreeSet<Share<K>> present = new TreeSet<>(Share.ORDER);
  private final TreeSet<Share<K>> away = new TreeSet<>(Share.ORDER);
  private long time;
  private long weights;
  private long rest;
  private long arrivals;

  FairShares() {
    this(0);
  }

  FairShares(long time) {
    this.time = time;
  }

  /** The child may go; nothing changes if it might before. */
  void enter(K child, int weight) {
    var share = shares.get(child);
    if (share == null) {
      share = new Share<>(child, time);
      shares.put(child, share);
    } else if (present.contains(share)) {
      return;
    } else {
      // It is still ahead of the common time, or it would be forgotten.
      away.remove(share);
    }
    share.arrival = share.givenBack > 0 ? share.arrival : ++arrivals;
    share.weight = weight;
    weights += weight;
    present.add(share);
  }

  /** The child may not go. */
  void leave(K child) {
    var share = shares.get(child);
    if (share == null || !present.remove(share)) {
      return;
    }
    weights -= share.weight;
    away.add(share);
    forget();
  }

  /** The child whose turn it is; null when none may go. */
  K first() {
    return present.isEmpty() ? null : present.first().child;
  }

  boolean isEmpty() {
    return present.isEmpty();
  }

  /** Children that are remembered. */
  int size() {
    return shares.size();
  }

  /** A child that may go gets a grant. A new weight counts from now on. */
  Charge<K> charge(K child, int weight) {
    var share = shares.get(child);
    present.remove(share);
    weights += weight - share.weight;
    share.weight = weight;
    time = Math.max(time, share.tag);
    long cost = COST / weight;
    share.tag += cost;
    share.givenBack = 0;
    present.add(share);
    rest += COST;
    long passed = rest / weights;
    time += passed;
    rest %= weights;
    forget();
    if (time > FAR) {
      startAgain();
    }
    return new Charge<>(share, cost, passed);
  }

  /** A grant was not used. */
  void refund(Charge<K> charge) {
    time -= charge.passed;
    var share = charge.share;
    // Of a child that was forgotten, what it owed is forgiven already.
    if (shares.get(share.child) != share) {
      return;
    }
    boolean isPresent = present.remove(share);
    if (!isPresent) {
      away.remove(share);
    }
    share.tag -= charge.cost;
    share.givenBack = charge.cost;
    (isPresent ? present : away).add(share);
    forget();
  }

  /** Drops those that owe nothing any more; and beyond the bound, those that owe least. */
  private void forget() {
    while (!away.isEmpty() && (away.first().owesNothing(time) || away.size() > MOST_AWAY)) {
      shares.remove(away.pollFirst().child);
    }
  }

  private void startAgain() {
    shares.values().forEach(share -> share.tag -= time);
    time = 0;
  }

  /** A grant's cost, to be given back if it is not used. */
  static final class Charge<K> {
    private final Share<K> share;
    private final long cost;
    private final long passed;

    private Charge(Share<K> share, long cost, long passed) {
      this.share = share;
      this.cost = cost;
      this.passed = passed;
    }
  }

  private static final class Share<K> {
    static final Comparator<Share<?>> ORDER =
        (a, b) -> a.tag != b.tag ? Long.compare(a.tag, b.tag) : Long.compare(a.arrival, b.arrival);

    final K child;
    long tag;
    long arrival;
    int weight;

    /** Its last turn came back: it may be so far behind the common time when it enters again. */
    long givenBack;

    Share(K child, long tag) {
      this.child = child;
      this.tag = tag;
    }

    boolean owesNothing(long time) {
      return tag <= time - givenBack;
    }
  }
}
