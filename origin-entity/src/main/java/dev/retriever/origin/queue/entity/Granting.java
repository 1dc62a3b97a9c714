package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.BreakerChange;
import dev.retriever.origin.queue.core.Choice;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.wire.Granted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Lets fetches go: has it decided which, and grants them to their origins. Not thread-safe. */
final class Granting {
  private final String queue;
  private final Scheduler scheduler;
  private final Fence fence;
  private boolean more;

  Granting(String queue, Scheduler scheduler, Fence fence) {
    this.queue = queue;
    this.scheduler = scheduler;
    this.fence = fence;
  }

  /**
   * Grants what may go now. The grants are sent when the turn is durable.
   *
   * @return what must be journaled with this turn: a probe, before it is granted
   */
  Optional<BreakerChange> grant(QueueTurn turn) {
    var chosen = scheduler.decide(fence.next(), Scheduler.MOST_CHOICES, turn.now());
    var choices = chosen.choices();
    more = choices.size() == Scheduler.MOST_CHOICES;
    fence.given(choices.size());
    var byOrigin = new LinkedHashMap<OriginId, List<Choice>>();
    for (var choice : choices) {
      byOrigin.computeIfAbsent(choice.line().origin(), it -> new ArrayList<>()).add(choice);
    }
    byOrigin.forEach((origin, its) -> send(turn, origin, its));
    return chosen.first();
  }

  /** Whether the last decision ended because it was long enough. */
  boolean hasMore() {
    return more;
  }

  private void send(QueueTurn turn, OriginId origin, List<Choice> choices) {
    for (var from = 0; from < choices.size(); from += Granted.MOST) {
      var to = Math.min(choices.size(), from + Granted.MOST);
      var part = choices.subList(from, to);
      var row = part.stream().mapToLong(Choice::row).max().orElseThrow();
      var grants =
          part.stream()
              .map(it -> new Granted.Grant(it.lease(queue), it.line().key(), it.line().priority()))
              .toList();
      turn.send(origin, new Granted(queue, row, grants));
    }
  }
}
