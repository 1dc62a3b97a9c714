package dev.retriever.origin.entity;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.delivery.CallbackRows;
import dev.retriever.origin.index.IndexRows;
import dev.retriever.origin.index.Indexing;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tags the last row of a write with the origin's wake-up, if that has changed, and with the rows of
 * the index and of the table of callbacks. Belongs to one actor.
 */
final class RowTags {
  private final WakeUpPlan plan;
  private final boolean indexed;
  private Optional<Marked> marked = Optional.empty();

  private record Marked(
      Object row, Optional<String> wakeUp, Optional<String> index, Optional<String> callbacks) {
    Set<String> tags() {
      return Stream.of(wakeUp, index, callbacks)
          .flatMap(Optional::stream)
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  /**
   * @param indexed whether fetches are found by the index
   */
  RowTags(WakeUpPlan plan, boolean indexed) {
    this.plan = plan;
    this.indexed = indexed;
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
    var wakeUp = plan.with(turn.rows(), turn.after().fetches(), turn.at()).map(WakeUp::tag);
    var index = indexed ? Indexing.of(turn) : IndexRows.NONE;
    marked =
        Optional.of(
            new Marked(
                last,
                wakeUp,
                index.isNothing() ? Optional.empty() : Optional.of(index.tag()),
                CallbackRows.of(turn.rows()).tag()));
  }

  Set<String> tagsOf(Object row) {
    return marked.filter(it -> it.row() == row).map(Marked::tags).orElse(Set.of());
  }

  /** Whether a wake-up is written with the rows that are being persisted. */
  boolean hasWakeUp() {
    return marked.flatMap(Marked::wakeUp).isPresent();
  }

  /** The rows are durable; drops the marked one, which may hold a large body. */
  void clear() {
    marked = Optional.empty();
  }
}
