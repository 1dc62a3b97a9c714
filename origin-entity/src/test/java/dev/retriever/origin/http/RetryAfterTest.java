package dev.retriever.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Header;
import dev.retriever.origin.Samples;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a target asks to wait. */
class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Optional<Instant> retryAfter(String value) {
    return RetryAfter.of(Samples.response(503, new Header("Retry-After", value)), NOW);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,1", "' 120 ',120", "007,7", "999999999,999999999"})
  void retry_after_may_be_seconds(String value, long seconds) {
    assertThat(retryAfter(value)).contains(NOW.plusSeconds(seconds));
  }

  @Test
  void seconds_beyond_all_measure_are_a_time_that_never_comes() {
    assertThat(retryAfter("9".repeat(40)).orElseThrow()).isAfter(NOW.plus(Duration.ofDays(36_000)));
  }

  @Test
  void retry_after_may_be_a_date() {
    assertThat(retryAfter("Thu, 01 Jan 2026 00:02:03 GMT")).contains(NOW.plusSeconds(123));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Thu, 01 Jan 2026 00:02:03 GMT",
        "Thu, 1 Jan 2026 00:02:03 GMT",
        "Thu, 01 Jan 2026 00:02:03 UTC",
        "Thu, 01 Jan 2026 00:02:03 UT",
        "Thu, 01 Jan 2026 00:02:03 +0000",
        "Thu, 01 Jan 2026 01:02:03 +0100",
        "thu, 01 jan 2026 00:02:03 gmt",
        "Thursday, 01-Jan-26 00:02:03 GMT",
        "Thursday, 01-Jan-26 00:02:03 UTC",
        "Thu, 01-Jan-2026 00:02:03 GMT",
        "Thu Jan  1 00:02:03 2026",
        "Thu Jan 1 00:02:03 2026",
        " Thu Jan 01 00:02:03 2026 "
      })
  void a_date_has_any_of_the_three_forms_of_http(String value) {
    assertThat(retryAfter(value)).contains(NOW.plusSeconds(123));
  }

  @Test
  void a_leap_second_is_the_next_one() {
    assertThat(retryAfter("Thu, 01 Jan 2026 00:01:60 GMT")).contains(NOW.plusSeconds(120));
  }

  @Test
  void two_digits_of_a_year_more_than_fifty_years_ahead_are_of_the_past() {
    assertThat(retryAfter("Tuesday, 01-Jan-75 00:00:00 GMT"))
        .contains(Instant.parse("2075-01-01T00:00:00Z"));
    assertThat(retryAfter("Saturday, 01-Jan-77 00:00:00 GMT")).contains(NOW);
    assertThat(retryAfter("Sunday, 06-Nov-94 08:49:37 GMT")).contains(NOW);
  }

  @ParameterizedTest
  @CsvSource({"1.5,1500", "0.0001,1", "2.,2000", ".25,250", "+3,3000", "-0.5,0", "-99999999999,0"})
  void seconds_may_have_a_fraction_and_what_is_negative_is_none(String value, long millis) {
    assertThat(retryAfter(value)).contains(NOW.plusMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "'Thu, 01 Jan 2026 05:02:03 GMT', 'Thu, 01 Jan 2026 05:00:00 GMT', 123",
    "'Wed, 31 Dec 2025 00:00:10 GMT', 'Wednesday, 31-Dec-25 00:00:00 GMT', 10",
    "'Wed, 31 Dec 2025 00:00:10 GMT', 'Wed Dec 31 00:00:20 2025', 0",
    "'Thu, 01 Jan 2026 00:02:03 GMT', 'nonsense', 123",
    "'7', 'Thu, 01 Jan 2026 05:00:00 GMT', 7"
  })
  void a_date_is_counted_from_the_date_of_the_same_response(
      String value, String date, long seconds) {
    var response =
        Samples.response(503, new Header("Retry-After", value), new Header("date", date));

    assertThat(RetryAfter.of(response, NOW)).contains(NOW.plusSeconds(seconds));
  }

  @Test
  void a_date_that_came_twice_counts_for_nothing() {
    var five = new Header("Date", "Thu, 01 Jan 2026 05:00:00 GMT");
    var six = new Header("Date", "Thu, 01 Jan 2026 06:00:00 GMT");
    var retry = new Header("Retry-After", "Thu, 01 Jan 2026 00:02:03 GMT");

    assertThat(RetryAfter.of(Samples.response(503, five, retry, six), NOW))
        .contains(NOW.plusSeconds(123));
  }

  @Test
  void of_several_values_the_longest_counts() {
    var lines =
        Samples.response(
            503,
            new Header("Retry-After", "5"),
            new Header("Retry-After", "soon"),
            new Header("retry-after", "60"));

    assertThat(RetryAfter.of(lines, NOW)).contains(NOW.plusSeconds(60));
    assertThat(retryAfter("5, 60,30")).contains(NOW.plusSeconds(60));
    assertThat(retryAfter("5, Thu, 01 Jan 2026 00:02:03 GMT, 30")).contains(NOW.plusSeconds(123));
    assertThat(retryAfter("soon, -5, 1.5")).contains(NOW.plusMillis(1500));
  }

  @Test
  void a_date_in_the_past_is_now() {
    assertThat(retryAfter("Sun, 06 Nov 1994 08:49:37 GMT")).contains(NOW);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "soon",
        "1s",
        "1.5.5",
        "1e3",
        "--1",
        "1-",
        "Thu, 01 Jan 2026 00:02:03",
        "Thu, 01 Jan 2026 00:02:03 CET",
        "Thu, 01 Jan 2026 24:02:03 GMT",
        "Thu, 01 Jan 2026 00:02:61 GMT",
        "Thu, 01 Foo 2026 00:02:03 GMT",
        "Thu Jan 41 00:02:03 2026",
        "Friday, 01-Jan-26 00:02:03 GMT",
        "2026-01-01T00:02:03Z",
        "Mon, 01 Jan 2026 00:02:03 GMT",
        "Thu, 32 Jan 2026 00:02:03 GMT",
        "\u0661"
      })
  void a_value_that_is_neither_seconds_nor_a_date_is_ignored(String value) {
    assertThat(retryAfter(value)).isEmpty();
  }

  @Test
  void no_header_asks_for_nothing() {
    assertThat(RetryAfter.of(Samples.response(503), NOW)).isEmpty();
  }
}
