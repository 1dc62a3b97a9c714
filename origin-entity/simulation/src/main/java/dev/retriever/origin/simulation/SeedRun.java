package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.cluster.Members;
import dev.retriever.origin.simulation.cluster.PromiseChecker;
import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.SimulatedPurge;
import dev.retriever.origin.simulation.cluster.Workload;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.trace.BrokenPromise;
import dev.retriever.origin.simulation.trace.CoverageMark;
import dev.retriever.origin.simulation.trace.Trace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One run of one seed: a while of faults, then healing, and then everything must come to an end. In
 * some, all of it happens once more a month later.
 */
final class SeedRun {
  /** As long as nothing of the first act is shown any more, and its origins may be forgotten. */
  private static final Duration ASLEEP = Duration.ofDays(31);

  /** In how many of the runs many fetches come at once in the end, and how many then. */
  private static final double RUSHES = 0.5;

  private static final int RUSHED = 10;

  /** In every so many-th run callers come again after a long sleep, and the purge with them. */
  private static final int AGAIN = 7;

  private final Plan plan;
  private final SimulatedCluster cluster;
  private final PromiseChecker promises;
  private final SimulationPlan scenario;
  private final Workload guests;
  private final Size size;
  private final Act act;

  /**
   * What a run came to.
   *
   * @param hash the same for the same seed, whatever machine it runs on
   */
  record Result(
      Plan plan,
      Optional<BrokenPromise> breach,
      long hash,
      long steps,
      Duration virtual,
      Map<Fault, Integer> struck,
      Map<CoverageMark, Integer> seen,
      int fetches,
      List<Trace.Entry> lines) {
    Optional<Failure> failure() {
      return breach.map(it -> new Failure(plan.seed(), plan.faults(), plan.fetches(), it));
    }
  }

  /**
   * How much there is of everything when a plan does not say.
   *
   * @param fetches those of a rush, and of a second act, not counted
   * @param rushed so many come in a rush, as the last of the first act
   * @param again so many come in a second act; 0 if there is none
   */
  record Size(int nodes, int fetches, int rushed, int again, int origins) {
    static Size of(Plan plan) {
      var size = of(plan.seed());
      return plan.fetches() == 0 ? size : size.with(plan.fetches());
    }

    static Size of(long seed) {
      var chance = new RandomStreams(seed, "size");
      var rushed = new RandomStreams(seed, "rush").happens(RUSHES) ? RUSHED : 0;
      var again = seed % AGAIN == 4 ? 2 + new RandomStreams(seed, "again").below(6) : 0;
      return new Size(
          2 + chance.below(2), 4 + chance.below(14), rushed, again, 1 + chance.below(4));
    }

    /** The first of them, or more. */
    private Size with(int wanted) {
      var more = Math.max(0, wanted - fetches);
      var inRush = Math.min(rushed, more);
      var later = Math.min(again, more - inRush);
      return new Size(nodes, wanted - inRush - later, inRush, later, origins);
    }

    int allFetches() {
      return fetches + rushed + again;
    }
  }

  /**
   * What to run.
   *
   * @param fetches how many; 0 for as many as the seed says
   */
  record Plan(long seed, Set<Fault> faults, int fetches, boolean inWords) {
    static Plan of(long seed) {
      return new Plan(seed, Fault.ALL, 0, false);
    }
  }

  private SeedRun(Plan plan, SimulationPlan scenario) {
    this.scenario = scenario;
    this.plan = plan;
    this.size = Size.of(plan);
    this.promises = new PromiseChecker(scenario.isProbed(), this::isWell, this::removedAt);
    this.cluster =
        new SimulatedCluster(
            plan.seed(),
            plan.faults(),
            new Trace(plan.inWords()),
            scenario::code,
            scenario.queues(plan.seed()),
            promises);
    this.guests = scenario.begin(cluster, promises, size, Act.FAULTS);
    this.act = new Act(cluster, promises, guests, scenario.isProbed(), size.nodes());
  }

  private Optional<Instant> removedAt(String executor) {
    return cluster.members().removedAt(executor);
  }

  private boolean isWell(String executor) {
    return cluster.nodes().stream()
        .filter(node -> Members.isOf(executor, node.name()))
        .anyMatch(node -> node.process().isRunning() && !cluster.isRemoved(node));
  }

  static Result run(Plan plan) {
    return run(plan, SimulationPlan.OWN);
  }

  static Result run(Plan plan, SimulationPlan scenario) {
    var run = new SeedRun(plan, scenario);
    run.run();
    return run.result();
  }

  private void run() {
    promises.reservation(cluster.config().getDuration("retriever.executor.reservation"));
    cluster.keepUp(size.nodes());
    var isKept = act.play();
    if (isKept && scenario.isProbed() && size.again() > 0) {
      comeAgain();
      isKept = act.play();
    }
    if (isKept) {
      scenario.end(cluster, promises);
    }
  }

  /** A second act: a month later, with the origins that there are, and the purge. */
  private void comeAgain() {
    cluster.sleep(ASLEEP);
    cluster.luck().comeAgain();
    promises.goesWrongAgain(cluster.skew());
    guests.comeAgain(size.fetches() + size.rushed() + 1, size.again(), Act.FAULTS);
    new SimulatedPurge(cluster).begin(Act.FAULTS);
  }

  private Result result() {
    return new Result(
        plan,
        promises.breaches().stream().findFirst(),
        cluster.world().trace().hash(),
        cluster.world().steps(),
        cluster.world().elapsed(),
        cluster.luck().all(),
        promises.seen(),
        promises.lives().size(),
        cluster.world().trace().entries());
  }
}
