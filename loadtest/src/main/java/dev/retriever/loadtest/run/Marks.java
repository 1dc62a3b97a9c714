package dev.retriever.loadtest.run;

import dev.retriever.loadtest.load.Api;
import dev.retriever.loadtest.process.NodeProcess;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * High-water marks that nodes have kept since their start. They are exact, also for what no sample
 * has met and for origins that are not in memory.
 *
 * @param unsettled fetches that were accepted and had not settled
 * @param inFlight exchanges of executors
 * @param permits permits of pools that were held
 * @param waited what waited for room: origins for pools and targets, and fetches in the queue
 */
public record Marks(long unsettled, long inFlight, long permits, long waited) {
  /**
   * The marks of nodes, summed; exact when one of them has the origins, one the executors, and one
   * pool is used.
   *
   * @param queue the name of a queue that counts, too
   */
  public static Marks of(TestBed stage, List<NodeProcess> nodes, Optional<String> queue)
      throws IOException {
    var api = stage.api();
    var marks = new Marks(0, 0, 0, 0);
    for (var node : nodes) {
      marks = marks.plus(of(api, node));
    }
    if (queue.isPresent()) {
      var view = api.queue(nodes.get(0).management(), queue.get()).join();
      marks = marks.plus(new Marks(0, 0, 0, view.at("/most/waiting").asLong()));
    }
    return marks;
  }

  private static Marks of(Api api, NodeProcess node) {
    var stats = api.stats(node.management()).join();
    var inFlight = 0L;
    var permits = 0L;
    var waited = stats.path("mostWaitedForTargets").asLong();
    for (var pool : stats.path("executors")) {
      inFlight += pool.path("mostInFlight").asLong();
      permits += pool.path("mostPermitsHeld").asLong();
      waited += pool.path("mostWaiting").asLong();
    }
    return new Marks(stats.path("mostUnsettled").asLong(), inFlight, permits, waited);
  }

  private Marks plus(Marks other) {
    return new Marks(
        unsettled + other.unsettled,
        inFlight + other.inFlight,
        permits + other.permits,
        waited + other.waited);
  }
}
