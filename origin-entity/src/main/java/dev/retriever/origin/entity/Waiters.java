package dev.retriever.origin.entity;

import dev.retriever.alarms.ClockReading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Callers that wait for fetches of one origin to settle. Not durable: a caller without an answer in
 * time asks again. Belongs to one actor.
 */
final class Waiters {
  /**
   * How long a caller waits here. The instant comes from the clock of another node. The time from
   * its arrival on is counted by the monotonic clock, so that a wall clock which is set back does
   * not keep callers in memory.
   */
  record WaitingTime(Instant asked, ClockReading since) {
    /** Until when, by the wall clock as it goes now. */
    Instant until(ClockReading now) {
      var left = now.wall().plus(Duration.between(since.wall(), asked)).minus(since.until(now));
      return left.isBefore(asked) ? left : asked;
    }

    boolean isUp(ClockReading now) {
      return until(now).isBefore(now.wall());
    }
  }

  private record Waiter(WaitingTime time, ActorRef<OriginReply.Fetch> replyTo) {}

  private final Map<String, List<Waiter>> byFetch = new HashMap<>();
  private final int limit;
  private int size;

  Waiters(int limit) {
    this.limit = limit;
  }

  /** False when the limit is reached. Expired callers are dropped first. */
  boolean add(OriginCommand.Await await, ClockReading now) {
    if (size >= limit) {
      dropExpired(now);
    }
    if (size >= limit) {
      return false;
    }
    byFetch
        .computeIfAbsent(await.fetchId(), id -> new ArrayList<>(1))
        .add(new Waiter(new WaitingTime(await.until(), now), await.replyTo()));
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

  /** Takes out all waiting callers, with the time that each has left. */
  List<OriginCommand.Await> takeAll(ClockReading now) {
    var all = all(now);
    byFetch.clear();
    size = 0;
    return all;
  }

  private List<OriginCommand.Await> all(ClockReading now) {
    return byFetch.entrySet().stream()
        .flatMap(
            waiting ->
                waiting.getValue().stream()
                    .map(
                        waiter ->
                            new OriginCommand.Await(
                                waiting.getKey(), waiter.time().until(now), waiter.replyTo())))
        .toList();
  }

  /** Whether no unexpired caller waits. */
  boolean isEmpty(ClockReading now) {
    dropExpired(now);
    return byFetch.isEmpty();
  }

  boolean isWaitedFor(String fetchId) {
    return byFetch.containsKey(fetchId);
  }

  private void dropExpired(ClockReading now) {
    byFetch.values().forEach(list -> list.removeIf(waiter -> waiter.time().isUp(now)));
    byFetch.values().removeIf(List::isEmpty);
    size = byFetch.values().stream().mapToInt(List::size).sum();
  }
}
