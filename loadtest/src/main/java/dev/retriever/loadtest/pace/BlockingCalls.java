package dev.retriever.loadtest.pace;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Threads that make calls which block, each one after the other. */
public final class BlockingCalls {
  private BlockingCalls() {}

  /**
   * Makes a call for each item; the answers are in the order of the items.
   *
   * @param threads the most calls at once
   * @throws IOException if a call failed, when all have ended
   */
  public static <A, T> List<T> all(int threads, Collection<A> items, Function<A, T> call)
      throws IOException, InterruptedException {
    var pool = Executors.newFixedThreadPool(threads);
    try {
      var calls = items.stream().<Callable<T>>map(item -> () -> call.apply(item)).toList();
      var answers = new ArrayList<T>();
      for (var each : pool.invokeAll(calls)) {
        answers.add(each.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IOException("a call failed: " + e.getCause().getMessage(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
