package dev.retriever.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class CongestionTest {
  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final int MANY = Congestion.FEW + 10;

  /** Begins anywhere, as such clocks do. */
  private long now = Long.MAX_VALUE - 7;

  private final Congestion congestion = new Congestion(SLOW, () -> now);
  private final Deque<Long> underWay = new ArrayDeque<>();

  private boolean begins() {
    var begun = congestion.begun();
    begun.ifPresent(underWay::add);
    return begun.isPresent();
  }

  private void begin(int count) {
    for (var i = 0; i < count; i++) {
      assertThat(begins()).isTrue();
    }
  }

  private void answerTheFirst() {
    congestion.ended(underWay.remove(), true);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void when_all_that_ended_within_a_second_took_long_more_is_refused() {
    begin(MANY);
    pass(SLOW);
    answerTheFirst();

    assertThat(begins()).isFalse();
  }

  @Test
  void however_many_come_at_once_they_are_taken() {
    begin(100 * MANY);

    pass(Duration.ofMillis(999));

    begin(MANY);
  }

  @Test
  void while_some_are_answered_quickly_more_is_taken_however_long_others_take() {
    begin(MANY);
    for (var second = 0; second < 20; second++) {
      pass(Duration.ofMillis(900));
      begin(1);
      congestion.ended(underWay.removeLast(), true);
    }

    begin(MANY);
  }

  @Test
  void few_are_taken_however_long_they_take() {
    begin(Congestion.FEW - 1);
    pass(Duration.ofMinutes(1));

    begin(1);
  }

  @Test
  void when_the_queue_is_short_again_all_is_taken_again() {
    begin(MANY);
    pass(SLOW);
    answerTheFirst();
    assertThat(begins()).isFalse();
    for (var i = 0; i < 20; i++) {
      answerTheFirst();
    }

    begin(MANY);
  }

  @Test
  void a_submission_that_is_given_up_after_long_is_no_sign_of_ease() {
    begin(MANY);
    pass(SLOW);
    congestion.ended(underWay.remove(), false);

    assertThat(begins()).isFalse();
  }

  @Test
  void while_nothing_is_answered_there_is_no_telling() {
    begin(MANY);
    pass(SLOW.multipliedBy(2));

    begin(MANY);
  }

  @Test
  void one_quick_answer_ends_congestion() {
    begin(MANY);
    pass(SLOW.minusNanos(1));
    begin(1);
    var last = underWay.removeLast();
    pass(Duration.ofNanos(1));
    answerTheFirst();
    assertThat(begins()).isFalse();

    congestion.ended(last, true);

    assertThat(begins()).isTrue();
  }
}
