package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.cluster.Members;
import dev.retriever.origin.simulation.cluster.OverdueChecker;
import dev.retriever.origin.simulation.cluster.PromiseChecker;
import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.Workload;
import dev.retriever.origin.simulation.trace.Trace;
import java.time.Duration;
import java.time.Instant;

/**
 * A while of faults in a cluster, then healing, and then everything must come to an end. May be
 * played again.
 */
final class Act {
  static final Duration FAULTS = Duration.ofSeconds(40);

  /** How often missing nodes are replaced. */
  private static final Duration UPKEEP = Duration.ofSeconds(5);

  /** After the faults: the longest deadline and grace, and to come back from every crash. */
  static final Duration HEALING = Duration.ofMinutes(7);

  /** After the faults: nodes that are gone are noticed, and queues and origins are back. */
  private static final Duration SETTLED_DOWN = Duration.ofSeconds(40);

  /** Longer than a report waits to be sent again, and an origin then for another message. */
  private static final Duration QUIET = Duration.ofSeconds(70);

  private static final Duration READING = Duration.ofSeconds(15);

  private final SimulatedCluster cluster;
  private final PromiseChecker promises;
  private final Workload guests;
  private final int nodes;
  private final EndChecks checks;

  /**
   * @param probed whether the origins write down what their continuations hear
   * @param nodes so many are kept up
   */
  Act(
      SimulatedCluster cluster,
      PromiseChecker promises,
      Workload guests,
      boolean probed,
      int nodes) {
    this.cluster = cluster;
    this.promises = promises;
    this.guests = guests;
    this.nodes = nodes;
    this.checks = new EndChecks(cluster, promises, guests, probed);
  }

  /** From now on; false when a promise was broken. */
  boolean play() {
    var healed = cluster.world().elapsed().plus(FAULTS);
    if (!goesWrong(healed)) {
      return false;
    }
    cluster.heal(nodes);
    guests.letGo();
    promises.healed(cluster.world().now(), cluster.skew());
    if (!goOnUntilAllIsDone(healed)) {
      return false;
    }
    checks.allDone();
    var end = cluster.world().elapsed().plus(QUIET);
    if (!goOnUntil(end)) {
      return false;
    }
    checks.reports();
    checks.rest();
    guests.readAll();
    return goOnUntil(end.plus(READING));
  }

  private OverdueChecker overdueChecker(Instant healed) {
    return new OverdueChecker(promises, this::isWell, checks::hasRoom, healed);
  }

  private boolean isWell(String executor) {
    return cluster.nodes().stream()
        .filter(node -> Members.isOf(executor, node.name()))
        .anyMatch(node -> node.process().isRunning() && !cluster.isRemoved(node));
  }

  private boolean goesWrong(Duration until) {
    var calm = overdueChecker(cluster.wall().minus(Duration.ofHours(1)));
    new SpontaneousFaults(cluster, FAULTS).begin();
    var begins = until.minus(FAULTS);
    for (var at = begins.plus(UPKEEP); at.compareTo(until) < 0; at = at.plus(UPKEEP)) {
      if (!goOnUntil(at)) {
        return false;
      }
      cluster.keepUp(nodes);
      if (cluster.luck().isCalm()) {
        calm.look(cluster.wall());
      }
    }
    return goOnUntil(until);
  }

  /** At the longest until it must be. False when a promise was broken. */
  private boolean goOnUntilAllIsDone(Duration healed) {
    var latest = healed.plus(HEALING);
    var overdue = overdueChecker(cluster.wall());
    var since = Trace.BEGINNING.plus(healed).plus(SETTLED_DOWN);
    for (var at = healed.plus(UPKEEP); at.compareTo(latest) <= 0; at = at.plus(UPKEEP)) {
      if (!goOnUntil(at)) {
        return false;
      }
      cluster.keepUp(nodes);
      overdue.look(cluster.wall());
      cluster
          .queueChecker()
          .stalls()
          .look(cluster.world().now(), cluster.wall(), checks.hasRoom(), since);
      checks.memory(UPKEEP);
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
}
