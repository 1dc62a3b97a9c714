package dev.retriever.origin.simulation;

import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.origin.simulation.cluster.Members;
import dev.retriever.origin.simulation.cluster.OverdueChecker;
import dev.retriever.origin.simulation.cluster.PromiseChecker;
import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.SimulatedNode;
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
 * One run of one seed: a while of faults, then healing, and then everything must come to an end.
 */
final class SeedRun {
  private static final Duration FAULTS = Duration.ofSeconds(40);

  /** How often missing nodes are replaced. */
  private static final Duration UPKEEP = Duration.ofSeconds(5);

  /** After the faults: the longest deadline and grace, and to come back from every crash. */
  private static final Duration HEALING = Duration.ofMinutes(7);

  /** After the faults: nodes that are gone are noticed, and queues and origins are back. */
  private static final Duration SETTLED_DOWN = Duration.ofSeconds(40);

  /** Longer than a report waits to be sent again, and an origin then for another message. */
  private static final Duration QUIET = Duration.ofSeconds(70);

  private static final Duration READING = Duration.ofSeconds(15);

  /** In how many of the runs many fetches come at once in the end, and how many then. */
  private static final double RUSHES = 0.5;

  private static final int RUSHED = 10;

  private final Plan plan;
  private final SimulatedCluster cluster;
  private final PromiseChecker promises;
  private final SimulationPlan scenario;
  private final Workload guests;
  private final int nodes;

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
   * @param fetches those of a rush not counted
   * @param rushed so many come in a rush, as the last
   */
  record Size(int nodes, int fetches, int rushed, int origins) {
    static Size of(Plan plan) {
      var size = of(plan.seed());
      return plan.fetches() == 0 ? size : size.with(plan.fetches());
    }

    static Size of(long seed) {
      var chance = new RandomStreams(seed, "size");
      var rushed = new RandomStreams(seed, "rush").happens(RUSHES) ? RUSHED : 0;
      return new Size(2 + chance.below(2), 4 + chance.below(14), rushed, 1 + chance.below(4));
    }

    /** The first of them, or more. */
    private Size with(int wanted) {
      var left = Math.min(rushed, Math.max(0, wanted - fetches));
      return new Size(nodes, wanted - left, left, origins);
    }

    int allFetches() {
      return fetches + rushed;
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
    var size = Size.of(plan);
    this.nodes = size.nodes();
    this.promises = new PromiseChecker(scenario.isProbed(), this::isWell, this::removedAt);
    this.cluster =
        new SimulatedCluster(
            plan.seed(),
            plan.faults(),
            new Trace(plan.inWords()),
            scenario::code,
            scenario.queues(plan.seed()),
            promises);
    this.guests = scenario.begin(cluster, promises, size, FAULTS);
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
    cluster.keepUp(nodes);
    var settledDown = Trace.BEGINNING.minus(Duration.ofHours(1));
    var calm = new OverdueChecker(promises, this::isWell, this::hasRoom, settledDown);
    new SpontaneousFaults(cluster, FAULTS).begin();
    for (var at = UPKEEP; at.compareTo(FAULTS) < 0; at = at.plus(UPKEEP)) {
      if (!goOnUntil(at)) {
        return;
      }
      cluster.keepUp(nodes);
      if (cluster.luck().isCalm()) {
        calm.look(cluster.wall());
      }
    }
    if (!goOnUntil(FAULTS)) {
      return;
    }
    cluster.heal(nodes);
    guests.letGo();
    promises.healed(cluster.world().now(), cluster.skew());
    if (!goOnUntilAllIsDone()) {
      return;
    }
    checkAllDone();
    var end = cluster.world().elapsed().plus(QUIET);
    if (goOnUntil(end)) {
      checkReports();
      checkRest();
      guests.readAll();
      goOnUntil(end.plus(READING));
      scenario.end(cluster, promises);
    }
  }

  /** At the longest until it must be. False when a promise was broken. */
  private boolean goOnUntilAllIsDone() {
    var healed = FAULTS.plus(HEALING);
    var overdue = new OverdueChecker(promises, this::isWell, this::hasRoom, cluster.wall());
    for (var at = FAULTS.plus(UPKEEP); at.compareTo(healed) <= 0; at = at.plus(UPKEEP)) {
      if (!goOnUntil(at)) {
        return false;
      }
      cluster.keepUp(nodes);
      overdue.look(cluster.wall());
      var since = Trace.BEGINNING.plus(FAULTS).plus(SETTLED_DOWN);
      cluster.queueChecker().stalls().look(cluster.world().now(), cluster.wall(), hasRoom(), since);
      checkMemory();
      if (guests.haveEnded() && promises.nothingIsOwed()) {
        return true;
      }
    }
    return true;
  }

