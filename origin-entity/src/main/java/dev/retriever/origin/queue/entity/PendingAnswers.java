package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.QueueOperations.Result;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.entity.QueueReply.Changed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Answers to changes that are not effective yet. They are given when they are, or after a few
 * seconds; then the queue that they show says that it is not. Not thread-safe.
 */
final class PendingAnswers {
  /** Callers that wait. Those beyond are answered at once. */
  private static final int MOST = 1_000;

  /** How long a node may take to read the table of queues. */
  private static final Duration TABLE_READ = Duration.ofMillis(250);

  private final QueueTimes times;
  private final List<Pending> pending = new ArrayList<>();

  PendingAnswers(QueueTimes times) {
    this.times = times;
  }

  private record Pending(
      Result result, BooleanSupplier isEffective, Consumer<Changed> to, long until) {}

  /** Answers when all nodes have read the table of queues, so that a caller may use a new one. */
  void known(QueueTurn turn, Result result, Consumer<Changed> replyTo) {
    var reads = times.directoryEvery().plus(TABLE_READ);
    pending.add(new Pending(result, () -> false, replyTo, turn.in(reads)));
  }

  /** Answers when the change is effective. */
  void when(QueueTurn turn, BooleanSupplier isEffective, Result result, Consumer<Changed> replyTo) {
    var until = pending.size() < MOST ? turn.in(times.answerWithin()) : turn.micros();
    pending.add(new Pending(result, isEffective, replyTo, until));
  }

  /** When to look again. */
  long next() {
    return pending.stream().mapToLong(Pending::until).min().orElse(Statements.NEVER);
  }

  boolean isNothing() {
    return pending.isEmpty();
  }

  /** Gives the answers that are ready. */
  void look(QueueTurn turn, Supplier<Optional<QueueView>> view) {
    var ready =
        pending.stream()
            .filter(it -> it.until() <= turn.micros() || it.isEffective().getAsBoolean())
            .toList();
    if (!ready.isEmpty()) {
      var shown = view.get();
      pending.removeAll(ready);
      ready.forEach(
          it -> turn.then(new QueueEffect.Reply<>(it.to(), new Changed(it.result(), shown))));
    }
  }
}
