package dev.retriever.cluster.fleet;

import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginOperations;
import java.util.Collection;

/**
 * Counts of fetches: since a node started, or in some time. Immutable.
 *
 * @param parked continuations that failed for the last time
 */
public record Counts(
    long accepted, long answered, long failed, long unknown, long cancelled, long parked) {
  static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

  static Counts of(Collection<OriginOperations.Stats> types) {
    return types.stream().map(Counts::of).reduce(NONE, Counts::plus);
  }

  private static Counts of(OriginOperations.Stats stats) {
    var counts = stats.counts();
    return new Counts(
        counts.get(Notice.ACCEPTED),
        counts.get(Notice.ANSWERED),
        counts.get(Notice.FAILED),
        counts.get(Notice.UNKNOWN),
        counts.get(Notice.CANCELLED),
        counts.get(Notice.PARKED));
  }

  Counts plus(Counts other) {
    return new Counts(
        accepted + other.accepted,
        answered + other.answered,
        failed + other.failed,
        unknown + other.unknown,
        cancelled + other.cancelled,
        parked + other.parked);
  }

  Counts minus(Counts other) {
    return new Counts(
        accepted - other.accepted,
        answered - other.answered,
        failed - other.failed,
        unknown - other.unknown,
        cancelled - other.cancelled,
        parked - other.parked);
  }
}
