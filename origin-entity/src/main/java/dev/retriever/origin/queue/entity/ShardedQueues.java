package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Lease;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.QueueView.Explanation;
import dev.retriever.origin.queue.QueueView.KeyView;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.QueueView.Page;
import dev.retriever.origin.queue.core.Cursor;
import dev.retriever.origin.queue.core.Scheduler;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.rows.QueueStore.Listing;
import dev.retriever.origin.queue.wire.QueueMessage;
import dev.retriever.origin.queue.wire.Queues;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The origins' and the operators' doors to the queues of a cluster: sends messages to their region,
 * and answers what this node knows of them. Thread-safe.
 */
final class ShardedQueues implements Queues, QueueOperations {
  private final Region region;
  private final QueueStore store;
  private final QueueDirectory directory;
  private final Duration askTimeout;

  ShardedQueues(Region region, QueueStore store, QueueDirectory directory, Duration askTimeout) {
    this.region = region;
    this.store = store;
    this.directory = directory;
    this.askTimeout = askTimeout;
  }

  @Override
  public void tell(QueueMessage message) {
    region.tell(message.queue(), message);
  }

  @Override
  public Optional<Verdict> refusal(String tenant, String ownKey, QueueChoice choice) {
    return directory.refusal(tenant, ownKey, choice);
  }

  @Override
  public Optional<Lease> pass(String queue) {
    return directory.pass(queue);
  }

  @Override
  public Optional<Integer> retryAfterSeconds(String name) {
    return directory.retryAfterSeconds(name);
  }

  @Override
  public CompletionStage<List<String>> names() {
    return store
        .listed()
        .thenApply(
            all ->
                all.stream()
                    .filter(it -> it.settings().isPresent())
                    .map(Listing::queue)
                    .sorted()
                    .toList());
  }

  @Override
  public CompletionStage<Optional<QueueView>> read(String name) {
    return QueueChoice.isName(name)
        ? this.<QueueReply.Read>asked(name, QueueCommand.ReadQueue::new)
            .thenApply(QueueReply.Read::queue)
        : CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public CompletionStage<Answer> configure(
      String name, QueueSettings settings, Optional<Long> ifVersion) {
    return changed(name, replyTo -> new QueueCommand.Configure(settings, ifVersion, replyTo));
  }

  @Override
  public CompletionStage<Answer> remove(String name, Optional<Long> ifVersion) {
    return changed(name, replyTo -> new QueueCommand.Remove(ifVersion, replyTo));
  }

  @Override
  public CompletionStage<Answer> operate(String name, Operation operation) {
    return changed(name, replyTo -> new QueueCommand.Operate(operation, replyTo));
  }

  @Override
  public CompletionStage<Page<KeyView>> keys(String name, Optional<String> after, int limit) {
    QueueEntity.checkName(name);
    after.ifPresent(Cursor::checkOfKeys);
    return this.<QueueReply.Keys>asked(
            name, replyTo -> new QueueCommand.ReadKeys(after, limit, replyTo))
        .thenApply(it -> page(name, it.page()));
  }

  @Override
  public CompletionStage<Page<LineView>> waiting(String name, Optional<String> after, int limit) {
    QueueEntity.checkName(name);
    after.ifPresent(Cursor::checkOfLines);
    return this.<QueueReply.Lines>asked(
            name, replyTo -> new QueueCommand.ReadLines(after, limit, replyTo))
        .thenApply(it -> page(name, it.page()));
  }

  private static <T> Page<T> page(String name, Optional<Page<T>> page) {
    return page.orElseThrow(
        () ->
            new IllegalArgumentException(
                "queue "
                    + name
                    + ": a page has 1 to "
                    + Scheduler.MOST_SHOWN
                    + " items, and begins where one before it ended"));
  }

  @Override
  public CompletionStage<Optional<Explanation>> explain(
      String name, String originType, String originId, Optional<String> key, int priority) {
    QueueEntity.checkName(name);
    var inLine = key.orElseGet(() -> OriginHost.persistenceId(originType, originId));
    return this.<QueueReply.Explained>asked(
            name,
            replyTo -> new QueueCommand.Explain(originType, originId, inLine, priority, replyTo))
        .thenApply(QueueReply.Explained::explanation);
  }

  private CompletionStage<Answer> changed(
      String name, Function<ActorRef<QueueReply.Changed>, Object> command) {
    QueueEntity.checkName(name);
    return this.<QueueReply.Changed>asked(name, command)
        .thenApply(it -> new Answer(it.result(), it.queue()));
  }

  private <R> CompletionStage<R> asked(String name, Function<ActorRef<R>, Object> command) {
    return region.ask(name, command, askTimeout);
  }
}
