package dev.retriever.origin.simulation.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** On which node each of the clocks is: on the oldest, as long as it is a member. */
final class ClockPlacement {
  /** To agree on where they are, and to start them. */
  private static final Duration STARTING = Duration.ofMillis(300);

  private final SimulatedCluster cluster;
  private final Map<Integer, String> homes = new HashMap<>();

  ClockPlacement(SimulatedCluster cluster) {
    this.cluster = cluster;
  }

  void assign() {
    var members = cluster.members().all();
    if (members.isEmpty()) {
      return;
    }
    for (var slice = 0; slice < Store.SLICES; slice++) {
      var home = homes.get(slice);
      if (home == null || !members.contains(home)) {
        var next = members.get(slice % members.size());
        homes.put(slice, next);
        start(next, slice);
      }
    }
  }

  private void start(String on, int slice) {
    cluster
        .world()
        .after(STARTING, () -> cluster.node(on).ifPresent(node -> node.startClock(slice)));
  }
}
