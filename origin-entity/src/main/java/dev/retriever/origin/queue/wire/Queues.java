package dev.retriever.origin.queue.wire;

import dev.retriever.origin.Lease;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import java.util.Optional;

/** The queues of a cluster, as its origins reach them. Thread-safe. */
public interface Queues {
  /** Sends a message to its queue, wherever that lives. The message may be lost. */
  void tell(QueueMessage message);

  /**
   * Why a new fetch may not wait there, as this node knows it a little late: there is no such
   * queue, or it is full or draining.
   *
   * @param tenant of the origin; keys of different tenants are different
   * @param ownKey the key of the origin's fetches that choose none
   */
  Optional<Verdict> refusal(String tenant, String ownKey, QueueChoice choice);

  /** A pass of that queue, as this node knows it a little late; empty when it gives none. */
  default Optional<Lease> pass(String queue) {
    return Optional.empty();
  }

  /** For nodes without queues: there is none. */
  static Queues none() {
    return new Queues() {
      @Override
      public void tell(QueueMessage message) {}

      @Override
      public Optional<Verdict> refusal(String tenant, String ownKey, QueueChoice choice) {
        return Optional.of(Verdict.NO_SUCH_QUEUE);
      }
    };
  }
}
