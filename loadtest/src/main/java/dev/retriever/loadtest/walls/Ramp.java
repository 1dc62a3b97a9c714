package dev.retriever.loadtest.walls;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.load.Submission;
import dev.retriever.loadtest.process.NodeProcess;
import dev.retriever.loadtest.process.Resources;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Depth;
import dev.retriever.loadtest.run.Fetches;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.TestBed;
import dev.retriever.loadtest.server.TargetProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * One ramp: submits ever more calls that the targets hold, until a step does not hold all of them
 * together. Then it lets go of all, and each must settle. For one thread.
 */
final class Ramp {
  private static final int CALLERS = 256;
  private static final int LOOK_MS = 100;

  /** When nothing more comes for so long, nothing more will. */
  private static final int STILL_MS = 4_000;

  private static final int SETTLE_SECONDS = 120;

  private final TestBed stage;
  private final Context context;
  private final RampPlan plan;
  private final NodeProcess node;
  private final NodeProcess executor;
  private final List<TargetProcess> targets = new ArrayList<>();
  private final List<Submission> specs = new ArrayList<>();
  private final Fetches fetches;
  private final Map<String, Long> refusedBefore;
  private int submitted;
  private int refused;
  private Optional<String> firstRefusal = Optional.empty();

  /**
   * All of a ramp.
   *
   * @param wall what it met first; empty if it held all that it asked
   * @param ends how the fetches ended, by outcome and reason
   */
  record Result(
      RampPlan plan,
      List<Reached> steps,
      Optional<Wall> wall,
      Map<String, Integer> ends,
      LedgerVerdict verdict) {
    /** The last step; it held most. */
    Reached last() {
      return steps.get(steps.size() - 1);
    }
  }

  Ramp(TestBed stage, RampPlan plan) throws IOException, InterruptedException {
    this.stage = stage;
    this.plan = plan;
    context = stage.context();
    if (plan.remote()) {
      node = stage.start(TestBed.role("origin"), plan.options().toArray(String[]::new));
      executor = stage.join(node, TestBed.role("executor"), plan.executorOptions());
    } else {
      node = stage.start(plan.executorOptions());
      executor = node;
    }
    for (var i = 0; i < plan.targets(); i++) {
      var target = stage.closing(TargetProcess.start());
      targets.add(target);
      specs.add(Submission.get(target.uri().resolve("/hold")).timeout("8m").within("10m"));
    }
    fetches = Fetches.through(node, stage).of("held", "answered", "failed", "unknown");
    refusedBefore = refusedByMemory();
  }

  Result run() throws IOException, InterruptedException {
    var depth = Depth.of(stage, node);
    var steps = new ArrayList<Reached>();
    Optional<Wall> wall = Optional.empty();
    for (var asked : RampPlan.steps(context.size("held"))) {
      var step = step(asked);
      steps.add(step);
      wall = Wall.of(step, plan);
      context.say(
          "  %s, %s: %d of %d held%s",
          plan.where(),
          plan.name(),
          step.held(),
          asked,
          wall.map(it -> "; the wall is " + it.what()).orElse(""));
      if (wall.isPresent()) {
        break;
      }
    }
    letGo(depth);
    return new Result(plan, steps, wall, ends(), verdict());
  }

  private Reached step(int asked) throws IOException, InterruptedException {
    var from = System.nanoTime();
    var first = submitted;
    var phase =
        Phase.closedLoop(
            context,
            "hold " + asked,
            asked - first,
            CALLERS,
            i -> fetches.submit(context.origin(first + i), "h-" + (first + i), spec(first + i)));
    submitted = asked;
    refused += phase.driven().failed();
    firstRefusal = firstRefusal.or(phase.driven()::firstFailure);
    var seconds = held(asked - refused, from);
    var stats = statistics(executor);
    return new Reached(
        asked,
        atTargets(),
        stats.path("inFlight").asLong(),
        stats.path("permitsHeld").asLong(),
        refused,
        firstRefusal,
        refusing(),
        processes(),
        seconds);
  }

  private Submission spec(int index) {
    return specs.get(index % specs.size());
  }

  private int atTargets() throws IOException, InterruptedException {
    var sum = 0;
    for (var target : targets) {
      sum += target.atOnce();
    }
    return sum;
  }

  /** Waits until so many are held, or no more come; returns the seconds until the last came. */
  private double held(int count, long from) throws IOException, InterruptedException {
    var most = -1;
    var since = System.nanoTime();
    while (System.nanoTime() - since < TimeUnit.MILLISECONDS.toNanos(STILL_MS)) {
      var now = atTargets();
      if (now > most) {
        most = now;
        since = System.nanoTime();
      }
      if (now >= count) {
        break;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    return (since - from) / 1e9;
  }

  private List<Reached.Used> processes() {
    var all = new ArrayList<Reached.Used>();
    all.add(used(plan.remote() ? "the node with the executors" : "the node", executor));
    if (plan.remote()) {
      all.add(used("the node with the origins", node));
    }
    for (var target : targets) {
      all.add(used("a target", target.pid(), target.isAlive(), 0, 0));
    }
    all.add(used("the load test", ProcessHandle.current().pid(), true, 0, 0));
    return all;
  }

  private static Reached.Used used(String who, NodeProcess process) {
    var pid = process.pid();
    return used(
        who,
        pid,
        process.isAlive(),
        Resources.heapAfterGc(pid).orElse(0),
        Resources.heapLimit(pid).orElse(0));
  }

  private static Reached.Used used(String who, long pid, boolean alive, long heap, long heapLimit) {
    var sample = Resources.sample(pid);
    return new Reached.Used(
        who,
        alive,
        sample.descriptors(),
        Resources.descriptorLimit(pid),
        heap,
        heapLimit,
        sample.rssBytes());
  }

  private JsonNode statistics(NodeProcess of) throws IOException {
    try {
      return stage.api().stats(of.management()).join();
    } catch (CompletionException away) {
      return MissingNode.getInstance();
    }
  }

  private Map<String, Long> refusedByMemory() throws IOException {
    var refusals = new TreeMap<String, Long>();
    for (var of : List.of(node, executor)) {
      statistics(of)
          .path("memory")
          .properties()
          .forEach(
              share ->
                  refusals.merge(
                      share.getKey(), share.getValue().path("refused").asLong(), Math::max));
    }
    return refusals;
  }

  private List<String> refusing() throws IOException {
    return refusedByMemory().entrySet().stream()
        .filter(it -> it.getValue() > refusedBefore.getOrDefault(it.getKey(), 0L))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Answers all calls, those too that come only now, until all have settled. */
  private void letGo(Depth depth) throws IOException, InterruptedException {
    var count = submitted - refused;
    try (var progress = context.progress("settle", count)) {
      for (var tries = 0; tries < SETTLE_SECONDS; tries++) {
        for (var target : targets) {
          target.release();
        }
        if (depth.settles(count, 1, progress)) {
          break;
        }
      }
    }
    fetches.readUnsettled(context);
  }

  private Map<String, Integer> ends() {
    var ends = new TreeMap<String, Integer>();
    for (var fetch : stage.ledger().latest()) {
      var end =
          fetch
              .outcome()
              .map(it -> it.type() + it.reason().map(reason -> ": " + reason).orElse(""))
              .orElse("not settled");
      ends.merge(end, 1, Integer::sum);
    }
    return ends;
  }

  private LedgerVerdict verdict() throws IOException, InterruptedException {
    var hits = new HashMap<String, Map<Integer, Integer>>();
    for (var target : targets) {
      hits.putAll(target.hits());
    }
    return stage.ledger().verdict(hits);
  }
}
