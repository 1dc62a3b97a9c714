package dev.retriever.loadtest;

import java.io.IOException;
import java.util.List;

/**
 * A way to load nodes that ends in a verdict. It says what it measures and how much of it; where
 * and for whom is said by the {@link Context}. To add one, implement this and name it in {@link
 * #all}.
 */
interface Scenario {
  /** In lower case, with dashes. */
  String name();

  Group group();

  /** One line for the list of scenarios. */
  String summary();

  /** How much of it is done, and how much with {@code --quick}: a few seconds. */
  List<Size> sizes();

  /** Names for {@code --only}; empty when it is done as a whole. */
  default List<String> parts() {
    return List.of();
  }

  /**
   * Starts what it needs on {@linkplain Context#stage fresh stages}, loads it, and says how it
   * went.
   */
  Result run(Context context) throws IOException, InterruptedException;

  static List<Scenario> all() {
    return List.of(
        new Limits(),
        new DispatchCompared(),
        new QueueThroughput(),
        new QueueFlat(),
        new QueueFairness(),
        new QueueRetries(),
        new QueueClients(),
        new QueueMixed(),
        new QueueNodes(),
        new QueueCrash(),
        new QueueMemory(),
        new QueueBacklog(),
        new QueueLatency(),
        new Bounds(),
        new Throughput(),
        new Bars(),
        new Crowd(),
        new Waiting(),
        new AlarmsDue(),
        new AlarmsPending(),
        new Kills());
  }
}
