package dev.retriever.origin.entity;

import dev.retriever.alarms.ClockReading;
import dev.retriever.origin.OutcomePage;
import dev.retriever.origin.entity.OriginCommand.NextOutcomes;
import dev.retriever.origin.entity.Waiters.WaitingTime;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Callers that wait for the next outcome of one origin. Not durable: a caller without an answer in
 * time asks again from its place. Belongs to one actor.
 */
final class Subscribers {
  private record Waiting(NextOutcomes asked, WaitingTime time) {
    NextOutcomes from(ClockReading now) {
      return new NextOutcomes(asked.after(), asked.limit(), time.until(now), asked.replyTo());
    }
  }

  private final List<Waiting> waiting = new ArrayList<>(0);
  private final int limit;

  Subscribers(int limit) {
    this.limit = limit;
  }

  /** False when the limit is reached. Expired callers are dropped first. */
  boolean add(NextOutcomes asked, ClockReading now) {
    if (waiting.size() >= limit) {
      dropExpired(now);
    }
    return waiting.size() < limit
        && waiting.add(new Waiting(asked, new WaitingTime(asked.until(), now)));
  }

  /** Sends each caller its page; none waits any longer. */
  void tell(Function<NextOutcomes, OutcomePage> page) {
    var all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(it -> it.asked().replyTo().tell(new OriginReply.Outcomes(page.apply(it.asked()))));
  }

  /** Takes out all waiting callers, with the time that each has left. */
  List<NextOutcomes> takeAll(ClockReading now) {
    var all = waiting.stream().map(it -> it.from(now)).toList();
    waiting.clear();
    return all;
  }

  /** Whether no unexpired caller waits. */
  boolean isEmpty(ClockReading now) {
    dropExpired(now);
    return waiting.isEmpty();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  private void dropExpired(ClockReading now) {
    waiting.removeIf(it -> it.time().isUp(now));
  }
}
