package dev.retriever.cluster.fleet;

/**
 * What happened on a node, or on all, in one step of {@link Recorder#STEP}. Immutable.
 *
 * @param at when it began, in seconds since 1970; a multiple of its length
 * @param counts in this step
 * @param pending at its end
 * @param inFlight at its end
 * @param nodes that have told of it
 */
public record Step(
    long at,
    Counts counts,
    long pending,
    long inFlight,
    Timing journal,
    Timing wakeUps,
    int nodes) {

  /** The same step of more nodes. */
  Step plus(Step other) {
    return new Step(
        at,
        counts.plus(other.counts),
        pending + other.pending,
        inFlight + other.inFlight,
        journal.plus(other.journal),
        wakeUps.plus(other.wakeUps),
        nodes + other.nodes);
  }
}
