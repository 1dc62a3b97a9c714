package dev.retriever.loadtest;

import dev.retriever.loadtest.Dispatch.Cell;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The calls of cells, made by a client alone, with as many lanes: what others are compared with.
 */
final class PlainCalls {
  private static final int WARM_UP = 10;
  private static final int LONGEST_MINUTES = 2;

  private final Context context;
  private final Stage stage;

  /** In milliseconds, by duration. */
  private final Map<Integer, Collection<Double>> took = new HashMap<>();

  PlainCalls(Context context, Stage stage) {
    this.context = context;
    this.stage = stage;
  }

  URI url(int durationMs) throws IOException {
    var target = stage.target().uri();
    return target.resolve(durationMs == 0 ? "/uuid" : "/delay/" + durationMs);
  }

  /** Once for each duration; those that are long all at once. */
  void make(List<Cell> cells) throws IOException, InterruptedException {
    var slow = new ArrayList<CompletableFuture<?>>();
    for (var cell : cells) {
      if (took.containsKey(cell.durationMs())) {
        continue;
      }
      took.put(cell.durationMs(), new ConcurrentLinkedQueue<>());
      for (var i = 0; i < cell.fetches() && cell.isLong(); i++) {
        slow.add(call(cell.durationMs()));
        Thread.sleep(2);
      }
      if (!cell.isLong()) {
        quick(cell);
      }
    }
    for (var call : slow) {
      await(call);
    }
  }

  private void quick(Cell cell) throws IOException, InterruptedException {
    for (var i = 0; i < WARM_UP; i++) {
      await(stage.api().call(url(0)));
    }
    Phase.closedLoop(
        context,
        Optional.empty(),
        "plain " + cell.durationMs(),
        cell.fetches(),
        cell.lanes(),
        i -> call(cell.durationMs()));
  }

  private CompletableFuture<?> call(int durationMs) {
    var from = System.nanoTime();
    try {
      return stage
          .api()
          .call(url(durationMs))
          .thenRun(() -> took.get(durationMs).add((System.nanoTime() - from) / 1e6));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  double[] of(Cell cell) {
    return took.get(cell.durationMs()).stream().mapToDouble(it -> it).toArray();
  }

  static void await(CompletableFuture<?> call) throws IOException, InterruptedException {
    try {
      call.get(LONGEST_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("a call failed: " + e, e);
    }
  }
}
