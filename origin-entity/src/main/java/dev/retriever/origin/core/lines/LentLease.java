package dev.retriever.origin.core.lines;

import dev.retriever.origin.Attempt;
import dev.retriever.origin.Lease;
import dev.retriever.origin.QueueChoice;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lease of an attempt that was given up, and whose report has not come: the request may still
 * run. Component names are the on-disk format of snapshots. Immutable.
 *
 * @param key of its fetch; empty for the origin's own
 */
public record LentLease(int attempt, Lease lease, Optional<String> key) {
  /** Those of these attempts, of a fetch with that choice. */
  public static List<LentLease> of(List<Attempt> attempts, Optional<QueueChoice> choice) {
    return attempts.stream()
        .filter(attempt -> attempt.reportSeen() == 0)
        .flatMap(attempt -> lent(attempt, choice))
        .toList();
  }

  private static Stream<LentLease> lent(Attempt attempt, Optional<QueueChoice> choice) {
    return attempt.lease().stream()
        .map(it -> new LentLease(attempt.number(), it, choice.flatMap(QueueChoice::key)));
  }
}
