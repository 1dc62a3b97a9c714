package dev.retriever.cluster.bulk;

import dev.retriever.origin.Serialized;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All jobs of the cluster. Component names are the on-disk format. Immutable.
 *
 * @param begun how many ever began
 * @param jobs in the order in which they began
 */
record BulkState(long begun, List<BulkJob> jobs) implements Serialized {
  /** Jobs that have not ended, of all tenants together, at most. */
  static final int MOST_OPEN = 8;

  /** Those of one tenant. */
  static final int MOST_OF_TENANT = 4;

  /** Jobs that have ended, and are still shown, at most. */
  private static final int MOST_ENDED = 200;

  /** How long one that has ended is shown. */
  private static final Duration SHOWN = Duration.ofDays(30);

  static final BulkState EMPTY = new BulkState(0, List.of());

  BulkState {
    jobs = List.copyOf(jobs);
  }

  Optional<BulkJob> of(String tenant, String id) {
    return jobs.stream().filter(job -> job.isOf(tenant, id)).findFirst();
  }

  Optional<BulkJob> of(long number) {
    return jobs.stream().filter(job -> job.number() == number).findFirst();
  }

  List<BulkJob> open() {
    return jobs.stream().filter(job -> !job.state().hasEnded()).toList();
  }

  /** Whether one more of that tenant may begin. */
  boolean isFull(String tenant) {
    var open = open();
    return open.size() >= MOST_OPEN
        || open.stream().filter(job -> job.wanted().tenant().equals(tenant)).count()
            >= MOST_OF_TENANT;
  }

  BulkState with(BulkJob job) {
    var all = new ArrayList<>(jobs);
    all.add(job);
    return new BulkState(job.number(), all);
  }

  BulkState change(long number, UnaryOperator<BulkJob> change) {
    return new BulkState(
        begun, jobs.stream().map(job -> job.number() == number ? change.apply(job) : job).toList());
  }

  /** Without jobs that ended long before, or before many others. */
  BulkState without(Instant now) {
    var ended = jobs.stream().filter(job -> job.state().hasEnded()).toList();
    var shown = ended.subList(Math.max(0, ended.size() - MOST_ENDED), ended.size());
    var kept =
        jobs.stream()
            .filter(
                job ->
                    job.endedAt().isEmpty()
                        || shown.contains(job) && job.endedAt().get().plus(SHOWN).isAfter(now))
            .toList();
    return new BulkState(begun, kept);
  }
}
