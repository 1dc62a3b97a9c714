package dev.retriever.origin.simulation;

import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.origin.simulation.cluster.PromiseChecker;
import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.SimulatedNode;
import dev.retriever.origin.simulation.cluster.Workload;
import java.time.Duration;

/** What must be so when the faults are over, and everything has had its time. */
final class EndChecks {
  private final SimulatedCluster cluster;
  private final PromiseChecker promises;
  private final Workload guests;
  private final boolean probed;

  EndChecks(SimulatedCluster cluster, PromiseChecker promises, Workload guests, boolean probed) {
    this.cluster = cluster;
    this.promises = promises;
    this.guests = guests;
    this.probed = probed;
  }

  /** Everything has come to its end. */
  void allDone() {
    if (!guests.allAccepted()) {
      promises.broken(
          "P1",
          "callers",
          "what they submit is not accepted, " + Act.HEALING + " after the last fault");
    }
    for (var life : promises.lives()) {
      if (promises.isOverdue(life)) {
        promises.broken(
            "P1", life.name(), "it has not settled " + Act.HEALING + " after the last fault");
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
  void reports() {
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

  /** Nothing is held for nothing. */
  void rest() {
    if (!probed) {
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
  boolean hasRoom() {
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

  /**
   * Nodes hold nothing of fetches that have settled so long ago, whether or not their origins are
   * there.
   */
  void memory(Duration since) {
    var before = cluster.world().now().minus(since);
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
}
