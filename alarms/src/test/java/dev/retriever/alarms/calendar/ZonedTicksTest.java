package dev.retriever.alarms.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.alarms.calendar.TickTimes.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ZonedTicksTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2037-01-01T00:00:00Z");
  private static final Duration AROUND = Duration.ofHours(2);

  /** Which local times an expression names, told by a look at the time alone. */
  private static final Map<String, Predicate<LocalDateTime>> EXPRESSIONS =
      Map.of(
          "*/15 * * * *", at -> at.getMinute() % 15 == 0,
          "30 2 * * *", at -> at.getMinute() == 30 && at.getHour() == 2,
          "7,59 0-3,23 * * *",
              at ->
                  (at.getMinute() == 7 || at.getMinute() == 59)
                      && (at.getHour() <= 3 || at.getHour() == 23),
          "0 0 * * *", at -> at.getMinute() == 0 && at.getHour() == 0);

  /** The changes of the clocks of all zones in these years, each with a zone that has it. */
  private static Map<ZoneOffsetTransition, ZoneId> changes() {
    var changes = new HashMap<ZoneOffsetTransition, ZoneId>();
    for (var name : ZoneId.getAvailableZoneIds()) {
      var zone = ZoneId.of(name);
      changes(zone.getRules()).forEach(change -> changes.putIfAbsent(change, zone));
    }
    return changes;
  }

  private static List<ZoneOffsetTransition> changes(ZoneRules rules) {
    var changes = new ArrayList<ZoneOffsetTransition>();
    var change = rules.nextTransition(FROM);
    while (change != null && change.getInstant().isBefore(UNTIL)) {
      changes.add(change);
      change = rules.nextTransition(change.getInstant());
    }
    return changes;
  }

  @Test
  void around_every_change_of_every_zone_ticks_are_those_that_a_walk_by_minutes_finds() {
    var changes = changes();
    var ticks = 0;
    for (var change : changes.entrySet()) {
      for (var expression : EXPRESSIONS.keySet()) {
        ticks += compare(change.getValue(), change.getKey(), expression);
      }
    }
    assertThat(changes).as("changes of clocks").hasSizeGreaterThan(250);
    assertThat(ticks).as("ticks that were compared").isGreaterThan(25_000);
  }

  private static int compare(ZoneId zone, ZoneOffsetTransition change, String expression) {
    var cron = CronTimes.of(expression);
    var begin = change.getInstant().minus(AROUND).minusSeconds(1);
    var end = change.getInstant().plus(AROUND);
    var compared = 0;
    for (var skipped : SkippedTime.values()) {
      for (var repeated : RepeatedTime.values()) {
        var expected =
            walk(zone.getRules(), begin, end, EXPRESSIONS.get(expression), skipped, repeated);
        var found = ticks(new ZonedTicks(cron, zone, skipped, repeated), begin, end);
        assertThat(found)
            .as("'%s' at %s in %s, %s %s", expression, change, zone, skipped, repeated)
            .isEqualTo(expected);
        compared += found.size();
      }
    }
    return compared;
  }

  private static List<Instant> ticks(TickTimes times, Instant begin, Instant end) {
    var ticks = new ArrayList<Instant>();
    var next = times.from(begin);
    while (next.isPresent() && next.get().isBefore(end)) {
      ticks.add(next.get());
      next = times.after(next.get());
    }
    return ticks;
  }

  /** Looks at every minute there is, and at every local minute that there is not. */
  private static List<Instant> walk(
      ZoneRules zone,
      Instant begin,
      Instant end,
      Predicate<LocalDateTime> names,
      SkippedTime skipped,
      RepeatedTime repeated) {
    var ticks = new TreeSet<Instant>();
    for (var at = begin.truncatedTo(ChronoUnit.MINUTES).plusSeconds(60);
        at.isBefore(end);
        at = at.plusSeconds(60)) {
      var offset = zone.getOffset(at);
      var local = LocalDateTime.ofInstant(at, offset);
      var passes = zone.getValidOffsets(local);
      var wanted =
          passes.size() == 1
              || repeated == RepeatedTime.BOTH
              || offset.equals(passes.get(repeated == RepeatedTime.FIRST ? 0 : 1));
      if (wanted && names.test(local)) {
        ticks.add(at);
      }
    }
    var change = zone.nextTransition(begin);
    if (change.isGap() && skipped != SkippedTime.SKIP) {
      for (var missing = change.getDateTimeBefore();
          missing.isBefore(change.getDateTimeAfter());
          missing = missing.plusMinutes(1)) {
        if (names.test(missing)) {
          ticks.add(change.getInstant().minusSeconds(skipped == SkippedTime.AFTER ? 0 : 60));
        }
      }
    }
    return List.copyOf(ticks);
  }

  private static TickTimes berlin(String expression, SkippedTime skipped, RepeatedTime repeated) {
    return new ZonedTicks(CronTimes.of(expression), BERLIN, skipped, repeated);
  }

  @Test
  void a_time_that_is_skipped_is_due_where_the_rule_says() {
    var day = Instant.parse("2026-03-28T12:00:00Z");

    assertThat(berlin("30 2 * * *", SkippedTime.AFTER, RepeatedTime.FIRST).after(day))
        .contains(Instant.parse("2026-03-29T01:00:00Z"));
    assertThat(berlin("30 2 * * *", SkippedTime.BEFORE, RepeatedTime.FIRST).after(day))
        .contains(Instant.parse("2026-03-29T00:59:00Z"));
    assertThat(berlin("30 2 * * *", SkippedTime.SKIP, RepeatedTime.FIRST).after(day))
        .contains(Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void a_time_that_comes_twice_is_due_where_the_rule_says() {
    var day = Instant.parse("2026-10-24T12:00:00Z");
    var first = Instant.parse("2026-10-25T00:30:00Z");
    var second = Instant.parse("2026-10-25T01:30:00Z");
    var both = berlin("30 2 * * *", SkippedTime.AFTER, RepeatedTime.BOTH);

    assertThat(berlin("30 2 * * *", SkippedTime.AFTER, RepeatedTime.FIRST).after(day))
        .contains(first);
    assertThat(berlin("30 2 * * *", SkippedTime.AFTER, RepeatedTime.SECOND).after(day))
        .contains(second);
    assertThat(ticks(both, day, second.plusSeconds(1))).containsExactly(first, second);
  }

  @Test
  void a_list_of_ticks_says_what_the_clocks_do() {
    var times = berlin("30 2 * * *", SkippedTime.AFTER, RepeatedTime.BOTH);

    assertThat(times.clocksAt(Instant.parse("2026-03-29T01:00:00Z"))).isEqualTo(Clocks.FOR_SKIPPED);
    assertThat(times.clocksAt(Instant.parse("2026-10-25T00:30:00Z")))
        .isEqualTo(Clocks.FIRST_OF_TWO);
    assertThat(times.clocksAt(Instant.parse("2026-10-25T01:30:00Z")))
        .isEqualTo(Clocks.SECOND_OF_TWO);
    assertThat(times.clocksAt(Instant.parse("2026-10-26T01:30:00Z"))).isEqualTo(Clocks.RUN);
  }

  @Test
  void a_day_that_comes_once_in_years_is_found_and_a_tick_that_takes_too_long_is_not() {
    var leap = berlin("0 12 29 2 *", SkippedTime.AFTER, RepeatedTime.SECOND);

    assertThat(leap.after(Instant.parse("2096-03-01T00:00:00Z")))
        .contains(Instant.parse("2104-02-29T11:00:00Z"));
    assertThat(new PeriodTicks(UNTIL, Duration.ofDays(1)).from(FROM.minus(Duration.ofDays(1))))
        .isEmpty();
    assertThatThrownBy(() -> CronTimes.of("0 0 31 2 *")).hasMessageContaining("never fires");
  }

  @Test
  void after_the_last_instant_there_is_no_tick_and_no_failure() {
    var times = berlin("0 0 1 1 *", SkippedTime.AFTER, RepeatedTime.FIRST);

    assertThat(times.after(TickTimes.LATEST)).isEmpty();
    assertThat(times.after(Instant.parse("9999-12-31T23:00:00Z"))).isEmpty();
    assertThat(times.after(Instant.parse("9998-06-01T00:00:00Z")))
        .contains(Instant.parse("9998-12-31T23:00:00Z"));
    assertThat(new PeriodTicks(FROM, Duration.ofDays(366)).after(TickTimes.LATEST.minusSeconds(9)))
        .isEmpty();
  }

  @Test
  void periods_count_from_their_start_and_know_no_clocks() {
    var times = new PeriodTicks(Instant.parse("2026-03-29T00:00:00.500Z"), Duration.ofMinutes(50));

    assertThat(ticks(times, FROM, Instant.parse("2026-03-29T02:00:00Z")))
        .containsExactly(
            Instant.parse("2026-03-29T00:00:00.500Z"),
            Instant.parse("2026-03-29T00:50:00.500Z"),
            Instant.parse("2026-03-29T01:40:00.500Z"));
    assertThat(times.from(Instant.parse("2026-03-29T00:50:00.500Z")))
        .isEqualTo(Optional.of(Instant.parse("2026-03-29T00:50:00.500Z")));
    assertThatThrownBy(() -> new PeriodTicks(FROM, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_hour_field_of_any_hour_is_a_rhythm() {
    assertThat(CronTimes.of("*/15 * * * *").everyHour()).isTrue();
    assertThat(CronTimes.of("*/15 */1 * * *").everyHour()).isFalse();
  }
}
