package dev.retriever.executor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.TimeLimit;
import dev.retriever.testing.PassingTime;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Until when the request of an attempt of ten seconds may be sent. */
class SendTimeTest {
  private static final Duration TEN = Duration.ofSeconds(10);

  private final PassingTime time = new PassingTime();

  private BooleanSupplier isOver(long takenAt) {
    return SendTime.isOver(new TimeLimit(takenAt, TEN), time::nanos, time);
  }

  @Test
  void just_before_the_end_it_may() {
    var isOver = isOver(time.nanos());
    time.pass(TEN.minusMillis(1));
    assertThat(isOver.getAsBoolean()).isFalse();
  }

  @Test
  void it_may_not_after_a_process_was_stopped_for_so_long() {
    var isOver = isOver(time.nanos());
    time.pass(TEN);
    time.setBack(TEN);
    assertThat(isOver.getAsBoolean()).isTrue();
  }

  @Test
  void it_may_not_after_a_machine_was_suspended_and_its_monotonic_clock_stood() {
    var isOver = isOver(time.nanos());
    time.setBack(TEN.negated());
    assertThat(isOver.getAsBoolean()).isTrue();
  }

  @Test
  void a_wall_clock_that_is_set_back_changes_nothing() {
    var isOver = isOver(time.nanos());
    time.setBack(Duration.ofHours(1));
    assertThat(isOver.getAsBoolean()).isFalse();
  }
}
