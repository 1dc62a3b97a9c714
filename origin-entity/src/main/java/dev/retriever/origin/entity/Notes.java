package dev.retriever.origin.entity;

import dev.retriever.origin.core.Decision.Effect;
import org.slf4j.Logger;

/** Counts the notices of one origin, and logs those that may matter to an operator. */
record Notes(String origin, Logger log, OriginCounters counters) {
  void take(Effect.Note note) {
    counters.count(note.notice());
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
    var event = failed.event();
    var thrown = failed.thrown().orElse(null);
    counters.count(failed.notice());
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
    log.warn(
        "{} has {} pending fetches for the executor pool {}, which this node does not have. Attempts"
            + " that are due wait, and the fetches settle at their deadlines. To let them go on,"
            + " start it with retriever.executor.pools.{}",
        origin,
        fetches,
        pool,
        pool);
  }
}
