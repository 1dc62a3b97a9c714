package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.retriever.origin.RetryPolicy.Resend;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTest {
  private static RetryPolicy policy(int max, Duration min, Duration most, Set<Integer> on) {
    return new RetryPolicy(max, min, most, on, Resend.WHEN_SAFE);
  }

  private static RetryPolicy backingOff(Duration min, Duration most) {
    return policy(1, min, most, Set.of());
  }

  private static void isRefused(String pointer, Runnable making) {
    assertThatExceptionOfType(InvalidSpec.class)
        .isThrownBy(making::run)
        .satisfies(e -> assertThat(e.pointer()).isEqualTo(pointer));
  }

  @Test
  void a_new_policy_has_the_default_limits() {
    assertThat(RetryPolicy.attempts(1)).isEqualTo(RetryPolicy.DEFAULT);
  }

  @Test
  void each_step_keeps_what_the_ones_before_it_gave() {
    var second = Duration.ofSeconds(1);
    var hour = Duration.ofHours(1);
    var expected = new RetryPolicy(5, second, hour, Set.of(429, 503), Resend.ALWAYS);

    assertThat(
            RetryPolicy.attempts(5).backoff(second, hour).retryOn(429, 503).resend(Resend.ALWAYS))
        .isEqualTo(expected);
    assertThat(
            RetryPolicy.attempts(5)
                .resend(Resend.ALWAYS)
                .retryOn(Set.of(503, 429))
                .backoff(second, hour))
        .isEqualTo(expected);
    assertThat(expected.retryOn(Set.of()).retryOn()).isEmpty();
  }

  @Test
  void bounds_include_their_ends() {
    var day = RetryPolicy.MAX_BACKOFF;

    assertThat(policy(1, Duration.ZERO, Duration.ZERO, Set.of()).maxAttempts()).isEqualTo(1);
    assertThat(policy(100, day, day, Set.of(100, 599)).retryOn())
        .containsExactlyInAnyOrder(100, 599);
  }

  @Test
  void values_out_of_bounds_are_refused_with_the_name_of_the_field() {
    var day = RetryPolicy.MAX_BACKOFF;
    var beyond = day.plusMillis(1);

    isRefused("/retry/maxAttempts", () -> policy(0, Duration.ZERO, day, Set.of()));
    isRefused("/retry/maxAttempts", () -> policy(101, Duration.ZERO, day, Set.of()));
    isRefused("/retry/minBackoff", () -> backingOff(Duration.ofMillis(-1), day));
    isRefused("/retry/minBackoff", () -> backingOff(beyond, beyond));
    isRefused("/retry/maxBackoff", () -> backingOff(Duration.ofMillis(2), Duration.ofMillis(1)));
    isRefused("/retry/maxBackoff", () -> backingOff(Duration.ZERO, beyond));
    isRefused("/retry/retryOn", () -> policy(1, Duration.ZERO, day, Set.of(99)));
    isRefused("/retry/retryOn", () -> policy(1, Duration.ZERO, day, Set.of(600)));
  }

  @ParameterizedTest
  @CsvSource({
    "1,0,0",
    "1,0.5,500",
    "1,0.999,999",
    "2,0.5,1000",
    "3,0.5,2000",
    "6,0.5,16000",
    "7,0.5,30000",
    "8,0.5,30000",
    "100,0.999,59940",
    "200,0.5,30000"
  })
  void backoff_doubles_up_to_its_bound_and_is_drawn_from_zero(
      int attempts, double random, long millis) {
    var policy = backingOff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    assertThat(policy.backoff(attempts, random)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void the_largest_backoff_after_the_most_attempts_does_not_overflow() {
    var policy = backingOff(Duration.ofHours(24), Duration.ofHours(24));

    assertThat(policy.backoff(200, 0.5)).isEqualTo(Duration.ofHours(12));
  }

  @Test
  void no_backoff_is_none() {
    assertThat(backingOff(Duration.ZERO, Duration.ofMinutes(1)).backoff(50, 0.9)).isZero();
  }
}
