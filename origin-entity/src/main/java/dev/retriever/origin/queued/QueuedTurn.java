package dev.retriever.origin.queued;

import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.wire.Told.Ended;
import java.util.List;
import java.util.Set;

/**
 * What the rows of a turn change in queues. Immutable.
 *
 * @param rows to be written together with them
 * @param ended the attempts that they end
 * @param queues those in which they change anything
 */
public record QueuedTurn(QueueRows rows, List<Ended> ended, Set<String> queues) {
  /** It has nothing to do with queues. */
  static final QueuedTurn NOTHING = new QueuedTurn(QueueRows.NONE, List.of(), Set.of());

  /** Computes it from the turn alone. */
  public static QueuedTurn of(QueuedOrigin origin, Turn<?> turn) {
    var before = turn.before().fetches();
    var after = turn.after().fetches();
    return isWithout(before) && isWithout(after)
        ? NOTHING
        : new TurnReading(origin, before, after, turn.at()).of(turn.rows());
  }

  /** Whether the origin never had a fetch with a queue, or has no trace of one. */
  private static boolean isWithout(OriginState state) {
    return state.lines().shares().isEmpty() && state.lines().used().isEmpty();
  }
}
