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
  void when_all_that_ended_lately_took_long_more_is_refused() {
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
  void from_then_on_as_many_are_taken_as_were_answered_lately() {
    congested();
    while (underWay.size() > Congestion.FEWEST + 4) {
      answerTheFirst();
    }
    assertThat(begins()).as("answered lately").isTrue();

    pass(SLOW);

    assertThat(begins()).as("nothing answered lately").isFalse();
    while (underWay.size() > Congestion.FEWEST - 1) {
      congestion.ended(underWay.remove(), false);
    }
    begin(1);
    assertThat(begins()).isFalse();
  }

  @Test
  void a_node_that_can_do_little_answers_in_time_what_it_takes() {
    congested();
    var perSecond = 20;
    var longest = Duration.ZERO;
    for (var second = 0; second < 120; second++) {
      for (var i = 0; i < perSecond; i++) {
        for (var offered = 0; offered < 10; offered++) {
          begins();
        }
        pass(Duration.ofSeconds(1).dividedBy(perSecond));
        var took = Duration.ofNanos(now - underWay.element());
        longest = second > 60 && took.compareTo(longest) > 0 ? took : longest;
        answerTheFirst();
      }
    }

    assertThat(longest).isBetween(SLOW.dividedBy(2), SLOW.plusSeconds(1));
  }

  @Test
  void when_nothing_was_refused_for_a_while_all_is_taken_again() {
    congested();
    while (underWay.size() > Congestion.FEWEST) {
      answerTheFirst();
    }
    pass(Congestion.EASE);

    begin(MANY);
  }

  private void congested() {
    begin(MANY);
    pass(SLOW);
    answerTheFirst();
    assertThat(begins()).isFalse();
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
  void most_slow_ones_are_congestion_although_some_are_quick() {
    begin(MANY);
    pass(SLOW.minusNanos(1));
    begin(1);
    var last = underWay.removeLast();
    pass(Duration.ofNanos(1));
    congestion.ended(last, true);
    answerTheFirst();
    begin(1);

    answerTheFirst();

    assertThat(begins()).isFalse();
  }

  @Test
  void what_is_refused_elsewhere_at_once_is_no_sign_of_ease() {
    begin(MANY);
    pass(SLOW);
    answerTheFirst();
    for (var i = 0; i < 5; i++) {
      congestion.ended(now, false);
    }

    assertThat(begins()).isFalse();
  }
}
