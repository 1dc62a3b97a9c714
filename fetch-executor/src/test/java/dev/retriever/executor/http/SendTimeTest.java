package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.TimeLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Until when the request of an attempt of ten seconds may be sent. */
class SendTimeTest {
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final long TAKEN_AT = -5;

  private long nanos;
  private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return wall;
        }
      };

  private final BooleanSupplier isOver =
      SendTime.isOver(new TimeLimit(TAKEN_AT, TEN), () -> nanos, clock);

  @Test
  void just_before_the_end_it_may() {
    nanos = TAKEN_AT + TEN.toNanos() - 1;
    wall = wall.plus(TEN).minusMillis(1);
    assertThat(isOver.getAsBoolean()).isFalse();
  }

  @Test
  void it_may_not_after_a_process_was_stopped_for_so_long() {
    nanos = TAKEN_AT + TEN.toNanos();
    assertThat(isOver.getAsBoolean()).isTrue();
  }

  @Test
  void it_may_not_after_a_machine_was_suspended_and_its_monotonic_clock_stood() {
    wall = wall.plus(TEN);
    assertThat(isOver.getAsBoolean()).isTrue();
  }

  @Test
  void a_wall_clock_that_is_set_back_changes_nothing() {
    wall = wall.minus(Duration.ofHours(1));
    assertThat(isOver.getAsBoolean()).isFalse();
  }
}
