package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.TimeLimit;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Until when the request of an attempt of ten seconds may be sent. */
class SendTimeTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  private long nanos = -5;
  private long wallMillis = 1_000_000;

  private final BooleanSupplier isOver =
      SendTime.isOver(new TimeLimit(nanos, TEN), () -> nanos, () -> wallMillis);

  private void pass(Duration time) {
    nanos += time.toNanos();
    wallMillis += time.toMillis();
  }

  @Test
  void just_before_the_end_it_may() {
    pass(TEN.minusMillis(1));
    assertThat(isOver.getAsBoolean()).isFalse();
  }

  @Test
  void it_may_not_after_a_process_was_stopped_for_so_long() {
    nanos += TEN.toNanos();
    assertThat(isOver.getAsBoolean()).isTrue();
  }

  @Test
  void it_may_not_after_a_machine_was_suspended_and_its_monotonic_clock_stood() {
    wallMillis += TEN.toMillis();
    assertThat(isOver.getAsBoolean()).isTrue();
  }

  @Test
  void a_wall_clock_that_is_set_back_changes_nothing() {
    wallMillis -= Duration.ofHours(1).toMillis();
    assertThat(isOver.getAsBoolean()).isFalse();
  }
}
