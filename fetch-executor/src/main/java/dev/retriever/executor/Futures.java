package dev.retriever.executor;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Adapts completion stages that Pekko makes of Scala futures, and reads their failures. */
public final class Futures {
  private Futures() {}

  /**
   * A stage whose dependants run in the thread that completes it. They must not block.
   *
   * <p>Pekko's own stages run each dependant on the common pool. On machines with one or two cores
   * they start a new thread for each, which took most of the processor time of a fetch.
   */
  public static <T> CompletionStage<T> sameThread(CompletionStage<T> stage) {
    return stage.thenApplyAsync(Function.identity(), Runnable::run);
  }

  /** The failure itself, without the exception that dependants of a stage get around it. */
  public static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
