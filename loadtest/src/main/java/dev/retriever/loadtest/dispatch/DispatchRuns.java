package dev.retriever.loadtest.dispatch;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.cost.Batch;
import dev.retriever.loadtest.cost.InvocationLine;
import dev.retriever.loadtest.cost.InvocationLines;
import dev.retriever.loadtest.cost.Matching;
import dev.retriever.loadtest.dispatch.Dispatch.Cell;
import dev.retriever.loadtest.dispatch.Dispatch.Origins;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Makes the fetches of cells on one test bed, and gathers the figures of caller, journal, processes
 * and invocation logs. Outcomes are read at the end, so that no read brings an origin into memory.
 */
final class DispatchRuns {
  /** The pause between two fetches of a warm origin, after the expected answer. */
  static final int GAP_MS = 12;

  private static final int WARM_UP = 10;
  private static final int LINGER_MS = 300;
  private static final int IDLE_MS = 1_500;
  private static final int HISTORIES_AT_ONCE = 8;

  private final Context context;
  private final TestBed stage;
  private final Fetches fetches;
  private final List<NodeProcess> nodes;
  private final List<Path> logs;
  private final Map<Cell, Collection<Sent>> sent = new LinkedHashMap<>();
  private final Map<Cell, Long> over = new HashMap<>();
  private final Map<Cell, Used> cpu = new HashMap<>();
  private final PlainCalls plain;

  /**
   * @param acceptedMs the time until it was accepted; for a waiting caller, until the outcome
   */
  private record Sent(String origin, String id, Instant at, double acceptedMs) {
    private long heardMs() {
      return (long) Math.ceil(at.toEpochMilli() + acceptedMs + 1);
    }
  }

  /** Processor time of all nodes during a time. */
  private record Used(double cpuMs, double wallMs) {
    /**
     * @param idle the part of a processor that idle nodes use
     */
    private double each(Cell cell, double idle) {
      return Math.max(0, cpuMs - idle * wallMs) / cell.fetches();
    }
  }

  DispatchRuns(TestBed stage, List<NodeProcess> nodes, List<Path> logs) throws IOException {
    this.stage = stage;
    this.context = stage.context();
    this.fetches = Fetches.through(nodes.get(0), stage);
    this.nodes = nodes;
    this.logs = logs;
    this.plain = new PlainCalls(stage);
  }

  List<DispatchCost> run(List<Cell> cells) throws IOException, InterruptedException {
    histories(cells);
    plain.warmUp();
    for (var cell : cells) {
      if (!cell.isLong()) {
        together(List.of(cell));
      }
    }
    together(cells.stream().filter(Cell::isLong).toList());
    var idle = idleCpu();
    fetches.readUnsettled(context);
    return gathered(idle);
  }

  /**
   * Warms up each kind with ten calls, and gives each cold origin a first fetch. Then the nodes
   * idle.
   */
  private void histories(List<Cell> cells) throws IOException, InterruptedException {
    var firsts = new ArrayList<Map.Entry<String, Submission>>();
    for (var cell : cells) {
      var spec = cell.dispatch().of(Submission.get(plain.url(0)));
      if (cell.origins() == Origins.COLD) {
        each(cell, (lane, i) -> firsts.add(Map.entry(cell.origin(lane, i), spec)));
      } else {
        IntStream.range(0, WARM_UP)
            .forEach(i -> firsts.add(Map.entry("warm-up-" + cell.name(), spec)));
      }
    }
    var made =
        Phase.closedLoop(
            context,
            "warm-up",
            firsts.size(),
            HISTORIES_AT_ONCE,
            i -> fetches.settle(firsts.get(i).getKey(), "first-" + i, firsts.get(i).getValue()));
    if (made.driven().failed() > 0) {
      throw new IOException("warm-up: " + made.driven().firstFailure().orElse("failed"));
    }
    Thread.sleep(LINGER_MS + context.size("idle"));
  }

  /** Measured at the end, when nothing is left to compile. */
  private double idleCpu() throws InterruptedException {
    var before = cpuNow();
    Thread.sleep(IDLE_MS);
    return (cpuNow() - before) / IDLE_MS;
  }

  private interface EachFetch {
    void at(int lane, int i);
  }

  private static void each(Cell cell, EachFetch fetch) {
    for (var lane = 0; lane < cell.lanes(); lane++) {
      for (var i = 0; i < cell.inLane(lane); i++) {
        fetch.at(lane, i);
      }
    }
  }

