package dev.retriever.cluster.metrics;

import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Views of queues with one fetch that waits since long ago, and one that runs. */
final class QueueViews {
  private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");

  private QueueViews() {}

  static QueueView view(
      String name, Optional<String> template, QueueView.State state, long grants) {
    return new QueueView(
        name,
        1,
        template,
        QueueSettings.DEFAULT,
        state,
        Optional.empty(),
        Optional.empty(),
        true,
        new QueueView.Waiting(1, 1, 1, Optional.of(NOON.minusSeconds(50_000))),
        1,
        0,
        new QueueView.Most(1, 1),
        Map.of(),
        new QueueView.Rates(1, 1),
        Optional.empty(),
        new QueueView.BreakerView("closed", Optional.empty(), Optional.empty()),
        new QueueView.Quantiles(Optional.empty(), Optional.empty()),
        new QueueView.Grants(grants, 0, 0),
        Optional.empty(),
        0);
  }
}
