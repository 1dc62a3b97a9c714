package dev.retriever.origin.entity;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Tags the last row of a write with the origin's wake-up, if that has changed. Belongs to one
 * actor.
 */
final class WakeUpMark {
  private final WakeUpPlan plan;
  private Optional<Marked> marked = Optional.empty();

  private record Marked(Object row, String tag) {}

  WakeUpMark(WakeUpPlan plan) {
    this.plan = plan;
  }

  /** As {@link WakeUpPlan#recovered}. */
  void recovered(OriginState state) {
    plan.recovered(state);
  }

  /** As {@link WakeUpPlan#told}. */
  WakeUp told(OriginState state, Instant now) {
    return plan.told(state, now);
  }

  /** The rows of that turn, at least one, are about to be persisted. */
  void of(Turn<?> turn) {
    var last = turn.rows().get(turn.rows().size() - 1);
    marked =
        plan.with(turn.rows(), turn.after().fetches(), turn.at())
            .map(wakeUp -> new Marked(last, wakeUp.tag()));
  }

  Set<String> tagsOf(Object row) {
    return marked.filter(it -> it.row() == row).map(it -> Set.of(it.tag())).orElse(Set.of());
  }

  /** Whether a wake-up is written with the rows that are being persisted. */
  boolean isSet() {
    return marked.isPresent();
  }

  /** The rows are durable; drops the marked one, which may hold a large body. */
  void clear() {
    marked = Optional.empty();
  }
}
