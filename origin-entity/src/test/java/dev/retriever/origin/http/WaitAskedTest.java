package dev.retriever.origin.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Header;
import dev.retriever.origin.Samples;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Until when a target with too much to do asks all callers to wait. */
class WaitAskedTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Optional<Instant> asked(int status, Header... headers) {
    return WaitAsked.of(Samples.response(status, headers), NOW);
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void too_much_to_do_and_retry_after_ask_for_it(int status) {
    assertThat(asked(status, new Header("Retry-After", "7"))).contains(NOW.plusSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 202, 301, 404, 500})
  void other_answers_say_something_about_their_request_alone(int status) {
    assertThat(asked(status, new Header("Retry-After", "7"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"default\";r=0;t=30 | 30",
        "limit=100, remaining=0, reset=50 | 50",
        "r=0; t=1, \"day\";r=0;t=60 | 1",
        "R=0;T=5 | 5"
      })
  void a_rate_limit_without_anything_left_says_when_it_begins_anew(String value, long seconds) {
    assertThat(asked(429, new Header("RateLimit", value))).contains(NOW.plusSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"default\";r=3;t=30", "\"default\";r=0", "t=30", "0;30", "", "burst=0"})
  void a_rate_limit_that_is_not_used_up_or_not_readable_says_nothing(String value) {
    assertThat(asked(429, new Header("RateLimit", value))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"30,30", "0,0", "1767225660,60", "1.5,1"})
  void the_older_headers_have_seconds_or_a_time(String value, long seconds) {
    assertThat(
            asked(
                429,
                new Header("X-RateLimit-Remaining", "0"),
                new Header("X-RateLimit-Reset", value)))
        .contains(NOW.plusSeconds(seconds));
    assertThat(asked(429, new Header("RateLimit-Reset", value))).contains(NOW.plusSeconds(seconds));
  }

  @Test
  void the_older_headers_ask_for_nothing_while_something_is_left() {
    assertThat(
            asked(
                429,
                new Header("X-RateLimit-Remaining", "4"),
                new Header("X-RateLimit-Reset", "9")))
        .isEmpty();
  }

  @Test
  void retry_after_counts_before_them() {
    assertThat(asked(503, new Header("RateLimit-Reset", "90"), new Header("Retry-After", "2")))
        .contains(NOW.plusSeconds(2));
  }

  @Test
  void a_time_that_has_passed_is_now() {
    assertThat(asked(429, new Header("X-RateLimit-Reset", "1500000000"))).contains(NOW);
  }
}
