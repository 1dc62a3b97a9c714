package dev.retriever.cluster.fleet;

/**
 * What a node has counted in the last seconds. Immutable.
 *
 * @param millis how long that was; 0 if it is not known yet
 */
public record Lately(Counts counts, long millis) {
  static final Lately NOTHING = new Lately(Counts.NONE, 0);

  private static final double SECOND = 1_000;

  /** One of the counts in a second. */
  double perSecond(long count) {
    return millis <= 0 ? 0 : count * SECOND / millis;
  }
}
