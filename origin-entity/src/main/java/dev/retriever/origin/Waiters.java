package dev.retriever.origin;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Who waits for fetches of one origin to settle. Not durable: whoever hears nothing in time asks
 * again. Belongs to one actor.
 */
final class Waiters {
  private record Waiter(Instant until, ActorRef<OriginReply.Fetch> replyTo) {}

  private final Map<String, List<Waiter>> byFetch = new HashMap<>();
  private final int limit;
  private int size;

  Waiters(int limit) {
    this.limit = limit;
  }

  /** False when as many wait already as may. Those whose time is up make room. */
  boolean add(OriginCommand.Await await, Instant now) {
    if (size >= limit) {
      dropExpired(now);
    }
    if (size >= limit) {
      return false;
    }
    byFetch
        .computeIfAbsent(await.fetchId(), id -> new ArrayList<>(1))
        .add(new Waiter(await.until(), await.replyTo()));
    size++;
    return true;
  }

  void settled(String fetchId, OriginReply.Fetch reply) {
    var waiting = byFetch.remove(fetchId);
    if (waiting != null) {
      size -= waiting.size();
      waiting.forEach(waiter -> waiter.replyTo().tell(reply));
    }
  }

  List<OriginCommand.Await> all() {
    return byFetch.entrySet().stream()
        .flatMap(
            waiting ->
                waiting.getValue().stream()
                    .map(
                        waiter ->
                            new OriginCommand.Await(
                                waiting.getKey(), waiter.until(), waiter.replyTo())))
        .toList();
  }

  /** Whether nobody waits who may still be there. */
  boolean isEmpty(Instant now) {
    dropExpired(now);
    return byFetch.isEmpty();
  }

  /** Those who wait for what is not pending any more, and wait here no longer. */
  List<OriginCommand.Await> takeUnless(Predicate<String> pending) {
    var taken = all().stream().filter(await -> !pending.test(await.fetchId())).toList();
    taken.forEach(await -> byFetch.remove(await.fetchId()));
    size -= taken.size();
    return taken;
  }

  boolean isWaitedFor(String fetchId) {
    return byFetch.containsKey(fetchId);
  }

  private void dropExpired(Instant now) {
    byFetch.values().forEach(list -> list.removeIf(waiter -> waiter.until().isBefore(now)));
    byFetch.values().removeIf(List::isEmpty);
    size = byFetch.values().stream().mapToInt(List::size).sum();
  }
}
