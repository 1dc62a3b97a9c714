package dev.retriever.cluster.fleet;

/**
 * What a node reads of itself at one moment. Immutable.
 *
 * @param total since the node started
 * @param pending fetches that have not settled, of origins in memory
 * @param inFlight exchanges with targets
 * @param journal writes of the journal since the node started
 * @param wakeUps how late sleeping origins were found since the node started
 */
public record Figures(Counts total, long pending, long inFlight, Timing journal, Timing wakeUps) {
  static final Figures NONE = new Figures(Counts.NONE, 0, 0, Timing.NONE, Timing.NONE);
}
