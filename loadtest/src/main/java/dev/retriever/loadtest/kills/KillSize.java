package dev.retriever.loadtest.kills;

import java.time.Duration;

/**
 * How much of each kill test is done.
 *
 * @param callers who submit, each one fetch after the other
 * @param kills of the only node
 * @param pause how long a node is stopped, at least; the others must have thrown it out by then
 * @param away how long the database is away
 * @param cut how long a node is cut off, at least
 */
record KillSize(int callers, int kills, Duration pause, Duration away, Duration cut) {
  static final KillSize FULL =
      new KillSize(16, 20, Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofSeconds(30));

  /** For every build. */
  static final KillSize QUICK =
      new KillSize(8, 4, Duration.ofSeconds(16), Duration.ofSeconds(8), Duration.ofSeconds(20));
}
