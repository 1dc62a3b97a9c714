package dev.retriever.origin.entity;

import dev.retriever.origin.core.Decision.Effect;
import org.slf4j.Logger;

/** Counts what happens to the fetches and alarms of one origin, and logs what may matter. */
record Notes(String origin, Logger log, OriginCounters counters) {
  void take(Effect.Note note) {
    counters.count(note.notice());
    var about = note.subject();
    switch (note.notice()) {
      case CONTRADICTING_REPORTS ->
          log.error(
              "{}: a second report on {} says something else; the first stands", origin, about);
      case ATTEMPTS_LOST -> log.warn("{}: the executor of {} did not report", origin, about);
      case STRAY_REPORTS -> log.warn("{}: a report on {}, which never was", origin, about);
      case DUPLICATE_REPORTS -> log.info("{}: the report on {} came again", origin, about);
      case LATE -> log.info("{}: the report on {} came late, and is kept", origin, about);
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
          "{}: the continuation of {} failed, and is tried again at {}: {}",
          origin,
          event.cause(),
          event.retryAt().get(),
          event.reason(),
          thrown);
    } else {
      log.error(
          "{}: the continuation of {} is parked; correct the code and redrive: {}",
          origin,
          event.cause(),
          event.reason(),
          thrown);
    }
  }

  /** Fetches that were accepted when the node had a pool of that name. */
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
