package dev.retriever.cluster.fleet;

import dev.retriever.origin.queue.QueueView;
import java.time.Instant;
import java.util.Optional;

/**
 * A queue as an overview shows it. Immutable.
 *
 * @param oldest when the fetch that has waited longest began to wait
 */
record QueueReport(
    String name,
    QueueView.State state,
    Optional<Instant> until,
    long waiting,
    Optional<Instant> oldest,
    int running) {
  static QueueReport of(QueueView view) {
    return new QueueReport(
        view.name(),
        view.state(),
        view.until(),
        view.waiting().fetches(),
        view.waiting().oldest(),
        view.running());
  }

  boolean isStopped() {
    return state != QueueView.State.RUNNING;
  }

  boolean isOfInterest() {
    return isStopped() || waiting > 0;
  }
}
