package dev.retriever.origin.core.schedules;

import dev.retriever.origin.schedules.CatchUp;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.TickNote;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The ticks of a schedule that are due and not decided, in order.
 *
 * @param next the tick after them
 * @param more whether that one is due too: no more are looked at in one turn than {@link #LOOKS}
 */
record DueTicks(List<NextTick> ticks, Optional<NextTick> next, boolean more) {
  /** Most ticks that are looked at in one turn, inclusive. */
  static final int LOOKS = 10_000;

  static DueTicks of(PlannedSchedule schedule, String key, Instant now) {
    return of(schedule, key, tick -> !tick.due().isAfter(now));
  }

  /** Those whose time has come, also if their jitter is not over. */
  static DueTicks begun(PlannedSchedule schedule, String key, Instant now) {
    return of(schedule, key, tick -> !tick.nominal().isAfter(now));
  }

  private static DueTicks of(PlannedSchedule schedule, String key, Predicate<NextTick> isDue) {
    var times = schedule.ticks();
    var ticks = new ArrayList<NextTick>();
    var next = schedule.next();
    while (next.filter(isDue).isPresent() && ticks.size() < LOOKS) {
      ticks.add(next.get());
      next = times.next(next.get(), key);
    }
    return new DueTicks(List.copyOf(ticks), next, next.filter(isDue).isPresent());
  }

  /** The tick behind the one at that place. */
  Optional<NextTick> following(int place) {
    return place + 1 < ticks.size() ? Optional.of(ticks.get(place + 1)) : next;
  }

  boolean isLate(int place, Instant now) {
    return ticks.get(place).due().isBefore(now.minus(CatchUp.LATE));
  }

  /** How many of the first ones are passed over. */
  int missed(CatchUp rule, Instant now) {
    if (more) {
      // None of these is among the latest, which the next turns find.
      return ticks.size() - Math.max(rule.max(), Ticking.MOST_TICKS);
    }
    var late = 0;
    while (late < ticks.size() && isLate(late, now)) {
      late++;
    }
    var caughtUp =
        switch (rule.policy()) {
          case NONE -> 0;
          case LATEST -> late < ticks.size() ? 0 : 1;
          case ALL -> rule.max();
        };
    var first = Math.max(0, late - caughtUp);
    while (first < late && ticks.get(first).nominal().isBefore(now.minus(rule.within()))) {
      first++;
    }
    return first;
  }

  /** The first ones as one note. */
  TickNote passedOver(int count, TickNote.Result result, Instant at) {
    return new TickNote(
        ticks.get(0).nominal(),
        Optional.of(ticks.get(count - 1).nominal()),
        count,
        at,
        TickNote.Via.TIME,
        result,
        Optional.empty(),
        Optional.empty());
  }
}
