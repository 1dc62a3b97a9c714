package dev.retriever.executor;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What is peculiar to stages that come from Scala futures. */
public final class Futures {
  private Futures() {}

  /**
   * The same stage, whose dependants run in the thread that completes it.
   *
   * <p>The stages that Pekko makes of Scala futures run each dependant on the common pool and, on
   * machines of one or two cores where that pool is too small, in a new thread each. That cost most
   * of the processor time of a fetch. What follows here must not block.
   */
  public static <T> CompletionStage<T> sameThread(CompletionStage<T> stage) {
    return stage.thenApplyAsync(Function.identity(), Runnable::run);
  }
}
