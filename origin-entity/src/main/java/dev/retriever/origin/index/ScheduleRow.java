package dev.retriever.origin.index;

import dev.retriever.executor.Target;
import dev.retriever.origin.core.schedules.PlannedSchedule;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickRule;
import java.time.Instant;
import java.util.Optional;

/**
 * What is found of one schedule. Immutable; times are rounded down to the millisecond when it is
 * stored.
 *
 * @param id of the schedule; with its origin's id, the key
 * @param standing as it stands; empty when it is removed
 */
public record ScheduleRow(String id, Optional<Standing> standing) {
  /**
   * A schedule as it stands.
   *
   * @param next its next tick, with its jitter; empty when it has none any more
   * @param rule a cron expression if there is a zone, else a period such as {@code PT15M}
   * @param host of its fetch
   */
  public record Standing(
      long generation,
      ScheduleView.State state,
      Optional<Instant> next,
      String rule,
      Optional<String> zone,
      String method,
      String host) {}

  static ScheduleRow of(PlannedSchedule schedule) {
    var ticks = schedule.spec().ticks();
    var request = schedule.spec().fetch().request();
    return new ScheduleRow(
        schedule.id(),
        Optional.of(
            new Standing(
                schedule.generation(),
                schedule.state(),
                schedule.next().map(NextTick::due),
                IndexRow.cut(
                    ticks.fold(TickRule.Cron::expression, every -> every.period().toString())),
                ticks.fold(
                    cron -> Optional.of(IndexRow.cut(cron.zone().getId())),
                    every -> Optional.empty()),
                request.method(),
                IndexRow.cut(Target.of(request.url()).host()))));
  }

  static ScheduleRow removed(String id) {
    return new ScheduleRow(id, Optional.empty());
  }
}
