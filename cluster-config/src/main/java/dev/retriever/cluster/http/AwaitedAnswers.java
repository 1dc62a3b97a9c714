package dev.retriever.cluster.http;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers that callers wait for, and that fail all at once when there is no sense in waiting any
 * more. Thread-safe.
 */
public final class AwaitedAnswers {
  private final Problem why;
  private final Set<CompletableFuture<?>> waiting = ConcurrentHashMap.newKeySet();
  private volatile boolean givenUp;

  /**
   * @param why what callers are told whose answer has not come
   */
  public AwaitedAnswers(Problem why) {
    this.why = why;
  }

  /** The answer, or {@code why} if it has not come when answers are given up. */
  public <T> CompletionStage<T> await(CompletionStage<T> answer) {
    var told = answer.toCompletableFuture().copy();
    waiting.add(told);
    told.whenComplete((value, failure) -> waiting.remove(told));
    if (givenUp) {
      fail(told);
    }
    return told;
  }

  /** Fails all answers that have not come, and those that are awaited from now on. */
  public void giveUp() {
    givenUp = true;
    waiting.forEach(this::fail);
  }

  /** Answers are awaited again. */
  public void resume() {
    givenUp = false;
  }

  public boolean isGivenUp() {
    return givenUp;
  }

  private void fail(CompletableFuture<?> told) {
    told.completeExceptionally(why.found());
  }
}
