package dev.retriever.origin.core.lines;

import java.time.Instant;
import java.util.Optional;

/**
 * Fetches by their order, in a persistent search tree that finds the first one that may begin.
 * Every operation takes time logarithmic in their number. The numbers of a fetch's order decide the
 * form of the tree, so equal contents make equal trees. Immutable.
 *
 * @param fetch the one at the root
 * @param before those accepted before it; null for none
 * @param after those accepted after it; null for none
 * @param readyAt when the first of all may begin
 * @param deadline the last of all
 */
record Standing(InLine fetch, Standing before, Standing after, Instant readyAt, Instant deadline) {
  private static Standing of(InLine fetch, Standing before, Standing after) {
    var readyAt = fetch.readyAt();
    var deadline = fetch.deadline();
    for (var part : new Standing[] {before, after}) {
      if (part != null) {
        readyAt = part.readyAt.isBefore(readyAt) ? part.readyAt : readyAt;
        deadline = part.deadline.isAfter(deadline) ? part.deadline : deadline;
      }
    }
    return new Standing(fetch, before, after, readyAt, deadline);
  }

  /** The tree with that fetch, in place of one with the same order. */
  static Standing plus(Standing tree, InLine fetch) {
    if (tree == null) {
      return of(fetch, null, null);
    }
    var order = fetch.order();
    if (order == tree.order()) {
      return of(fetch, tree.before, tree.after);
    }
    if (rank(order) > rank(tree.order())) {
      return of(fetch, upTo(tree, order), from(tree, order));
    }
    return order < tree.order()
        ? of(tree.fetch, plus(tree.before, fetch), tree.after)
        : of(tree.fetch, tree.before, plus(tree.after, fetch));
  }

  /** The tree without the fetch of that order. */
  static Standing minus(Standing tree, long order) {
    if (tree == null) {
      return null;
    }
    if (order == tree.order()) {
      return joined(tree.before, tree.after);
    }
    return order < tree.order()
        ? of(tree.fetch, minus(tree.before, order), tree.after)
        : of(tree.fetch, tree.before, minus(tree.after, order));
  }

  static Optional<InLine> get(Standing tree, long order) {
    var at = tree;
    while (at != null && at.order() != order) {
      at = order < at.order() ? at.before : at.after;
    }
    return Optional.ofNullable(at).map(Standing::fetch);
  }

  /** The first by order. */
  InLine first() {
    var at = this;
    while (at.before != null) {
      at = at.before;
    }
    return at.fetch;
  }

  /** The first by order that may begin now. */
  static Optional<InLine> firstThatMayBegin(Standing tree, Instant now) {
    if (tree == null || tree.readyAt.isAfter(now) || !now.isBefore(tree.deadline)) {
      return Optional.empty();
    }
    return firstThatMayBegin(tree.before, now)
        .or(() -> Optional.of(tree.fetch).filter(it -> it.mayBegin(now)))
        .or(() -> firstThatMayBegin(tree.after, now));
  }

  private static Standing upTo(Standing tree, long order) {
    if (tree == null) {
      return null;
    }
    return tree.order() < order
        ? of(tree.fetch, tree.before, upTo(tree.after, order))
        : upTo(tree.before, order);
  }

  private static Standing from(Standing tree, long order) {
    if (tree == null) {
      return null;
    }
    return tree.order() > order
        ? of(tree.fetch, from(tree.before, order), tree.after)
        : from(tree.after, order);
  }

  private static Standing joined(Standing earlier, Standing later) {
    if (earlier == null || later == null) {
      return earlier == null ? later : earlier;
    }
    return rank(earlier.order()) > rank(later.order())
        ? of(earlier.fetch, earlier.before, joined(earlier.after, later))
        : of(later.fetch, joined(earlier, later.before), later.after);
  }

  private long order() {
    return fetch.order();
  }

  /** As good as random, and different for each order: the tree is about as flat as can be. */
  private static long rank(long order) {
    var mixed = (order ^ (order >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
