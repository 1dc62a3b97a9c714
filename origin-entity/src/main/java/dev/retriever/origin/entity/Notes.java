package dev.retriever.origin.entity;

import dev.retriever.executor.logging.LogSubject;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.Notice;
import dev.retriever.origin.core.Decision.Effect;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Counts the notices of one origin, and logs those that may matter to an operator.
 *
 * @param traces the trace of a fetch that is pending
 */
record Notes(
    OriginHome origin,
    Logger log,
    OriginCounters counters,
    Function<String, Optional<TraceContext>> traces) {
  /** What happens to every fetch is logged only for those who look for a fault. */
  private static final Set<Notice> UNUSUAL =
      EnumSet.of(
          Notice.CONTRADICTING_REPORTS,
          Notice.ATTEMPTS_LOST,
          Notice.STRAY_REPORTS,
          Notice.DUPLICATE_REPORTS,
          Notice.LATE);

  void take(Effect.Note note) {
    counters.count(note.notice());
    if (UNUSUAL.contains(note.notice()) || log.isDebugEnabled()) {
      subject().fetch(note.fetchId()).trace(note.fetchId().flatMap(traces)).logs(() -> write(note));
    }
  }

  private LogSubject subject() {
    return LogSubject.of(origin.type(), origin.id());
  }

  private void write(Effect.Note note) {
    var about = note.subject();
    switch (note.notice()) {
      case CONTRADICTING_REPORTS ->
          log.error(
              "{}: second report on {} contradicts the first; the first stands. Report this as a bug",
              origin,
              about);
      case ATTEMPTS_LOST ->
          log.warn(
              "{}: no report on {}; the attempt counts as lost, and is repeated if its retry policy allows it",
              origin,
              about);
      case STRAY_REPORTS -> log.warn("{}: report for unknown {}; ignored", origin, about);
      case DUPLICATE_REPORTS -> log.info("{}: repeated report on {}; ignored", origin, about);
      case LATE -> log.info("{}: late report on {}; kept beside the outcome", origin, about);
      case ACCEPTED,
          ANSWERED,
          FAILED,
          UNKNOWN,
          CANCELLED,
          TIMED_OUT,
          LOST_RACES,
          ALARMS_FIRED,
          HANDLING_FAILED,
          PARKED ->
          log.debug("{}: {} {}", origin, about, note.notice());
    }
  }

  void take(Effect.HandlerFailed failed) {
    counters.count(failed.notice());
    subject().logs(() -> write(failed));
  }

  private void write(Effect.HandlerFailed failed) {
    var event = failed.event();
    var thrown = failed.thrown().orElse(null);
    if (event.retryAt().isPresent()) {
      log.warn(
          "{}: continuation of {} failed, next try at {}: {}",
          origin,
          event.cause(),
          event.retryAt().get(),
          event.reason(),
          thrown);
    } else {
      log.error(
          "{}: continuation of {} failed for the last time and is parked; correct the code and redrive: {}",
          origin,
          event.cause(),
          event.reason(),
          thrown);
    }
  }

  /** Warns of pending fetches whose pool this node does not have any more. */
  void stranded(String pool, long fetches) {
    subject()
        .logs(
            () ->
                log.warn(
                    "{} has {} pending fetches for the executor pool {}, which this node does not have. Attempts"
                        + " that are due wait, and the fetches settle at their deadlines. To let them go on,"
                        + " start it with retriever.executor.pools.{}",
                    origin,
                    fetches,
                    pool,
                    pool));
  }
}
