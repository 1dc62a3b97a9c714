package dev.retriever.origin.queued;

import dev.retriever.executor.Tenant;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.lines.SpotLine;
import dev.retriever.origin.queue.wire.Line;
import java.time.Instant;
import java.util.Optional;

/**
 * An origin, as its queues know it. Immutable.
 *
 * @param ownKey the key of its fetches that choose none
 */
public record QueuedOrigin(String type, String id, String ownKey) {
  /** The name of its tenant. */
  public String tenant() {
    return Tenant.of(type, id).name();
  }

  String key(QueueChoice choice) {
    return key(choice.key());
  }

  String key(Optional<String> chosen) {
    return chosen.orElse(ownKey);
  }

  /** What waits there now. */
  Line line(Spot spot, SpotLine line, Instant now) {
    return new Line(
        key(spot.key()),
        spot.priority(),
        line.size(),
        line.ready(now),
        line.oldest(),
        line.readyAt(),
        line.readyAfter(now),
        line.deadline());
  }
}
