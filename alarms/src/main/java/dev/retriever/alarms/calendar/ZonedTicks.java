package dev.retriever.alarms.calendar;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * Ticks at local times of a zone. Between two changes of the clocks, local times and instants run
 * side by side, so ticks are looked for from one change to the next. At a change the rules decide
 * about local times that are skipped or come twice.
 */
public final class ZonedTicks implements TickTimes {
  /** How far before a gap the tick is that stands for it with {@link SkippedTime#BEFORE}. */
  private static final Duration BEFORE_GAP = Duration.ofMinutes(1);

  /** More than clocks are ever changed by, so that nothing of a change is left out. */
  private static final int DAYS_OF_CHANGE = 2;

  private final CronTimes cron;
  private final ZoneRules zone;
  private final SkippedTime skipped;
  private final RepeatedTime repeated;

  /**
   * @param skipped when a time is due that the clocks skip
   * @param repeated when a time is due that the clocks repeat
   */
  public ZonedTicks(CronTimes cron, ZoneId zone, SkippedTime skipped, RepeatedTime repeated) {
    this.cron = cron;
    this.zone = zone.getRules();
    this.skipped = skipped;
    this.repeated = repeated;
  }

  @Override
  public Optional<Instant> from(Instant time) {
    var last =
        Duration.between(time, LATEST).compareTo(LONGEST_WAIT) < 0
            ? LATEST
            : time.plus(LONGEST_WAIT);
    var at = time;
    while (!at.isAfter(last)) {
      var part = new Part(at, zone.getOffset(at), zone.nextTransition(at));
      var tick = part.first();
      if (tick.isPresent()) {
        return tick.filter(it -> !it.isAfter(last));
      }
      var next = part.goOn();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Optional.empty();
  }

  @Override
  public Clocks clocksAt(Instant tick) {
    var local = LocalDateTime.ofInstant(tick, zone.getOffset(tick));
    if (!cron.from(local).equals(Optional.of(local))) {
      return Clocks.FOR_SKIPPED;
    }
    var change = zone.getTransition(local);
    if (change == null || change.isGap()) {
      return Clocks.RUN;
    }
    return zone.getOffset(tick).equals(change.getOffsetBefore())
        ? Clocks.FIRST_OF_TWO
        : Clocks.SECOND_OF_TWO;
  }

  /**
   * The time from an instant to the next change of the clocks.
   *
   * @param offset of the zone in it
   * @param change at its end, exclusive; null if the clocks are not changed any more
   */
  private final class Part {
    private final Instant begin;
    private final ZoneOffset offset;
    private final ZoneOffsetTransition change;

    /** The first time in it, or after it, that the expression names. */
    private final Optional<LocalDateTime> named;

    Part(Instant begin, ZoneOffset offset, ZoneOffsetTransition change) {
      this.begin = begin;
      this.offset = offset;
      this.change = change;
      this.named = cron.from(LocalDateTime.ofInstant(begin, offset));
    }

    /** The first such time that the rules take at this offset. */
    private Optional<LocalDateTime> taken() {
      var next = named;
      while (next.isPresent()) {
        var twice = zone.getTransition(next.get());
        if (twice == null || twice.isGap() || takes(twice)) {
          return next;
        }
        next = cron.from(twice.getDateTimeBefore());
      }
      return next;
    }

    private boolean takes(ZoneOffsetTransition twice) {
      return repeated == RepeatedTime.BOTH
          || offset.equals(
              repeated == RepeatedTime.FIRST ? twice.getOffsetBefore() : twice.getOffsetAfter());
    }

    Optional<Instant> first() {
      var tick = taken().map(it -> it.toInstant(offset)).filter(this::isInside);
      var forGap = forGap();
      return tick.isPresent() && forGap.filter(it -> it.isBefore(tick.get())).isEmpty()
          ? tick
          : forGap;
    }

    private boolean isInside(Instant tick) {
      return change == null || tick.isBefore(change.getInstant());
    }

    /** The tick that stands for the times in the gap at the end. */
    private Optional<Instant> forGap() {
      if (change == null || !change.isGap() || skipped == SkippedTime.SKIP) {
        return Optional.empty();
      }
      var at =
          skipped == SkippedTime.AFTER
              ? change.getInstant()
              : change.getInstant().minus(BEFORE_GAP);
      return at.isBefore(begin)
          ? Optional.empty()
          : cron.from(change.getDateTimeBefore())
              .filter(it -> it.isBefore(change.getDateTimeAfter()))
              .map(it -> at);
    }

    /** From where on to look for ticks, if there is none in this part. */
    Optional<Instant> goOn() {
      if (change == null || named.isEmpty()) {
        return Optional.ofNullable(change).map(ZoneOffsetTransition::getInstant);
      }
      // Parts in which nothing is named are many for an expression that names one day in years.
      var near = named.get().minusDays(DAYS_OF_CHANGE).toInstant(offset);
      return Optional.of(near.isAfter(change.getInstant()) ? near : change.getInstant());
    }
  }
}