  private boolean goOnUntil(Duration until) {
    cluster.world().run(until, () -> !promises.breaches().isEmpty());
    promises.at(cluster.world().now());
    return promises.breaches().isEmpty();
  }

  private void checkAllDone() {
    if (!guests.allAccepted()) {
      promises.broken(
          "P1",
          "callers",
          "what they submit is not accepted, " + HEALING + " after the last fault");
    }
    for (var life : promises.lives()) {
      if (promises.isOverdue(life)) {
        promises.broken(
            "P1", life.name(), "it has not settled " + HEALING + " after the last fault");
      } else if (promises.isOwedItsContinuation(life)) {
        promises.broken("P10", life.name(), "its continuation has not run");
      } else if (promises.isOwedLate(life)) {
        promises.broken("P6", life.name(), "its handler has not heard a late answer");
      }
    }
    promises
        .alarms()
        .overdue()
        .forEach(
            (name, due) -> promises.broken("P8", name, "it has not rung, and was due at " + due));
    promises
        .alarms()
        .unhandled()
        .forEach((cause, why) -> promises.broken("P10", cause, "it is not handled: " + why));
  }

  /** A node that lives repeats a report until the report is durable. */
  private void checkReports() {
    for (var life : promises.lives()) {
      life.reported.forEach(
          (attempt, node) -> {
            if (!life.spec.isDirect()
                && cluster.node(node).isPresent()
                && !life.kept.contains(attempt)) {
              promises.broken(
                  "P6", life.name(), "the report on attempt " + attempt + " is not kept");
            }
          });
    }
  }

  private void checkRest() {
    if (!scenario.isProbed()) {
      return; // they may be due at any moment
    }
    for (var node : cluster.nodes()) {
      if (!node.inMemory().isEmpty()) {
        promises.broken(
            "P9", node.name(), "in memory is " + node.inMemory() + " with nothing to do");
      }
      checkBudget(node);
      node.pools()
          .stats()
          .forEach(
              (pool, stats) -> {
                // An abort that was lost leaves an exchange to its own time limit.
                var held = stats.permitsHeld() - stats.inFlight() - node.permits().abandoned();
                if (held > 0) {
                  promises.broken("P9", node.name(), held + " permits are held for nothing");
                }
              });
      // A direct exchange whose origin has moved has its room until its own time limit.
      var isBusy = cluster.target().isBusy(node);
      if (!cluster.isSpread() && !isBusy && !node.permits().areFree(room())) {
        promises.broken("P9", node.name(), "an unused permit is held for good");
      }
    }
  }

  /** An exchange whose abort was lost has its bytes until its own time limit. */
  private void checkBudget(SimulatedNode node) {
    var inFlight =
        node.pools().stats().values().stream().mapToInt(ExecutorPool.Stats::inFlight).sum();
    if (node.process().isRunning() && inFlight == 0 && node.memoryHeld() > 0) {
      promises.broken(
          "P9", node.name(), node.memoryHeld() + " bytes of its budget are held for nothing");
    }
  }

  /** So many attempts may be under way on a node. */
  private int room() {
    var executor = cluster.config().getConfig("retriever.executor");
    return Math.min(executor.getInt("permits"), executor.getInt("transport.max-per-target"));
  }

  /** Whether each node could make another attempt. */
  private boolean hasRoom() {
    var room = room();
    return cluster.nodes().stream()
        .allMatch(
            node ->
                node.process().isRunning()
                    && node.pools().stats().values().stream()
                            .mapToInt(ExecutorPool.Stats::permitsHeld)
                            .sum()
                        < room);
  }

  /** Nodes hold nothing of fetches that have settled, whether or not their origins are there. */
  private void checkMemory() {
    var before = cluster.world().now().minus(UPKEEP);
    for (var node : cluster.nodes()) {
      var isIdle =
          promises.lives().stream()
              .filter(life -> node.inMemory().contains(life.originId))
              .allMatch(life -> life.settledAt.filter(before::isAfter).isPresent());
      if (isIdle && node.process().isRunning() && node.bodiesHeld() > 0) {
        promises.broken(
            "P9", node.name(), node.bodiesHeld() + " bytes are held of fetches that have settled");
      }
    }
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
