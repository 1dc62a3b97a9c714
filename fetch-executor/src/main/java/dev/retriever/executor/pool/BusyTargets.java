package dev.retriever.executor.pool;

import dev.retriever.executor.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The targets for which a pool of another node has refused attempts: their known room, and the
 * waiters on this node. A target that is not among them counts as free. Not thread-safe.
 */
final class BusyTargets {
  private static final class Busy {
    private final RoomQueue waiting;
    private int free;
    private boolean quiet;

    private Busy(int mostWaiters) {
      this.waiting = new RoomQueue(mostWaiters);
    }
  }

  private final int mostWaiters;
  private final Map<Target, Busy> busy = new HashMap<>();

  /**
   * @param mostWaiters the most waiters for each target
   */
  BusyTargets(int mostWaiters) {
    this.mostWaiters = mostWaiters;
  }

  boolean hasRoom(Target target) {
    var it = busy.get(target);
    return it == null || it.free > 0;
  }

  /** Takes room at the target, or gives it back if {@code more} is negative. */
  void taken(Target target, int more) {
    var it = busy.get(target);
    if (it != null) {
      it.free -= more;
    }
  }

  /** The pool has refused an attempt to the target. */
  void refused(Target target) {
    var it = busy.computeIfAbsent(target, t -> new Busy(mostWaiters));
    it.free = 0;
    it.quiet = false;
  }

  /**
   * The pool has reported its room for this node's attempts to the target.
   *
   * @return the waiters that may try now
   */
  List<Runnable> told(Target target, int room) {
    var it = busy.get(target);
    if (it == null) {
      return List.of();
    }
    it.free = room;
    it.quiet = false;
    return it.waiting.next(room);
  }

  /**
   * @return whether the client must ask the pool for room
   */
  boolean await(Target target, String waiter, Runnable tryAgain) {
    var it = busy.get(target);
    if (it == null) {
      return false; // Forgotten a moment ago; the waiter looks again by itself.
    }
    var first = it.waiting.size() == 0;
    it.waiting.add(waiter, tryAgain);
    return first;
  }

  /** Whether origins wait for the target and its known room is used up. */
  boolean isWaitedFor(Target target) {
    var it = busy.get(target);
    return it != null && it.free <= 0 && it.waiting.size() > 0;
  }

  /**
   * Forgets targets that had no waiter and no refusal since the last call; they count as free. Call
   * it at intervals.
   *
   * @return the targets that have waiters
   */
  List<Target> waitedFor() {
    busy.values().removeIf(it -> it.quiet && it.waiting.size() == 0);
    busy.values().forEach(it -> it.quiet = true);
    return busy.entrySet().stream()
        .filter(it -> it.getValue().waiting.size() > 0)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }
}
