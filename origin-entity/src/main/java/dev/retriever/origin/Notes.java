package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import org.slf4j.Logger;

/** Counts what happens to fetches, and logs what somebody may want to know of. */
record Notes(Logger log, OriginCounters counters) {
  void take(Notice notice, AttemptKey key) {
    counters.count(notice);
    switch (notice) {
      case CONTRADICTING_REPORTS ->
          log.error("A second report on {} says something else; the first stands", key);
      case ATTEMPTS_LOST -> log.warn("The executor of {} did not report", key);
      case STRAY_REPORTS -> log.warn("A report on {}, which this origin never had", key);
      case DUPLICATE_REPORTS -> log.info("The report on {} came again", key);
      case LATE -> log.info("The report on {} came late, and is kept", key);
      case ACCEPTED, ANSWERED, FAILED, UNKNOWN, CANCELLED, TIMED_OUT, LOST_RACES ->
          log.debug("{}: {}", key, notice);
    }
  }

  /** Fetches that were accepted when the node had a pool of that name. */
  void stranded(String origin, long fetches, String pool) {
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
