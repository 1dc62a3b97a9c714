package dev.retriever.alarms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static List<String> ticks(String expression, ZoneId zone, String from, int count) {
    var schedule = Schedule.cron(expression, zone);
    var ticks = new ArrayList<String>();
    var tick = schedule.first(Instant.parse(from));
    while (ticks.size() < count) {
      ticks.add(tick.toString());
      tick = schedule.next(tick).orElseThrow();
    }
    return ticks;
  }

  @Test
  void an_instant_is_due_once_even_if_it_is_past() {
    var schedule = Schedule.at(NOW.minusSeconds(5));

    assertThat(schedule.first(NOW)).isEqualTo(NOW.minusSeconds(5));
    assertThat(schedule.next(NOW)).isEmpty();
  }

  @Test
  void a_delay_counts_from_now_and_zero_is_due_at_once() {
    assertThat(Schedule.after(Duration.ofHours(2)).first(NOW)).isEqualTo(NOW.plusSeconds(7200));
    assertThat(Schedule.after(Duration.ZERO).first(NOW)).isEqualTo(NOW);
    assertThat(Schedule.after(Duration.ZERO).next(NOW)).isEmpty();
  }

  @Test
  void far_futures_work_up_to_the_end_of_the_year_9999_and_longer_delays_end_there() {
    assertThat(Schedule.at(Schedule.LATEST).first(NOW)).isEqualTo(Schedule.LATEST);
    assertThat(Schedule.after(Duration.ofDays(2_000_000)).first(NOW))
        .isEqualTo("7501-10-26T00:00:00Z");
    assertThat(Schedule.after(Duration.ofSeconds(Long.MAX_VALUE)).first(NOW))
        .isEqualTo(Schedule.LATEST);
    assertThat(Schedule.after(Duration.between(NOW, Schedule.LATEST)).first(NOW))
        .isEqualTo(Schedule.LATEST);
  }

  @Test
  void a_cron_ends_with_the_year_9999() {
    var yearly = Schedule.cron("0 0 1 1 *", ZoneOffset.UTC);

    assertThat(yearly.first(Instant.parse("9998-06-01T00:00:00Z")))
        .isEqualTo("9999-01-01T00:00:00Z");
    assertThat(yearly.next(Instant.parse("9999-01-01T00:00:00Z"))).isEmpty();
    assertThat(yearly.first(Instant.parse("9999-06-01T00:00:00Z"))).isEqualTo(Schedule.LATEST);
    assertThat(yearly.next(Instant.MAX)).isEmpty();
    assertThat(yearly.first(Instant.MIN)).isEqualTo("0001-01-01T00:00:00Z");
  }

  @Test
  void the_first_tick_is_strictly_after_now_to_the_nanosecond() {
    var noon = Schedule.cron("0 12 * * *", ZoneOffset.UTC);
    var tick = Instant.parse("2026-01-01T12:00:00Z");

    assertThat(noon.first(tick.minusNanos(1))).isEqualTo(tick);
    assertThat(noon.first(tick)).isEqualTo(tick.plus(Duration.ofDays(1)));
    assertThat(noon.first(tick.plusNanos(1))).isEqualTo(tick.plus(Duration.ofDays(1)));
  }

  @Test
  void ticks_that_were_missed_are_made_up_for_by_one() {
    var schedule = Schedule.cron("*/5 * * * *", ZoneOffset.UTC);
    var fired = new ArrayList<Instant>();
    var due = schedule.first(NOW);
    // Down from 00:07 to 03:02, then looking once a minute.
    for (var minute = 0; minute <= 195; minute++) {
      var now = NOW.plus(Duration.ofMinutes(minute));
      if ((minute < 7 || minute >= 182) && !now.isBefore(due)) {
        fired.add(now);
        due = schedule.next(now).orElseThrow();
      }
    }

    assertThat(fired.stream().map(time -> Duration.between(NOW, time).toMinutes()))
        .containsExactly(5L, 182L, 185L, 190L, 195L);
  }

  @Test
  void an_appointment_that_the_clocks_leave_out_is_kept_when_they_are_put_forward() {
    assertThat(ticks("30 2 * * *", BERLIN, "2026-03-28T00:00:00Z", 3))
        .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    assertThat(ticks("*/20 2-3 * * *", BERLIN, "2026-03-29T00:59:00Z", 3))
        .as("together with the one that is due then anyhow")
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z", "2026-03-29T01:40:00Z");
  }

  @Test
  void an_appointment_that_the_clocks_repeat_is_kept_the_first_time_only() {
    assertThat(ticks("30 2 * * *", BERLIN, "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    assertThat(Schedule.cron("30 2 * * *", BERLIN).next(Instant.parse("2026-10-25T00:30:07.5Z")))
        .as("fired late, still in the first pass")
        .contains(Instant.parse("2026-10-26T01:30:00Z"));
    assertThat(Schedule.cron("30 2 * * *", BERLIN).first(Instant.parse("2026-10-25T01:10:00Z")))
        .as("asked in the second pass")
        .isEqualTo("2026-10-26T01:30:00Z");
  }

  @Test
  void a_rhythm_is_as_even_over_a_change_of_the_clocks_as_on_any_day() {
    assertThat(ticks("30 * * * *", BERLIN, "2026-03-29T00:00:00Z", 3))
        .containsExactly("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z");
    assertThat(ticks("30 * * * *", BERLIN, "2026-10-25T00:00:00Z", 3))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z");
  }

  @Test
  void a_leap_day_is_waited_for_over_eight_years() {
    assertThat(ticks("0 0 29 2 *", ZoneOffset.UTC, "2096-02-01T00:00:00Z", 2))
        .containsExactly("2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 0 * * FRI-SUN    | 0 0 * * 5-7",
        "0 0 * * 0          | 0 0 * * 7",
        "0 0 * jan,Mar fri  | 0 0 * 1,3 5",
        "' 0   0 * * *  '   | 0 0 * * *",
        "5/20 0 * * *       | 5,25,45 0 * * *"
      })
  void there_are_several_ways_to_write_the_same(String one, String other) {
    assertThat(ticks(one, BERLIN, "2026-01-01T00:00:00Z", 20))
        .isEqualTo(ticks(other, BERLIN, "2026-01-01T00:00:00Z", 20));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''            | Empty expression",
        "* * *         | contains 3 parts",
        "0 0 0 * * * * | contains 7 parts",
        "61 * * * *    | Value 61 not in range [0, 59]",
        "0 24 * * *    | Value 24 not in range [0, 23]",
        "0 0 0 * *     | Value 0 not in range [1, 31]",
        "0 0 * 13 *    | Value 13 not in range [1, 12]",
        "0 0 * * 8     | Value 8 not in range [0, 7]",
        "*/0 * * * *   | Period 0 not in range",
        "1,,2 * * * *  | Invalid chars",
        "1- * * * *    | Missing values for range",
        "30-10 * * * * | Invalid range",
        "*-5 * * * *   | Invalid chars",
        "*/* * * * *   | '*/* * * * *' is not valid",
        "9999999999999999999 * * * * | is not valid",
        "0 0 30 2 *    | never fires",
        "0 0 31 4,6,9,11 * | never fires",
        "@every 1ms    | characters other than",
        "@daily        | characters other than",
        "0 0 ? * *     | characters other than",
        "0 0 * * 1#2   | characters other than",
        "0 0 L * *     | Invalid chars",
        "0 0 15W * *   | Invalid chars",
        "٥ * * * *     | characters other than"
      })
  void an_invalid_cron_is_refused_with_the_reason_and_an_example(String cron, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.cron(cron, BERLIN))
        .withMessageStartingWith("cron expression ")
        .withMessageContaining(reason)
        .withMessageContaining("a valid one is '0 9 * * MON-FRI'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0 0 * * *||0 1 * * *", "0|1 0|1 * * *", "0 0|1|2 * 1|2 *", "0 0 *\n* *"})
  void cron_syntax_beyond_the_five_fields_is_refused(String cron) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.cron(cron, BERLIN))
        .withMessageContaining("characters other than");
  }

  @Test
  void a_long_cron_is_refused_unread_and_not_repeated() {
    assertThat(Schedule.cron("0".repeat(90) + " 0 * * *", BERLIN).next(NOW)).isPresent();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedule.cron("1,".repeat(5_000) + "1 * * * *", BERLIN))
        .withMessageContaining("longer than 100 characters")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
  }

  @Test
  void missing_or_out_of_range_arguments_are_refused_by_name() {
    refused(() -> Schedule.cron(null, BERLIN), "cron expression is missing");
    refused(() -> Schedule.cron("0 0 * * *", (ZoneId) null), "zone is missing");
    refused(() -> Schedule.cron("0 0 * * *", (String) null), "zone is missing");
    refused(() -> Schedule.cron("0 0 * * *", "Mars/Phobos"), "zone 'Mars/Phobos' is unknown");
    refused(() -> Schedule.cron("0 0 * * *", ""), "zone '' is unknown");
    refused(() -> Schedule.at(null), "time is missing");
    refused(() -> Schedule.at(Schedule.LATEST.plusNanos(1)), "time +10000-01-01T00:00:00Z is not");
    refused(() -> Schedule.at(Instant.MIN), "time -1000000000-01-01T00:00:00Z is not");
    refused(() -> Schedule.after(null), "delay is missing");
    refused(() -> Schedule.after(Duration.ofNanos(-1)), "delay PT-0.000000001S is negative");
  }

  private static void refused(Runnable call, String reason) {
    assertThatIllegalArgumentException()
        .isThrownBy(call::run)
        .withMessageStartingWith(reason)
        .withMessageContaining("a valid one is");
  }

  @Test
  void names_are_read_alike_in_every_locale() {
    var before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr"));
    try {
      assertThat(ticks("0 0 * * fri", ZoneOffset.UTC, "2026-01-01T00:00:00Z", 1))
          .containsExactly("2026-01-02T00:00:00Z");
    } finally {
      Locale.setDefault(before);
    }
  }
}
