package dev.retriever.executor.pool;

import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Target;
import dev.retriever.executor.Transport.Exchange;
import java.time.Instant;
import java.util.Optional;

/**
 * One attempt in the {@link AttemptTable}: reserved, then running, then reported. Not thread-safe;
 * the table guards it.
 */
final class AttemptEntry {
  private enum Phase {
    RESERVED,
    RUNNING,
    REPORTED
  }

  /** Empty when the attempt holds no room at its target, as a fenced one. */
  final Optional<Target> target;

  private Phase phase = Phase.RESERVED;

  /** When it was reserved; once it is reported, when it ended. */
  private Instant since;

  private String owner;
  private Instant deadline;
  private Exchange exchange;
  private Report report;
  private int timesSent;

  AttemptEntry(Instant since, Optional<Target> target) {
    this.since = since;
    this.target = target;
  }

  boolean isReserved() {
    return phase == Phase.RESERVED;
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  boolean isReported() {
    return phase == Phase.REPORTED;
  }

  void run(String executor, Instant until) {
    phase = Phase.RUNNING;
    owner = executor;
    deadline = until;
  }

  void end(Report ending, Instant now) {
    phase = Phase.REPORTED;
    since = now;
    report = ending;
    exchange = null;
  }

  void exchangeStarted(Exchange started) {
    exchange = started;
  }

  /** The exchange of a running attempt, once it has started. */
  Optional<Exchange> exchange() {
    return isRunning() ? Optional.ofNullable(exchange) : Optional.empty();
  }

  boolean isOwnedBy(String executor) {
    return executor.equals(owner);
  }

  /** When the attempt is to be aborted; null before it runs. */
  Instant deadline() {
    return deadline;
  }

  Instant since() {
    return since;
  }

  /** Null until the attempt has ended. */
  Report report() {
    return report;
  }

  /** Counts one more sending of the report, and returns the count. */
  int countSending() {
    return ++timesSent;
  }

  /** The size of the response body that the report holds; 0 without a response. */
  long reportBytes() {
    return report
        .<Optional<Response>>fold(
            answered -> Optional.of(answered.response()),
            notSent -> Optional.empty(),
            ambiguous -> ambiguous.partial())
        .map(response -> (long) response.body().size())
        .orElse(0L);
  }
}
