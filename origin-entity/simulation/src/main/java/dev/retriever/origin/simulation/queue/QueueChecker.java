package dev.retriever.origin.simulation.queue;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Lease;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginEvent.LateAnswerKept;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.Granted;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Watches what queues promise, at each change of their rows. It knows queues from the journals of
 * origins, the rows of the database and the answers to operators, and asks no queue.
 */
public final class QueueChecker {
  private final StoredQueues tables;
  private final QueueFindings findings;
  private final SlotChecker slots;
  private final LineChecker lines;
  private final RateChecker rates;
  private final StopChecker stops;
  private final StallChecker stalls;
  private final Function<String, QueueSettings> settings;

  /** By persistence id, the fetches of an origin that have a queue, in the order of acceptance. */
  private final Map<String, Map<String, QueuedFetch>> fetches = new LinkedHashMap<>();

  /** By queue and key, the fetch that holds it. */
  private final Map<String, QueuedFetch> holders = new HashMap<>();

  /**
   * @param settings how the text of settings is read
   */
  public QueueChecker(
      StoredQueues tables,
      QueueFindings findings,
      RunningAttempts running,
      Function<String, QueueSettings> settings) {
    this.tables = tables;
    this.findings = findings;
    this.settings = settings;
    this.slots = new SlotChecker(tables, findings, running);
    this.lines = new LineChecker(tables, findings);
    this.rates = new RateChecker(findings);
    this.stops = new StopChecker(findings);
    this.stalls = new StallChecker(tables, findings);
  }

  /** Rows were written, and those of queues with them. */
  public void journaled(
      StoredQueues.Writing by, String originId, List<Object> rows, QueueRows queueRows) {
    queueRows.listed().forEach(it -> listed(it));
    var persistenceId = by.persistenceId();
    rows.forEach(row -> stops.journaled(originId, row, by.now()));
    rows.forEach(row -> stalls.journaled(originId, row));
    var number = by.row() - rows.size();
    for (var row : rows) {
      number++;
      origin(by, number, originId, row);
    }
    var mine = fetches.getOrDefault(persistenceId, Map.of());
    var waiting = mine.values().stream().flatMap(it -> it.waiting().stream()).toList();
    lines.look(originId, persistenceId, waiting);
    queueRows.starts().stream().map(it -> it.lease().queue()).forEach(it -> changed(it, by.now()));
    queueRows.ends().stream().map(it -> it.lease().queue()).forEach(it -> changed(it, by.now()));
    mine.values().stream()
        .map(QueuedFetch::queue)
        .distinct()
        .forEach(queue -> changed(queue, by.now()));
  }

  private void listed(QueueRows.Listed it) {
    it.settings()
        .map(settings)
        .ifPresent(
            read -> {
              slots.configured(
                  it.queue(), it.version(), read.concurrency().orElse(Integer.MAX_VALUE));
              rates.configured(it.queue(), read.rate());
              stalls.configured(it.queue(), read);
            });
  }

  private void origin(StoredQueues.Writing by, long number, String originId, Object row) {
    var persistenceId = by.persistenceId();
    var now = by.now();
    if (row instanceof FetchAccepted accepted && accepted.spec().queue().isPresent()) {
      fetches
          .computeIfAbsent(persistenceId, it -> new LinkedHashMap<>())
          .put(accepted.fetchId(), new QueuedFetch(originId, number, accepted, by));
    } else if (row instanceof FetchScheduled scheduled) {
      fetch(persistenceId, scheduled.fetchId()).ifPresent(it -> it.scheduled(scheduled));
    } else if (row instanceof FetchDue due) {
      fetch(persistenceId, due.fetchId()).ifPresent(it -> it.due(due, now));
    } else if (row instanceof AttemptStarted started) {
      fetch(persistenceId, started.fetchId()).ifPresent(it -> started(it, originId, started, now));
    } else if (row instanceof AttemptEnded ended) {
      fetch(persistenceId, ended.fetchId()).ifPresent(it -> ended(it, ended));
    } else if (row instanceof FetchSettled settled) {
      fetch(persistenceId, settled.fetchId()).ifPresent(it -> settled(it, settled));
    } else if (row instanceof LateAnswerKept late && !late.report().equals(Report.lost())) {
      fetch(persistenceId, late.fetchId())
          .flatMap(it -> it.lease(late.attempt()))
          .ifPresent(slots::late);
    }
  }

