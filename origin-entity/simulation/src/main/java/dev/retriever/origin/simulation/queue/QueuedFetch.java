package dev.retriever.origin.simulation.queue;

import dev.retriever.executor.Report;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.QueueChoice;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A fetch of a queue, as the journal of its origin has it. */
final class QueuedFetch {
  private final String name;
  private final QueueChoice choice;
  private final String key;
  private final Instant acceptedAt;
  private final Instant journaledAt;
  private final Instant deadline;
  private final Map<Integer, Lease> leases = new HashMap<>();
  private final Set<Integer> notSent = new HashSet<>();
  private Optional<Integer> open;
  private Instant readyAt;
  private boolean isSettled;

  /**
   * @param journaledAt by the time of the world
   */
  QueuedFetch(String originId, String persistenceId, FetchAccepted accepted, Instant journaledAt) {
    this.name = originId + "/" + accepted.fetchId();
    this.choice = accepted.spec().queue().orElseThrow();
    this.key = choice.key().orElse(persistenceId);
    this.acceptedAt = accepted.at();
    this.journaledAt = journaledAt;
    this.readyAt = accepted.at();
    this.deadline = accepted.at().plus(accepted.spec().within());
    this.open = accepted.executor().map(it -> 1);
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
    return isSettled || open.isPresent()
        ? Optional.empty()
        : Optional.of(
            new WaitingFetch(
                choice.name(),
                key,
                choice.priority(),
                stored(acceptedAt),
                stored(earlier(readyAt, deadline))));
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

  Instant acceptedAt() {
    return acceptedAt;
  }

  Instant journaledAt() {
    return journaledAt;
  }
}
