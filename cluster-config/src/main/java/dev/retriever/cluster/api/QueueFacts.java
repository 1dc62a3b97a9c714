package dev.retriever.cluster.api;

import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueView;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * What queues tell callers of their fetches. A queue that does not answer soon is left out, since
 * the answer to the caller does not depend on it. Thread-safe.
 */
final class QueueFacts {
  /** How long an answer may wait for what a queue tells. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  /** A caller is asked to wait until so great a part of what waits is gone. */
  private static final int PART = 10;

  private static final int LONGEST_SECONDS = 60;

  private final QueueOperations queues;

  QueueFacts(QueueOperations queues) {
    this.queues = queues;
  }

  /** How many seconds the caller of a full queue should wait, 1 to 60. Never fails. */
  CompletionStage<Integer> retryAfter(String queue) {
    return soon(queues.read(queue)).thenApply(view -> seconds(view.flatMap(QueueView::drainsIn)));
  }

  private static int seconds(Optional<Duration> drainsIn) {
    return drainsIn
        .map(time -> Math.max(1, Math.min(LONGEST_SECONDS, time.toSeconds() / PART)))
        .map(Long::intValue)
        .orElse(1);
  }

  private static <T> CompletionStage<Optional<T>> soon(CompletionStage<Optional<T>> asked) {
    var answer = new CompletableFuture<Optional<T>>();
    asked.whenComplete(
        (told, failure) -> answer.complete(failure == null ? told : Optional.<T>empty()));
    return answer.completeOnTimeout(Optional.empty(), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
