package dev.retriever.origin.core.schedules;

import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.ScheduleView.Progress;
import dev.retriever.origin.schedules.ScheduleView.Upcoming;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes views of schedules. */
final class ScheduleViews {
  private ScheduleViews() {}

  static ScheduleView of(
      PlannedSchedule schedule, String key, Instant now, Optional<String> running) {
    return new ScheduleView(
        schedule.id(),
        schedule.generation(),
        schedule.spec(),
        schedule.state(),
        schedule.createdAt(),
        schedule.changedAt(),
        schedule.anchor(),
        schedule.runs(),
        schedule.counts(),
        upcoming(schedule, key, now),
        tzdb(schedule),
        running,
        schedule.waiting(),
        schedule.filling().map(it -> new Progress(it.next(), it.to(), it.count(), it.decided())),
        schedule.recent());
  }

  private static List<Upcoming> upcoming(PlannedSchedule schedule, String key, Instant now) {
    var ticks = schedule.ticks();
    var zone = zone(schedule);
    var most = Math.min(ScheduleView.UPCOMING, schedule.runsLeft());
    var upcoming = new ArrayList<Upcoming>();
    var next = first(schedule, ticks, key, now);
    while (next.isPresent() && upcoming.size() < most) {
      var tick = next.get();
      var offset = zone.getRules().getOffset(tick.nominal());
      upcoming.add(new Upcoming(tick, offset.getId(), ticks.times().clocksAt(tick.nominal())));
      next = ticks.next(tick, key);
    }
    return List.copyOf(upcoming);
  }

  private static ZoneId zone(PlannedSchedule schedule) {
    return schedule.spec().ticks().fold(cron -> cron.zone(), every -> ZoneOffset.UTC);
  }

  private static Optional<String> tzdb(PlannedSchedule schedule) {
    return Optional.of(zone(schedule).getId())
        .filter(ZoneRulesProvider.getAvailableZoneIds()::contains)
        .map(id -> ZoneRulesProvider.getVersions(id).lastKey());
  }

  private static Optional<NextTick> first(
      PlannedSchedule schedule, SpecTicks ticks, String key, Instant now) {
    return schedule.paused() && schedule.next().filter(it -> !it.due().isAfter(now)).isPresent()
        ? ticks.firstAfter(now, key)
        : schedule.next();
  }
}
