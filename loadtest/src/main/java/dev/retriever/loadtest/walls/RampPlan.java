package dev.retriever.loadtest.walls;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The settings of a ramp.
 *
 * @param where the place of the executors
 * @param remote whether they are on another node than the origins
 * @param targets the number of targets that share the calls
 * @param perTarget {@code retriever.executor.transport.max-per-target}
 * @param permits {@code retriever.executor.permits}
 * @param options further options of the nodes' Java
 */
record RampPlan(
    String where,
    boolean remote,
    int targets,
    int perTarget,
    int permits,
    List<String> options,
    String name) {
  /** Enough for every number of calls. */
  private static final int RAISED = 1_000_000;

  private static final int SEVERAL = 3;
  private static final int QUICK = 10;
  private static final String LARGER_HEAP = "-Xmx2g";

  RampPlan {
    options = List.copyOf(options);
  }

  /**
   * As shipped first, and then each time with the wall of the ramp before moved.
   *
   * @param quick with limits so low that a short ramp meets them
   */
  static List<RampPlan> all(String where, boolean remote, boolean quick) {
    var shipped = ConfigFactory.load();
    var perTarget = quick ? QUICK : shipped.getInt("retriever.executor.transport.max-per-target");
    var permits = quick ? 2 * QUICK : shipped.getInt("retriever.executor.permits");
    var plans = new ArrayList<RampPlan>();
    plans.add(
        new RampPlan(
            where, remote, 1, perTarget, permits, List.of(), quick ? "one target" : "as shipped"));
    plans.add(
        new RampPlan(where, remote, SEVERAL, perTarget, permits, List.of(), "several targets"));
    plans.add(new RampPlan(where, remote, SEVERAL, RAISED, RAISED, List.of(), "settings raised"));
    return plans;
  }

  /** The same on a larger heap. */
  RampPlan withLargerHeap() {
    return new RampPlan(
        where, remote, targets, perTarget, permits, List.of(LARGER_HEAP), name + ", heap of 2 GiB");
  }

  /** Options of the node with the executors. */
  String[] executorOptions() {
    var all = new ArrayList<>(options);
    all.add("-Dretriever.executor.permits=" + permits);
    all.add("-Dretriever.executor.transport.max-per-target=" + perTarget);
    return all.toArray(String[]::new);
  }

  /** The numbers of calls to hold: from a tenth of the most, twice as many each time. */
  static List<Integer> steps(int most) {
    var steps = new ArrayList<Integer>();
    for (var at = Math.max(1, most / 10.0); at < most; at *= 2) {
      steps.add((int) Math.round(at));
    }
    steps.add(most);
    return steps;
  }

  /** The settings, in words. */
  String words() {
    return String.format(
        Locale.ROOT,
        "%d target%s, max-per-target %,d, permits %,d",
        targets,
        targets == 1 ? "" : "s",
        perTarget,
        permits);
  }
}
