package dev.retriever.loadtest.bars;

import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.pace.Polling;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One origin with ever more pending fetches. Measures what a further fetch costs, and how long the
 * origin takes to recover after a {@code kill -9}.
 */
public final class Crowd {
  /** Fetches that are measured at each size. */
  private static final int PROBES = 1_000;

  /** An origin writes one event after the other, so more calls at once would only wait. */
  private static final int CONCURRENCY = 8;

  private static final String ORIGIN = "crowd";

  /** The target never answers pending fetches, and few of them may hold a connection. */
  private static final String[] NODE_OPTIONS = {
    "-Dretriever.origin.max-pending=1000000",
    "-Dretriever.executor.permits=100",
    "-Dretriever.executor.pools.probes.permits=100"
  };

  /** 1000, 10000 and so on, and always the last. */
  static List<Integer> sizes(int last) {
    return Stream.concat(
            IntStream.iterate(PROBES, size -> size < last, size -> size * 10).boxed(),
            Stream.of(Math.max(last, PROBES)))
        .toList();
  }

  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final int LOOK_MS = 20;

  private final Context context;
  private final ResultDraft draft;
  private final Api api;
  private final NodeProcess node;
  private final Submission waiting;
  private final Submission answered;
  private final List<Phase> phases = new ArrayList<>();
  private int pending;
  private int asked;

  public Crowd(TestBed stage) throws IOException {
    context = stage.context();
    draft = stage.draft();
    api = stage.api();
    node = stage.node(Map.of(), NODE_OPTIONS);
    var target = stage.target().uri();
    waiting = Submission.get(target.resolve("/never")).timeout("2h").within("2h");
    answered = Submission.get(target.resolve("/uuid")).within("1m").pool("probes");
  }

  public void run() throws IOException, InterruptedException {
    var empty = node.start();
    phase("warm-up", PROBES, CONCURRENCY, this::submitAnswered);
    phases.clear();
    for (var size : Crowd.sizes(context.size("fetches"))) {
      var missing = size - pending;
      phase("fill to " + size, missing, context.size("concurrency"), this::submitWaiting);
      pending += missing;
      phase("accept at " + size, PROBES, CONCURRENCY, this::submitWaiting);
      phase("cancel at " + size, PROBES, CONCURRENCY, i -> cancel(asked + i - PROBES));
      phase("accept and answer at " + size, PROBES, CONCURRENCY, this::submitAnswered);
    }
    var memory = node.peakRssMib();
    node.kill();
    var from = System.nanoTime();
    node.start();
    var after = pendingAgain();
    var crowded = Duration.ofNanos(System.nanoTime() - from);
    new Report(phases, empty, crowded, pending, after, memory).into(draft);
  }

  /** The origin is recovered when the loss of its attempts is noticed. */
  private long pendingAgain() throws InterruptedException {
    Polling.until(WAIT, LOOK_MS, () -> pendingNow() >= pending);
    return pendingNow();
  }

  private long pendingNow() {
    return api.stat(node.management(), "pending").join();
  }

  private CompletableFuture<?> submitWaiting(int index) {
    return submit("w-" + (asked + index), waiting, Optional.empty());
  }

  private CompletableFuture<?> submitAnswered(int index) {
    return submit("a-" + (asked + index), answered, Optional.of(WAIT))
        .thenAccept(
            fetch -> {
              if (!fetch.settled()) {
                throw new IllegalStateException(fetch.id() + " did not settle in time");
              }
            });
  }

  private CompletableFuture<FetchAnswer> submit(
      String id, Submission spec, Optional<Duration> wait) {
    return api.submit(node.api(), ORIGIN, spec.json(id), wait);
  }

  private CompletableFuture<?> cancel(int number) {
    return api.cancel(node.api(), ORIGIN, "w-" + number);
  }

  private void phase(
      String name, int count, int concurrency, IntFunction<CompletableFuture<?>> call)
      throws InterruptedException {
    phases.add(
        Phase.closedLoop(context, Optional.of(node), "call", name, count, concurrency, call));
    if (!name.startsWith("cancel")) {
      asked += count;
    }
  }

  /**
   * The figures of a run.
   *
   * @param empty the time until an empty node was ready
   * @param crowded the time from the restart until all fetches were pending in memory again
   */
  record Report(
      List<Phase> phases,
      Duration empty,
      Duration crowded,
      long pendingBefore,
      long pendingAfter,
      Optional<Long> peakRssMib) {
    void into(ResultDraft draft) {
      Phase.table("Calls of one origin, by how many fetches are pending in it", phases, draft);
      draft
          .table("Recovery")
          .cell("pending", pendingAfter)
          .cell("recovered, s", crowded)
          .cell("ready with none, s", empty)
          .cell("peak memory, MiB", peakRssMib);
      draft.promise(
          "pending after the kill",
          pendingBefore == pendingAfter,
          pendingAfter,
          pendingBefore + ", as before");
      draft.finding(
          "%.1f s after a killed node was started again, an origin with %d fetches pending was back in"
              + " memory; with none a node is ready after %.1f s.",
          crowded, pendingAfter, empty);
    }
  }
}
