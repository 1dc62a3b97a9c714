package dev.retriever.loadtest.dispatch;

import dev.retriever.loadtest.dispatch.Dispatch.Cell;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The same calls as those of cells, made by a client alone with as many lanes, for comparison. */
final class PlainCalls {
  private static final int WARM_UP = 10;
  private static final int LONGEST_MINUTES = 2;

  private final TestBed stage;

  /** In milliseconds. */
  private final Map<Cell, Collection<Double>> took = new HashMap<>();

  PlainCalls(TestBed stage) {
    this.stage = stage;
  }

  URI url(int durationMs) throws IOException {
    var target = stage.target().uri();
    return target.resolve(durationMs == 0 ? "/uuid" : "/delay/" + durationMs);
  }

  /** Opens the connection before the first measured call. */
  void warmUp() throws IOException, InterruptedException {
    for (var i = 0; i < WARM_UP; i++) {
      await(stage.api().call(url(0)));
    }
  }

  /**
   * Makes as many calls as the cell has fetches, at the same time, so that both meet the same load.
   */
  List<CompletableFuture<?>> beside(Cell cell) {
    took.put(cell, new ConcurrentLinkedQueue<>());
    var lanes = new ArrayList<CompletableFuture<?>>();
    for (var lane = 0; lane < cell.lanes(); lane++) {
      CompletableFuture<?> done = CompletableFuture.completedFuture(null);
      for (var i = 0; i < cell.inLane(lane); i++) {
        done = done.thenCompose(nothing -> call(cell)).thenCompose(nothing -> gap());
      }
      lanes.add(done);
    }
    return lanes;
  }

  private static CompletableFuture<?> gap() {
    return new CompletableFuture<>()
        .completeOnTimeout(null, DispatchRuns.GAP_MS, TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<?> call(Cell cell) {
    var from = System.nanoTime();
    try {
      return stage
          .api()
          .call(url(cell.durationMs()))
          .thenRun(() -> took.get(cell).add((System.nanoTime() - from) / 1e6));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  double[] of(Cell cell) {
    return took.get(cell).stream().mapToDouble(it -> it).toArray();
  }

  static void await(CompletableFuture<?> call) throws IOException, InterruptedException {
    try {
      call.get(LONGEST_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("a call failed: " + e, e);
    }
  }
}