  private Optional<QueuedFetch> fetch(String persistenceId, String fetchId) {
    return Optional.ofNullable(fetches.getOrDefault(persistenceId, Map.of()).get(fetchId));
  }

  private void started(QueuedFetch fetch, String originId, AttemptStarted row, Instant now) {
    fetch.started(row);
    if (row.lease().isEmpty()) {
      findings.broken(
          QueueFindings.LIMITS, fetch.name(), "it has a queue, and starts without a lease");
      return;
    }
    var lease = row.lease().get();
    if (!lease.queue().equals(fetch.queue())) {
      findings.broken(
          QueueFindings.LIMITS, fetch.name(), "it starts with another's lease: " + lease);
    }
    if (lease.grantNo() <= QueueStore.firstFloor(tables.epoch(lease.queue()))) {
      broken(fetch, "it starts with a grant of an incarnation that is over: " + lease);
    }
    if (lease.probe() && slots.hasOpenProbe(lease.queue())) {
      broken(fetch, "it starts as a probe beside another one: " + lease);
    }
    if (lease.hasSlot()) {
      slots.started(new SlotChecker.Holder(originId, row.fetchId(), row.attempt(), lease));
    }
    rates.started(lease, fetch.name());
    stops.started(lease, fetch.name(), now);
    stalls.started(lease.queue(), now);
    if (lease.strict()) {
      holds(fetch);
    }
  }

  private void broken(QueuedFetch fetch, String what) {
    findings.broken(QueueFindings.LIMITS, fetch.name(), what);
  }

  private void holds(QueuedFetch fetch) {
    var before = holders.put(fetch.queue() + " " + fetch.key(), fetch);
    if (before != null && before != fetch && !before.isSettled()) {
      findings.broken(
          QueueFindings.LIMITS,
          fetch.name(),
          "it starts while %s has its key, which has not settled".formatted(before.name()));
    }
  }

  private void ended(QueuedFetch fetch, AttemptEnded row) {
    fetch.lease(row.attempt()).ifPresent(it -> slots.ended(it, isOver(row)));
    if (row.report() instanceof Report.NotSent it && it.stage() == Stage.QUEUED) {
      fetch.lease(row.attempt()).ifPresent(rates::neverBegan);
    }
    fetch.ended(row);
  }

  private void settled(QueuedFetch fetch, FetchSettled row) {
    row.attempts()
        .forEach(
            attempt ->
                fetch.lease(attempt.number()).ifPresent(it -> slots.ended(it, isOver(attempt))));
    if (row.outcome() instanceof Outcome.Cancelled) {
      stops.cancelled(fetch);
    }
    fetch.settled();
  }

  private static boolean isOver(Attempt attempt) {
    var isHeard = attempt.reportSeen() != 0 && !(attempt.lost() && attempt.stage().isEmpty());
    return isHeard || !attempt.maybeSent();
  }

  /** What an executor itself has lost may run on. */
  private static boolean isOver(AttemptEnded row) {
    return row.heard() && !row.report().equals(Report.lost())
        || row.report() instanceof Report.NotSent;
  }

  /** Rows of that queue may have changed. */
  public void changed(String queue, Instant now) {
    slots.look(queue, now);
  }

  /** A queue sends grants to an origin. */
  public void granted(Granted message, Instant now) {
    message.grants().forEach(it -> rates.granted(it.lease(), now));
  }

  /** An exchange of that attempt begins on a node. */
  public void begun(String originId, String fetchId, int attempt, boolean stoodStill) {
    fetches.values().stream()
        .flatMap(it -> Optional.ofNullable(it.get(fetchId)).stream())
        .filter(it -> it.name().equals(originId + "/" + fetchId))
        .flatMap(it -> it.lease(attempt).stream())
        .filter(Lease::hasSlot)
        .filter(it -> !stoodStill && !tables.hasSlot(it.queue(), it.grantNo()))
        .forEach(
            it ->
                findings.broken(
                    QueueFindings.LIMITS,
                    originId + "/" + fetchId,
                    "attempt %d begins at a target without a slot".formatted(attempt)));
  }

  /** What operators ask and are told. */
  public StopChecker operators() {
    return stops;
  }

  /** What operators are told of limits. */
  public void effective(String queue, long version, Instant now) {
    slots.effective(queue, version, now);
  }

  /** What may go, must go. */
  public StallChecker stalls() {
    return stalls;
  }
}
