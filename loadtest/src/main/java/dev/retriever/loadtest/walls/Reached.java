package dev.retriever.loadtest.walls;

import java.util.List;
import java.util.Optional;

/**
 * What was held together at one step of a ramp, when nothing moved any more.
 *
 * @param asked the calls that were submitted
 * @param held the requests that waited at the targets
 * @param inFlight the exchanges of the executors
 * @param permitsHeld the permits that they held
 * @param refused submissions that the node refused or did not answer
 * @param firstRefusal the first of them, in words
 * @param shares shares of the nodes' memory that refused something during the ramp
 * @param processes the resources of the processes
 */
record Reached(
    int asked,
    int held,
    long inFlight,
    long permitsHeld,
    int refused,
    Optional<String> firstRefusal,
    List<String> shares,
    List<Used> processes,
    double seconds) {
  Reached {
    shares = List.copyOf(shares);
    processes = List.copyOf(processes);
  }

  /**
   * The resources of one process.
   *
   * @param who the process, in words
   * @param alive whether it runs
   * @param heap after garbage collection; 0 when it was not measured
   */
  record Used(
      String who,
      boolean alive,
      int descriptors,
      int descriptorLimit,
      long heap,
      long heapLimit,
      long rss) {
    private static final double FULL = 0.98;
    private static final double HEAP_FULL = 0.85;

    boolean isOutOfDescriptors() {
      return descriptorLimit > 0 && descriptors >= FULL * descriptorLimit;
    }

    boolean isOutOfHeap() {
      return heapLimit > 0 && heap >= HEAP_FULL * heapLimit;
    }
  }

  boolean allHeld() {
    return held >= asked && refused == 0;
  }
}
