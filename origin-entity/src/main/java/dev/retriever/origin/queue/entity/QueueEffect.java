package dev.retriever.origin.queue.entity;

import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.OriginMessage;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** What follows from a turn when its events are durable. */
sealed interface QueueEffect {
  /** Those who carry effects out. */
  interface Shell {
    void send(OriginId to, OriginMessage message);

    <R> void call(Call<R> call);

    /** The queue leaves memory. */
    void leave();
  }

  /** Calls the method of the shell for this kind of effect. */
  void carryOut(Shell shell);

  /** A message goes to an origin; it may be lost. */
  record Send(OriginId to, OriginMessage message) implements QueueEffect {
    @Override
    public void carryOut(Shell shell) {
      shell.send(to, message);
    }
  }

  /**
   * A statement is made.
   *
   * @param then takes the result in a turn of its own
   * @param failed takes its failure in a turn of its own
   */
  record Call<R>(
      Function<QueueStore, CompletionStage<R>> statement,
      BiConsumer<QueueTurn, R> then,
      BiConsumer<QueueTurn, Throwable> failed)
      implements QueueEffect {
    @Override
    public void carryOut(Shell shell) {
      shell.call(this);
    }
  }

  /** A caller gets its answer. */
  record Reply<R>(Consumer<R> to, R answer) implements QueueEffect {
    @Override
    public void carryOut(Shell shell) {
      to.accept(answer);
    }
  }

  /** Nothing is left to do here, or a newer incarnation does it. */
  record Leave() implements QueueEffect {
    @Override
    public void carryOut(Shell shell) {
      shell.leave();
    }
  }
}