  private void together(List<Cell> cells) throws IOException, InterruptedException {
    if (cells.isEmpty()) {
      return;
    }
    var from = System.nanoTime();
    var before = cpuNow();
    var lanes = new ArrayList<CompletableFuture<?>>();
    for (var cell : cells) {
      sent.put(cell, new ConcurrentLinkedQueue<>());
      var spec =
          cell.dispatch()
              .of(Submission.get(plain.url(cell.durationMs())).timeout("60s").within("2m"));
      for (var lane = 0; lane < cell.lanes(); lane++) {
        lanes.add(lane(cell, lane, spec));
        Thread.sleep(2);
      }
      lanes.addAll(plain.beside(cell));
    }
    try (var progress = context.progress(cells.get(0).name(), lanes.size())) {
      for (var i = 0; i < lanes.size(); i++) {
        PlainCalls.await(lanes.get(i));
        progress.to(i + 1);
      }
    }
    Thread.sleep(LINGER_MS + context.size("idle"));
    for (var cell : cells) {
      over.put(cell, System.currentTimeMillis());
    }
    if (cells.size() == 1) {
      cpu.put(cells.get(0), new Used(cpuNow() - before, millisSince(from)));
    }
  }

  private CompletableFuture<?> lane(Cell cell, int lane, Submission spec) throws IOException {
    var before = cell.dispatch().of(Submission.get(plain.url(0)));
    CompletableFuture<?> done =
        cell.origins() == Origins.COLD
            ? CompletableFuture.completedFuture(null)
            : fetches.settle(cell.origin(lane, 0), "before-" + cell.id(lane, 0), before);
    for (var i = 0; i < cell.inLane(lane); i++) {
      var origin = cell.origin(lane, i);
      var id = cell.id(lane, i);
      done = done.thenCompose(nothing -> one(cell, origin, id, spec));
    }
    return done;
  }

  private CompletableFuture<?> one(Cell cell, String origin, String id, Submission spec) {
    var at = Instant.now();
    var from = System.nanoTime();
    if (cell.origins() == Origins.WAITED) {
      return fetches
          .settle(origin, id, spec)
          .thenRun(() -> sent.get(cell).add(new Sent(origin, id, at, millisSince(from))));
    }
    return fetches
        .submit(origin, id, spec)
        .thenRun(() -> sent.get(cell).add(new Sent(origin, id, at, millisSince(from))))
        .thenCompose(nothing -> after(cell.durationMs() + GAP_MS - millisSince(from)));
  }

  private static CompletableFuture<?> after(double millis) {
    return new CompletableFuture<>()
        .completeOnTimeout(null, Math.max(1, (long) millis), TimeUnit.MILLISECONDS);
  }

  private static double millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }

  private double cpuNow() {
    return nodes.stream()
        .mapToDouble(node -> node.cpu().map(Duration::toNanos).orElse(0L) / 1e6)
        .sum();
  }

  private List<DispatchCost> gathered(double idle) throws IOException {
    var settled = new HashMap<String, Instant>();
    stage
        .ledger()
        .latest()
        .forEach(view -> view.settledAt().ifPresent(at -> settled.put(view.id(), at)));
    var batches = new LinkedHashMap<Cell, Batch>();
    sent.forEach((cell, all) -> batches.put(cell, batch(cell, all, settled)));
    var lines = new ArrayList<InvocationLine>();
    for (var log : logs) {
      if (Files.exists(log)) {
        lines.addAll(InvocationLines.read(log).lines());
      }
    }
    writeBatches(batches.values());
    var matching = Matching.of(lines, List.copyOf(batches.values()));
    var costs = new ArrayList<DispatchCost>();
    batches.forEach(
        (cell, batch) ->
            costs.add(
                DispatchCost.of(
                    cell,
                    times(cell, batch),
                    Optional.ofNullable(cpu.get(cell)).map(it -> it.each(cell, idle)),
                    batch,
                    matching)));
    return costs;
  }

  private Batch batch(Cell cell, Collection<Sent> all, Map<String, Instant> settled) {
    var calls =
        all.stream()
            .filter(it -> settled.containsKey(it.id()))
            .map(
                it ->
                    new Batch.Call(
                        it.origin(),
                        it.id(),
                        it.at().toEpochMilli(),
                        it.heardMs(),
                        cell.origins() == Origins.WAITED
                            ? it.heardMs()
                            : settled.get(it.id()).toEpochMilli()))
            .toList();
    return new Batch(
        cell.name(),
        cell.dispatch().word(),
        cell.durationMs(),
        calls,
        over.get(cell),
        calls.size(),
        cell.dispatch() == Dispatch.DIRECT);
  }

  private DispatchCost.Times times(Cell cell, Batch batch) {
    var accepted = sent.get(cell).stream().mapToDouble(Sent::acceptedMs).sorted().toArray();
    var took =
        cell.origins() == Origins.WAITED
            ? accepted
            : batch.calls().stream()
                .mapToDouble(call -> call.settledMs() - call.sentMs())
                .sorted()
                .toArray();
    return new DispatchCost.Times(plain.of(cell), accepted, took);
  }

  /** Writes the batches for the command that prices logs. */
  private void writeBatches(Collection<Batch> batches) throws IOException {
    new ObjectMapper().writeValue(stage.logs().resolve("batches.json").toFile(), batches);
  }
}
