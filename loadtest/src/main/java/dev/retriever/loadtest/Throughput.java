package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.HdrHistogram.Histogram;

/**
 * Quick fetches through a node, beside the same calls made directly by the same client in the same
 * run. The direct ones come before and after, so that the noise of the machine can be seen.
 */
final class Throughput implements Scenario {
  private static final int WARM_UP = 2_000;

  @Override
  public String name() {
    return "throughput";
  }

  @Override
  public String summary() {
    return "quick fetches over the HTTP API, beside the same calls made directly";
  }

  @Override
  public boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException {
    return Workspace.run(
        "throughput",
        "The node's log is in ",
        out,
        workspace -> new Run(workspace, load, out, terminal).run());
  }

  private static final class Run {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Load load;
    private final PrintStream out;
    private final boolean terminal;
    private final Target target;
    private final Api api;
    private final NodeProcess node;
    private final Ledger ledger = new Ledger();
    private final FetchSpec spec;

    Run(Workspace workspace, Load load, PrintStream out, boolean terminal) throws IOException {
      this.load = load;
      this.out = out;
      this.terminal = terminal;
      target = workspace.closing(Target.start(0, Optional.empty()));
      api = workspace.closing(new Api());
      node =
          workspace.closing(
              NodeProcess.ofClassPath(workspace.data(), workspace.logs().resolve("node.log")));
      spec = FetchSpec.get(target.uri().resolve("/uuid")).timeout("30s").within("1m");
    }

    boolean run() throws IOException, InterruptedException {
      node.start();
      out.printf("node %s, target %s%n", node.api(), target.uri());
      direct("warm-up direct", WARM_UP);
      submitAndWait("warm-up retriever", WARM_UP);
      var phases = new ArrayList<Phase>();
      phases.add(direct("direct, before", load.fetches()));
      phases.add(submitAndWait("submit+wait", load.fetches()));
      phases.add(submitThenRead("submit, then read", load.fetches()));
      phases.add(direct("direct, after", load.fetches()));
      readUnsettled();
      var report =
          new ThroughputReport(load, phases, ledger.verdict(target.hits()), node.peakRssBytes());
      report.print(out);
      out.println("result: " + report.write());
      return report.kept();
    }

    private Phase direct(String name, int count) throws InterruptedException {
      var call = Phase.histogram();
      return phase(name, count, Map.of("call", call), false, i -> timedCall(call));
    }

    private CompletableFuture<?> timedCall(Histogram call) {
      var from = System.nanoTime();
      return api.call(spec.url()).thenRun(() -> Phase.record(call, from));
    }

    private Phase submitAndWait(String name, int count) throws InterruptedException {
      var outcome = Phase.histogram();
      return phase(
          name,
          count,
          Map.of("outcome", outcome),
          true,
          i -> {
            var from = System.nanoTime();
            var origin = origin(i);
            var id = id(name, i);
            return submit(origin, id, Optional.of(WAIT))
                .thenCompose(view -> settled(view, origin, id))
                .thenRun(() -> Phase.record(outcome, from));
          });
    }

    private Phase submitThenRead(String name, int count) throws InterruptedException {
      var latencies = new LinkedHashMap<String, Histogram>();
      var submit = Phase.histogram();
      var outcome = Phase.histogram();
      latencies.put("submit", submit);
      latencies.put("outcome", outcome);
      return phase(
          name,
          count,
          latencies,
          true,
          i -> {
            var from = System.nanoTime();
            var origin = origin(i);
            var id = id(name, i);
            return submit(origin, id, Optional.empty())
                .thenCompose(
                    view -> {
                      Phase.record(submit, from);
                      return settled(view, origin, id);
                    })
                .thenRun(() -> Phase.record(outcome, from));
          });
    }

    private Phase phase(
        String name,
        int count,
        Map<String, Histogram> latencies,
        boolean throughNode,
        IntFunction<CompletableFuture<?>> call)
        throws InterruptedException {
      var before = node.cpu();
      try (var progress = Progress.of(name, count, out, terminal)) {
        var driven = Drive.run(count, load.concurrency(), call, progress);
        var used = node.cpu().flatMap(after -> before.map(after::minus));
        return new Phase(name, count, driven, latencies, throughNode ? used : Optional.empty());
      }
    }

    private CompletableFuture<FetchView> submit(String origin, String id, Optional<Duration> wait) {
      return api.submit(node.api(), origin, spec.json(id), wait)
          .whenComplete(
              (view, failure) -> {
                if (failure != null) {
                  ledger.doubtful(id);
                } else {
                  ledger.accepted(
                      new Ledger.Accepted(id, "quick", spec.repeatable(), Set.of("answered")));
                  ledger.read(view);
                }
              });
    }

    /** Reads with a wait until it has settled; one wait is longer than the fetch may take. */
    private CompletableFuture<FetchView> settled(FetchView view, String origin, String id) {
      if (view.settled()) {
        return CompletableFuture.completedFuture(view);
      }
      return api.read(node.api(), origin, id, Optional.of(WAIT))
          .whenComplete(
              (read, failure) -> {
                if (failure == null) {
                  ledger.read(read);
                }
              });
    }

    /** A read that failed says nothing of its fetch, so each gets another chance. */
    private void readUnsettled() {
      var reader = new Follower(api, node::api, ledger);
      var reads =
          ledger.latest().stream()
              .filter(view -> !view.settled())
              .map(view -> reader.read(view.originId(), view.id(), Optional.of(WAIT)))
              .toArray(CompletableFuture[]::new);
      CompletableFuture.allOf(reads).join();
    }

    private String origin(int index) {
      return "load-" + index % load.origins();
    }

    private static String id(String phase, int index) {
      return phase.replaceAll("[^a-z]+", "-") + "-" + index;
    }
  }

  /** The phases that a reader compares: through the node over direct. */
  static double ratio(List<Phase> phases, Phase phase) {
    return phase.perSecond()
        / phases.stream()
            .filter(each -> each.name().startsWith("direct"))
            .mapToDouble(Phase::perSecond)
            .average()
            .orElse(Double.NaN);
  }
}
