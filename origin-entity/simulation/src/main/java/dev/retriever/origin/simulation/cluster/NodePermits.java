package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Room;
import dev.retriever.executor.pool.ExecutorPool;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.origin.simulation.probe.Requests;
import java.util.ArrayList;
import java.util.Optional;

/** Permits of a node's own pool that are taken without an attempt. */
public final class NodePermits {
  /** More origins than a run has. */
  private static final int MOST_WAITERS = 20;

  private final NodeTasks process;
  private final ExecutorPools pools;
  private int abandoned;

  NodePermits(NodeTasks process, ExecutorPools pools) {
    this.process = process;
    this.pools = pools;
  }

  /** Takes a permit that is neither used nor given back. */
  public void abandon() {
    process.run(
        () -> {
          var key = new AttemptKey(SimulatedCluster.TYPE, "gone", "f" + ++abandoned, 1);
          own().reserve(key, Requests.TARGET);
        });
  }

  /** At most so many permits are held without use. */
  public int abandoned() {
    return abandoned;
  }

  /** Whether so many permits can be taken while none is in use. */
  public boolean areFree(int count) {
    return process.as(
        () -> {
          // Each call has the queues pass over a few waiters that have settled meanwhile.
          for (var call = 0; call < MOST_WAITERS; call++) {
            own().awaitRoom(Optional.empty(), "simulated", () -> {});
            own().awaitRoom(Optional.of(Requests.TARGET), "simulated", () -> {});
          }
          var taken = new ArrayList<AttemptKey>();
          for (var number = 1; number <= count; number++) {
            var key = new AttemptKey(SimulatedCluster.TYPE, "simulated", "f" + number, 1);
            if (reserves(key) || reserves(key)) {
              taken.add(key);
            }
          }
          taken.forEach(own()::release);
          return taken.size() == count;
        });
  }

  /** The pool looks for lapsed permits when it has no room, so the next call finds them. */
  private boolean reserves(AttemptKey key) {
    return pools.reserve(Optional.empty(), key, Requests.TARGET).room() == Room.RESERVED;
  }

  private ExecutorPool own() {
    return pools.find(Optional.empty()).orElseThrow();
  }
}
