package dev.retriever.origin;

import dev.retriever.origin.OriginCommand.NextOutcomes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Who waits for the next outcome of one origin. Not durable: whoever hears nothing in time asks
 * again, from the place where it is. Belongs to one actor.
 */
final class Subscribers {
  private final List<NextOutcomes> waiting = new ArrayList<>(0);
  private final int limit;

  Subscribers(int limit) {
    this.limit = limit;
  }

  /** False when as many wait already as may. Those whose time is up make room. */
  boolean add(NextOutcomes asked, Instant now) {
    if (waiting.size() >= limit) {
      dropExpired(now);
    }
    return waiting.size() < limit && waiting.add(asked);
  }

  /** Each is told its page, and waits no longer. */
  void tell(Function<NextOutcomes, OutcomePage> page) {
    takeAll().forEach(it -> it.replyTo().tell(new OriginReply.Outcomes(page.apply(it))));
  }

  /** Those who wait here, and from now on do so elsewhere. */
  List<NextOutcomes> takeAll() {
    var all = List.copyOf(waiting);
    waiting.clear();
    return all;
  }

  /** Whether nobody waits who may still be there. */
  boolean isEmpty(Instant now) {
    dropExpired(now);
    return waiting.isEmpty();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  private void dropExpired(Instant now) {
    waiting.removeIf(it -> it.until().isBefore(now));
  }
}
