package dev.retriever.executor.pool;

import dev.retriever.executor.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The targets that a pool of another node has refused attempts to, what room it has told of since,
 * and who waits here for more. Of a target that is not among them, nothing is known to stand in the
 * way. Not thread-safe.
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
   * @param mostWaiters for each target
   */
  BusyTargets(int mostWaiters) {
    this.mostWaiters = mostWaiters;
  }

  boolean hasRoom(Target target) {
    var it = busy.get(target);
    return it == null || it.free > 0;
  }

  /** So many more attempts to it, or fewer, hold what it was said to have. */
  void taken(Target target, int more) {
    var it = busy.get(target);
    if (it != null) {
      it.free -= more;
    }
  }

  /** An attempt to it was refused. */
  void refused(Target target) {
    var it = busy.computeIfAbsent(target, t -> new Busy(mostWaiters));
    it.free = 0;
    it.quiet = false;
  }

  /**
   * The pool has so much room for it, and for us.
   *
   * @return those who may try now
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
   * @return whether the pool is to be asked for room
   */
  boolean await(Target target, String waiter, Runnable tryAgain) {
    var it = busy.get(target);
    if (it == null) {
      return false; // It was forgotten a moment ago; whoever waits looks again by itself.
    }
    var first = it.waiting.size() == 0;
    it.waiting.add(waiter, tryAgain);
    return first;
  }

  /** Whether some wait, and what the pool was said to have is used up. */
  boolean isWaitedFor(Target target) {
    var it = busy.get(target);
    return it != null && it.free <= 0 && it.waiting.size() > 0;
  }

  /**
   * To be called now and then.
   *
   * @return those that are waited for. What nobody has waited for since the last call, and that was
   *     not refused, is taken for free from now on
   */
  List<Target> look() {
    busy.values().removeIf(it -> it.quiet && it.waiting.size() == 0);
    busy.values().forEach(it -> it.quiet = true);
    return busy.entrySet().stream()
        .filter(it -> it.getValue().waiting.size() > 0)
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }
}
