package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits the attempts with one target at a time, over all pools of a node, and queues the origins
 * that wait for a full target. So a target that does not answer cannot take the permits of all
 * others. Thread-safe.
 *
 * <p>Room at the target is part of an attempt's permit. It is taken before the attempt is
 * journaled, and given back when the exchange is over.
 */
final class TargetRoom {
  /** A target that has attempts or waiters. */
  private static final class Line {
    private int underWay;
    private Optional<RoomQueue> waiting = Optional.empty();

    private int waiters() {
      return waiting.map(RoomQueue::size).orElse(0);
    }
  }

  private final int perTarget;
  private final int mostWaiters;
  private final Map<Target, Line> lines = new HashMap<>();
  private int waiters;
  private int mostWaited;

  /**
   * @param perTarget the setting {@code max-per-target}
   * @param mostWaiters the most waiters for all targets together; further origins look by
   *     themselves
   */
  TargetRoom(int perTarget, int mostWaiters) {
    this.perTarget = perTarget;
    this.mostWaiters = mostWaiters;
  }

  /** Takes room if it is the turn of the attempt's origin. */
  synchronized boolean enter(Target target, AttemptKey key) {
    var line = lines.get(target);
    var itsTurn = line == null || line.waiting.map(waiting -> waiting.isTurnOf(key)).orElse(true);
    return itsTurn && enter(target);
  }

  /** Takes room regardless of waiters. */
  synchronized boolean enter(Target target) {
    var line = lines.computeIfAbsent(target, it -> new Line());
    if (line.underWay >= perTarget) {
      return false;
    }
    line.underWay++;
    return true;
  }

  /** Gives back room, and calls the next waiters. */
  void leave(Target target) {
    called(target, 1).forEach(Runnable::run);
  }

  /**
   * Calls {@code tryAgain} once, on any thread, when the target may have room.
   *
   * @param waiter the name of the waiter; a second call replaces the first
   */
  void await(Target target, String waiter, Runnable tryAgain) {
    add(target, waiter, tryAgain);
    called(target, 0).forEach(Runnable::run);
  }

  private synchronized void add(Target target, String waiter, Runnable tryAgain) {
    var line = lines.computeIfAbsent(target, it -> new Line());
    var waiting = line.waiting.orElseGet(() -> new RoomQueue(mostWaiters));
    line.waiting = Optional.of(waiting);
    var before = waiting.size();
    if (waiters < mostWaiters || waiting.has(waiter)) {
      waiting.add(waiter, tryAgain);
    }
    waiters += waiting.size() - before;
    mostWaited = Math.max(mostWaited, waiters);
  }

  private synchronized List<Runnable> called(Target target, int leaving) {
    var line = lines.get(target);
    if (line == null) {
      return List.of();
    }
    line.underWay -= leaving;
    var next = line.waiting.map(it -> it.next(perTarget - line.underWay)).orElse(List.of());
    waiters -= next.size();
    // With an empty queue every origin may enter, so the called ones need no queue any more.
    if (line.waiters() == 0) {
      line.waiting = Optional.empty();
      if (line.underWay == 0) {
        lines.remove(target);
      }
    }
    return next;
  }

  /** The number of further attempts that may have the target now. */
  synchronized int free(Target target) {
    return perTarget - Optional.ofNullable(lines.get(target)).map(it -> it.underWay).orElse(0);
  }

  /** The origins that wait for any target. */
  synchronized int waiting() {
    return waiters;
  }

  /** The most that waited at once. */
  synchronized int mostWaited() {
    return mostWaited;
  }

  /** The number of targets that have attempts or waiters. */
  synchronized int size() {
    return lines.size();
  }
}
