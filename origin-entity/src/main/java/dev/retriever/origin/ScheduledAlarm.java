package dev.retriever.origin;

import dev.retriever.alarms.Schedule;
import java.time.Instant;
import java.util.Optional;

/**
 * An alarm of the handlers that is to ring. Immutable; {@code toString} does not show the context.
 *
 * @param due when it rings next
 * @param then the continuation that is run then, with its context
 */
public record ScheduledAlarm(String id, Schedule schedule, Instant due, StoredContinuation then) {
  /** The cron expression and its zone, of an alarm that rings again and again. */
  public Optional<String> cron() {
    return schedule instanceof Schedule.Cron cron
        ? Optional.of(cron.expression() + " " + cron.zone())
        : Optional.empty();
  }
}
