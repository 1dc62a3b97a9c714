package dev.retriever.alarms;

import dev.retriever.alarms.calendar.CronTimes;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * The ticks of a cron expression. Maps its local times to instants of the zone, as the hour field
 * decides.
 */
final class CronTicks {
  private final CronTimes localTimes;
  private final ZoneId zone;

  /**
   * @param expression one that {@link CronTimes#of} has accepted
   */
  CronTicks(String expression, ZoneId zone) {
    this.localTimes = CronTimes.ofValid(expression);
    this.zone = zone;
  }

  /** The first tick strictly after {@code time} and not after {@link Schedule#LATEST}. */
  Optional<Instant> after(Instant time) {
    if (!time.isBefore(Schedule.LATEST)) {
      return Optional.empty();
    }
    var from = time.isBefore(Schedule.EARLIEST) ? Schedule.EARLIEST : time;
    var local = from.atZone(zone);
    var tick = localTimes.everyHour() ? nextOfRhythm(local) : nextAppointment(local);
    return tick.filter(instant -> !instant.isAfter(Schedule.LATEST));
  }

  private Optional<Instant> nextAppointment(ZonedDateTime from) {
    var transition = transition(from.toLocalDateTime());
    var passed =
        repeatedIn(transition, from)
            ? justBefore(transition.getDateTimeBefore())
            : from.toLocalDateTime();
    return localTimes.after(passed).map(this::instantOfAppointment);
  }

  private Instant instantOfAppointment(LocalDateTime local) {
    var transition = transition(local);
    return transition != null && transition.isGap()
        ? transition.getInstant()
        : ZonedDateTime.ofLocal(local, zone, null).toInstant();
  }

  private Optional<Instant> nextOfRhythm(ZonedDateTime from) {
    var local = localTimes.after(from.toLocalDateTime());
    var transition = transition(from.toLocalDateTime());
    if (transition != null && transition.isOverlap()) {
      var end = transition.getDateTimeBefore();
      var samePass = local.filter(end::isAfter);
      if (samePass.isPresent()) {
        return samePass.map(time -> time.toInstant(from.getOffset()));
      }
      if (!repeatedIn(transition, from)) {
        var secondPass = localTimes.from(transition.getDateTimeAfter()).filter(end::isAfter);
        if (secondPass.isPresent()) {
          return secondPass.map(time -> time.toInstant(transition.getOffsetAfter()));
        }
      }
    }
    return local.flatMap(this::instantOfRhythm);
  }

  private Optional<Instant> instantOfRhythm(LocalDateTime local) {
    var transition = transition(local);
    return transition != null && transition.isGap()
        ? localTimes.from(transition.getDateTimeAfter()).flatMap(this::instantOfRhythm)
        : Optional.of(ZonedDateTime.ofLocal(local, zone, null).toInstant());
  }

  /** The gap or overlap that the local time is in, or null. */
  private ZoneOffsetTransition transition(LocalDateTime local) {
    return zone.getRules().getTransition(local);
  }

  private static boolean repeatedIn(ZoneOffsetTransition transition, ZonedDateTime time) {
    return transition != null
        && transition.isOverlap()
        && time.getOffset().equals(transition.getOffsetAfter());
  }

  private static LocalDateTime justBefore(LocalDateTime time) {
    return time.minusNanos(1);
  }
}
