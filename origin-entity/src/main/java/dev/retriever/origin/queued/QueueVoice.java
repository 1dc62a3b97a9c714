package dev.retriever.origin.queued;

import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.queue.wire.Heard;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.queue.wire.Told;
import java.time.Instant;

/**
 * Tells queues what one origin has, where nothing is lost on the way: each message counts as heard.
 * For origins without an actor. Not thread-safe.
 */
public final class QueueVoice {
  private final QueuedOrigin origin;
  private final Queues queues;
  private final QueueTalks talks;
  private Told latest;

  public QueueVoice(QueuedOrigin origin, Queues queues) {
    this.origin = origin;
    this.queues = queues;
    this.talks = new QueueTalks(origin, told -> latest = told, Instant.EPOCH);
  }

  /** The turn is durable. */
  public void durable(Turn<?> turn) {
    var changed = QueuedTurn.of(origin, turn);
    changed.ended().forEach(end -> talks.with(end.lease().queue()).ended(end));
    tell(changed.queues(), turn.after().fetches(), turn.at());
  }

  /** The origin has recovered. */
  public void recovered(OriginState state, Instant now) {
    tell(state.lines().shares().keySet(), state, now);
  }

  private void tell(Iterable<String> names, OriginState state, Instant now) {
    for (var queue : names) {
      talks.news(queue, state, now);
      talks.heard(new Heard(queue, latest.row(), latest.telling()), state, now);
      queues.tell(latest);
    }
  }
}
