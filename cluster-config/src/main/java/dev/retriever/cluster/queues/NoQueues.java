package dev.retriever.cluster.queues;

import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The door to queues of a node that has none. */
public final class NoQueues implements QueueOperations {
  private static final Answer NONE = new Answer(Result.NO_SUCH_QUEUE, Optional.empty());

  private static <T> CompletionStage<T> done(T answer) {
    return CompletableFuture.completedStage(answer);
  }

  @Override
  public CompletionStage<List<String>> names() {
    return done(List.of());
  }

  @Override
  public CompletionStage<Optional<QueueView>> read(String name) {
    return done(Optional.empty());
  }

  @Override
  public CompletionStage<Answer> configure(
      String name, QueueSettings settings, Optional<Long> ifVersion) {
    return done(new Answer(Result.NOT_POSSIBLE, Optional.empty()));
  }

  @Override
  public CompletionStage<Answer> remove(String name, Optional<Long> ifVersion) {
    return done(NONE);
  }

  @Override
  public CompletionStage<Answer> operate(String name, Operation operation) {
    return done(NONE);
  }

  @Override
  public CompletionStage<QueueView.Page<QueueView.KeyView>> keys(
      String name, Optional<String> after, int limit) {
    return done(new QueueView.Page<>(List.of(), Optional.empty()));
  }

  @Override
  public CompletionStage<QueueView.Page<QueueView.LineView>> waiting(
      String name, Optional<String> after, int limit) {
    return done(new QueueView.Page<>(List.of(), Optional.empty()));
  }

  @Override
  public Optional<Integer> retryAfterSeconds(String name) {
    return Optional.empty();
  }

  @Override
  public CompletionStage<Optional<QueueView.Explanation>> explain(
      String name, String originType, String originId, String key, int priority) {
    return done(Optional.empty());
  }
}
