package dev.retriever.loadtest.kills;

import java.time.Duration;

/**
 * The extent of the kill tests.
 *
 * @param callers callers, each submitting one fetch after the other
 * @param kills kills of the only node
 * @param pause the least time that a node is stopped; the others must have removed it by then
 * @param away the time that the database is down
 * @param cut the least time that a node is cut off
 * @param queueKills kills of nodes whose fetches are in a queue; four times as many of a lone one
 * @param queueStops stops of such nodes
 */
record KillSize(
    int callers,
    int kills,
    Duration pause,
    Duration away,
    Duration cut,
    int queueKills,
    int queueStops) {
  static final KillSize FULL =
      new KillSize(
          16, 20, Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(30), 20, 30);

  /** For every build. */
  static final KillSize QUICK =
      new KillSize(
          8, 4, Duration.ofSeconds(16), Duration.ofSeconds(8), Duration.ofSeconds(20), 1, 1);
}
