package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
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
 * One origin with ever more fetches pending: what each further one costs to accept and to settle,
 * and how long the origin takes to recover with all of them after a {@code kill -9}.
 */
final class Crowd implements Scenario {
  /** Fetches that are measured at each size. */
  private static final int PROBES = 1_000;

  /** One origin writes one thing after the other; more at once would only wait. */
  private static final int CONCURRENCY = 8;

  private static final String ORIGIN = "crowd";

  /** The target never answers those that are pending; few of them are to hold a connection. */
  private static final List<String> NODE_OPTIONS =
      List.of(
          "-Dretriever.origin.max-pending=1000000",
          "-Dretriever.executor.permits=100",
          "-Dretriever.executor.pools.probes.permits=100");

  @Override
  public String name() {
    return "crowd";
  }

  @Override
  public String summary() {
    return "one origin with 1000, 10000, … pending fetches, up to --fetches; and its recovery";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    return Workspace.run(
        "crowd",
        "The node's log is in ",
        out,
        workspace -> new Run(workspace, load, out, terminal).run());
  }

  /** 1000, 10000 and so on, up to the last, which comes in any case. */
  static List<Integer> sizes(int last) {
    return Stream.concat(
            IntStream.iterate(PROBES, size -> size < last, size -> size * 10).boxed(),
            Stream.of(Math.max(last, PROBES)))
        .toList();
  }

  private static final class Run {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Load load;
    private final PrintStream out;
    private final boolean terminal;
    private final Api api;
    private final NodeProcess node;
    private final FetchSpec waiting;
    private final FetchSpec answered;
    private final List<Phase> phases = new ArrayList<>();
    private int pending;
    private int asked;

    Run(Workspace workspace, Load load, PrintStream out, boolean terminal) throws IOException {
      this.load = load;
      this.out = out;
      this.terminal = terminal;
      var target = workspace.closing(Target.start(0, Optional.empty()));
      api = workspace.closing(new Api());
      node =
          workspace.closing(
              NodeProcess.ofClassPath(
                  NODE_OPTIONS, workspace.data(), workspace.logs().resolve("node.log")));
      waiting = FetchSpec.get(target.uri().resolve("/never")).timeout("2h").within("2h");
      answered = FetchSpec.get(target.uri().resolve("/uuid")).within("1m").executor("probes");
    }

    boolean run() throws IOException, InterruptedException {
      var empty = started();
      phase("warm-up", PROBES, CONCURRENCY, this::submitAnswered);
      phases.clear();
      for (var size : sizes(load.fetches())) {
        var missing = size - pending;
        phase("fill to " + size, missing, load.concurrency(), this::submitWaiting);
        pending += missing;
        phase("accept at " + size, PROBES, CONCURRENCY, this::submitWaiting);
        phase("cancel at " + size, PROBES, CONCURRENCY, i -> cancel(asked + i - PROBES));
        phase("accept and answer at " + size, PROBES, CONCURRENCY, this::submitAnswered);
      }
      var memory = node.peakRssBytes();
      node.kill();
      var report = new CrowdReport(load, phases, empty, started(), pending, pendingAfter(), memory);
      report.print(out);
      out.println("result: " + report.write());
      return report.kept();
    }

    /** How long a node takes until it is ready, what is pending recovered. */
    private Duration started() throws IOException, InterruptedException {
      var from = System.nanoTime();
      node.start();
      return Duration.ofNanos(System.nanoTime() - from);
    }

    private long pendingAfter() {
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

    private CompletableFuture<FetchView> submit(
        String id, FetchSpec spec, Optional<Duration> wait) {
      return api.submit(node.api(), ORIGIN, spec.json(id), wait);
    }

    private CompletableFuture<?> cancel(int number) {
      return api.cancel(node.api(), ORIGIN, "w-" + number);
    }

    private void phase(
        String name, int count, int concurrency, IntFunction<CompletableFuture<?>> call)
        throws InterruptedException {
      var latency = Phase.histogram();
      var before = node.cpu();
      try (var progress = Progress.of(name, count, out, terminal)) {
        var driven =
            Drive.run(
                count,
                concurrency,
                i -> {
                  var from = System.nanoTime();
                  return call.apply(i).thenRun(() -> Phase.record(latency, from));
                },
                progress);
        var cpu = node.cpu().flatMap(after -> before.map(after::minus));
        phases.add(new Phase(name, count, driven, Map.of("call", latency), cpu));
      }
      if (!name.startsWith("cancel")) {
        asked += count;
      }
    }
  }
}
