package dev.retriever.cluster.callbacks;

import dev.retriever.cluster.callbacks.rows.EndpointKey;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.callback.EndpointSettings;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueSettings.Order;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The queues that callbacks wait in. An endpoint whose callbacks are ordered has a queue of its
 * own, in which those of an origin go one after the other. Thread-safe.
 */
public record CallbackQueues(QueueOperations operations) {
  /** As without a queue, but for the order. */
  private static final QueueSettings ORDERED =
      new QueueSettings(
          Optional.empty(),
          QueueSettings.DEFAULT.rate(),
          QueueSettings.DEFAULT.perKey(),
          Order.STRICT,
          QueueSettings.DEFAULT.weights(),
          QueueSettings.DEFAULT.waiting(),
          QueueSettings.DEFAULT.retryAfter(),
          QueueSettings.DEFAULT.breaker(),
          QueueSettings.DEFAULT.lost());

  /**
   * The queue of that endpoint, if its callbacks are ordered. No name of a tenant has a dot, so no
   * two endpoints share one. Empty when the name would be longer than names of queues may be.
   */
  static Optional<String> ordered(EndpointKey key) {
    return Optional.of("callbacks." + key.tenant() + "." + key.name()).filter(QueueChoice::isName);
  }

  static boolean isOrdered(EndpointKey key, EndpointSettings settings) {
    return settings.queue().isPresent() && settings.queue().equals(ordered(key));
  }

  CompletionStage<Boolean> has(String name) {
    return operations.read(name).thenApply(Optional::isPresent);
  }

  /** Makes the queue unless there is one; false if that has another order. */
  CompletionStage<Boolean> makeOrdered(String name) {
    return operations
        .configure(name, ORDERED, Optional.of(0L))
        .thenApply(
            answer ->
                answer
                    .queue()
                    .filter(queue -> queue.settings().order() == Order.STRICT)
                    .isPresent());
  }
}
