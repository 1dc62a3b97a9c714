package dev.retriever.origin.core.schedules;

import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleAnswer.Backfilled;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.Schedules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ticks of a range that a backfill makes.
 *
 * @param undone in order
 * @param before how many were made before
 * @param unknown whether it is not known of one whether it was made
 * @param tooMany whether there are more than one backfill may have
 */
record Backfilling(List<Instant> undone, long before, boolean unknown, boolean tooMany) {
  static Backfilling of(PlannedSchedule schedule, ScheduleRequest.Backfill asked) {
    var ticks = schedule.ticks();
    var undone = new ArrayList<Instant>();
    var before = 0;
    var unknown = false;
    var next = ticks.from(asked.from()).filter(it -> !it.isAfter(asked.to()));
    while (next.isPresent() && undone.size() + before <= Schedules.MOST_BACKFILLED) {
      var tick = next.get();
      if (schedule.done().contains(tick)) {
        before++;
      } else {
        undone.add(tick);
        unknown |= schedule.done().mayContain(tick);
      }
      next = ticks.after(tick).filter(it -> !it.isAfter(asked.to()));
    }
    var tooMany = undone.size() + before > Schedules.MOST_BACKFILLED;
    return new Backfilling(List.copyOf(undone), before, unknown, tooMany);
  }

  /** The first tick after that one, up to the last one, that was not made. */
  static Optional<Instant> undone(PlannedSchedule schedule, Instant tick, Instant last) {
    var ticks = schedule.ticks();
    var next = ticks.after(tick);
    while (next.filter(it -> !it.isAfter(last)).filter(schedule.done()::contains).isPresent()) {
      next = ticks.after(next.get());
    }
    return next.filter(it -> !it.isAfter(last));
  }

  Backfilled shown() {
    return new Backfilled(
        undone.size(), before, undone.subList(0, Math.min(undone.size(), Backfilled.SHOWN)));
  }

  /** Why it cannot be made. */
  Optional<ScheduleAnswer.Result> refusal(boolean allowRepeat) {
    if (tooMany) {
      return Optional.of(ScheduleAnswer.Result.TOO_MANY_TICKS);
    }
    return unknown && !allowRepeat
        ? Optional.of(ScheduleAnswer.Result.MAY_REPEAT)
        : Optional.empty();
  }
}
