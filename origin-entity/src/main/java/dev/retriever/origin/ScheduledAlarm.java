package dev.retriever.origin;

import dev.retriever.alarms.Schedule;
import java.time.Instant;
import java.util.Optional;

/**
 * A pending alarm of the handlers. Immutable; {@code toString} does not show the context.
 *
 * @param due when it fires next
 * @param then the continuation that runs then, with its context
 */
public record ScheduledAlarm(String id, Schedule schedule, Instant due, StoredContinuation then) {
  /** The cron expression and its zone, for an alarm that repeats. */
  public Optional<String> cron() {
    return schedule instanceof Schedule.Cron cron
        ? Optional.of(cron.expression() + " " + cron.zone())
        : Optional.empty();
  }
}
