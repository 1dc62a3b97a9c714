package dev.retriever.origin.simulation.queue;

import dev.retriever.executor.Report;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.QueueChoice;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A fetch of a queue, as the journal of its origin has it. */
final class QueuedFetch {
  private final String originId;
  private final long acceptedRow;
  private final String name;
  private final QueueChoice choice;
  private final String key;
  private final Duration within;
  private Instant acceptedAt;
  private Instant journaledAt;
  private final Map<Integer, Lease> leases = new HashMap<>();
  private final Set<Integer> notSent = new HashSet<>();
  private Optional<Integer> open;
  private Instant readyAt;
  private boolean isScheduled;
  private boolean isSettled;

  /**
   * @param acceptedRow the number of that row
   */
  QueuedFetch(String originId, long acceptedRow, FetchAccepted accepted, StoredQueues.Writing by) {
    this.originId = originId;
    this.acceptedRow = acceptedRow;
    this.name = originId + "/" + accepted.fetchId();
    this.choice = accepted.spec().queue().orElseThrow();
    this.key = choice.key().orElse(by.persistenceId());
    this.acceptedAt = accepted.at();
    this.journaledAt = by.now();
    this.readyAt = accepted.at();
    this.within = accepted.spec().within();
    this.open = accepted.executor().map(it -> 1);
  }

  String originId() {
    return originId;
  }

  long acceptedRow() {
    return acceptedRow;
  }

  /** It waits in no line before its time. */
  void scheduled(FetchScheduled row) {
    isScheduled = true;
    acceptedAt = row.notBefore();
    readyAt = acceptedAt;
  }

  void due(FetchDue row, Instant now) {
    journaledAt = now;
    isScheduled = false;
    acceptedAt = earlier(row.at(), acceptedAt);
    readyAt = acceptedAt;
  }

  void started(AttemptStarted row) {
    open = Optional.of(row.attempt());
    row.lease().ifPresent(it -> leases.put(row.attempt(), it));
  }

  void ended(AttemptEnded row) {
    open = Optional.empty();
    readyAt = row.retryAt();
    if (row.report() instanceof Report.NotSent) {
      notSent.add(row.attempt());
    }
  }

  void settled() {
    open = Optional.empty();
    isSettled = true;
  }

  boolean isSettled() {
    return isSettled;
  }

  /** Whether one of its attempts may have been sent. */
  boolean mayHaveBeenSent() {
    return leases.keySet().stream().anyMatch(it -> !notSent.contains(it));
  }

  Optional<WaitingFetch> waiting() {
    return isSettled || isScheduled || open.isPresent()
        ? Optional.empty()
        : Optional.of(
            new WaitingFetch(
                choice.name(),
                key,
                choice.priority(),
                stored(acceptedAt),
                stored(earlier(readyAt, acceptedAt.plus(within)))));
  }

  /** The database has milliseconds. */
  private static Instant stored(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MILLIS);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  Optional<Lease> lease(int attempt) {
    return Optional.ofNullable(leases.get(attempt));
  }

  String name() {
    return name;
  }

  String queue() {
    return choice.name();
  }

  String key() {
    return key;
  }

  /** When it began to wait: at its acceptance or, if it was scheduled, at its time. */
  Instant acceptedAt() {
    return acceptedAt;
  }

  /** When the row was written that put it into its line, by the time of the world. */
  Instant journaledAt() {
    return journaledAt;
  }
}
