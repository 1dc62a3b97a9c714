package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many attempts may hold a permit for one target at once, in all pools of a node together, and
 * who waits for one that is full. So one target that does not answer cannot take all permits, and
 * with them the others'. Thread-safe.
 *
 * <p>The room for its target is part of an attempt's permit: it is had before the attempt is
 * journaled, and let go when its exchange is over.
 */
final class TargetRoom {
  /** One that has attempts, or that is waited for. */
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

  /**
   * @param perTarget the setting {@code max-per-target}
   * @param mostWaiters so many may wait, for all targets together; the others look by themselves
   */
  TargetRoom(int perTarget, int mostWaiters) {
    this.perTarget = perTarget;
    this.mostWaiters = mostWaiters;
  }

  /** Takes room, unless others come before that origin. */
  synchronized boolean enter(Target target, AttemptKey key) {
    var line = lines.get(target);
    var itsTurn = line == null || line.waiting.map(waiting -> waiting.isTurnOf(key)).orElse(true);
    return itsTurn && enter(target);
  }

  /** Takes room, whoever waits. */
  synchronized boolean enter(Target target) {
    var line = lines.computeIfAbsent(target, it -> new Line());
    if (line.underWay >= perTarget) {
      return false;
    }
    line.underWay++;
    return true;
  }

  /** Lets go of room that was taken, and tells those whose turn it is. */
  void leave(Target target) {
    called(target, 1).forEach(Runnable::run);
  }

  /**
   * Calls {@code tryAgain} once, on any thread, when there may be room for that target.
   *
   * @param waiter who waits; a second call replaces the first
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
  }

  private synchronized List<Runnable> called(Target target, int leaving) {
    var line = lines.get(target);
    if (line == null) {
      return List.of();
    }
    line.underWay -= leaving;
    var next = line.waiting.map(it -> it.next(perTarget - line.underWay)).orElse(List.of());
    waiters -= next.size();
    // Who was called last and has not come yet needs no place: nobody is before it.
    if (line.waiters() == 0) {
      line.waiting = Optional.empty();
      if (line.underWay == 0) {
        lines.remove(target);
      }
    }
    return next;
  }

  /** So much room there is for that target. */
  synchronized int free(Target target) {
    return perTarget - Optional.ofNullable(lines.get(target)).map(it -> it.underWay).orElse(0);
  }

  /** Targets that have attempts or are waited for. */
  synchronized int size() {
    return lines.size();
  }
}
