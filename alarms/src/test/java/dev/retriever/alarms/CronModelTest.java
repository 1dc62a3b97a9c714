package dev.retriever.alarms;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronModelTest {
  private static final Duration WINDOW = Duration.ofDays(4);
  private static final int TICKS = 40;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Atlantic/Azores",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "UTC"
      })
  void random_expressions_agree_with_a_look_at_every_minute(String name) {
    var zone = ZoneId.of(name);
    var random = new SplittableRandom(73);
    var compared = 0;
    for (var i = 0; i < 60; i++) {
      var expression = NaiveCron.randomExpression(random);
      var from = beforeSomeChange(zone, random);
      var expected = new NaiveCron(expression, zone).ticks(from, from.plus(WINDOW), TICKS);

      assertThat(ticks(expression, zone, from))
          .as("'%s' in %s from %s", expression, zone, from)
          .isEqualTo(expected);
      compared += expected.size();
    }
    assertThat(compared).as("ticks that were compared").isGreaterThan(500);
  }

  /** Up to two days before, at any fraction of a second. */
  private static Instant beforeSomeChange(ZoneId zone, SplittableRandom random) {
    var time = Instant.parse("2012-01-01T00:00:00Z").plus(Duration.ofDays(random.nextInt(8000)));
    var change = zone.getRules().nextTransition(time);
    var end = change == null ? time : change.getInstant();
    return end.minusMillis(random.nextLong(Duration.ofDays(2).toMillis()));
  }

  private static List<Instant> ticks(String expression, ZoneId zone, Instant from) {
    Schedule schedule;
    try {
      schedule = Schedule.cron(expression, zone);
    } catch (IllegalArgumentException e) {
      assertThat(e).as(expression).hasMessageContaining("never fires");
      return List.of();
    }
    var ticks = new ArrayList<Instant>();
    var next = schedule.first(from);
    while (!next.isAfter(from.plus(WINDOW)) && ticks.size() < TICKS) {
      ticks.add(next);
      next = schedule.next(next).orElseThrow();
    }
    return ticks;
  }
}
