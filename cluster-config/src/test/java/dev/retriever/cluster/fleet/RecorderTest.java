package dev.retriever.cluster.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What a node remembers of its figures. */
class RecorderTest {
  private static final Instant BEGIN = Instant.parse("2026-01-15T10:00:00Z");

  static Figures accepted(long accepted) {
    return new Figures(
        new Counts(accepted, 0, 0, 0, 0, 0), accepted / 2, 1, Timing.NONE, Timing.NONE);
  }

  /** A reading at each second after the first, as many as that. */
  private static Recorder told(Recorder from, int seconds, long perSecond) {
    var it = from;
    for (var second = 1; second <= seconds; second++) {
      it = it.with(BEGIN.plusSeconds(second), accepted(second * perSecond));
    }
    return it;
  }

  @Test
  void rates_are_of_the_last_seconds() {
    var quick = told(Recorder.begin(BEGIN), 30, 7);
    var quiet = quick;
    for (var second = 31; second <= 45; second++) {
      quiet = quiet.with(BEGIN.plusSeconds(second), accepted(30 * 7));
    }

    assertThat(rate(quick)).isEqualTo(7);
    assertThat(rate(quiet)).isZero();
  }

  private static double rate(Recorder recorder) {
    return recorder.lately().perSecond(recorder.lately().counts().accepted());
  }

  @Test
  void nothing_is_known_of_a_rate_before_the_second_reading() {
    assertThat(rate(Recorder.begin(BEGIN))).isZero();
    assertThat(rate(told(Recorder.begin(BEGIN), 1, 100))).isZero();
  }

  @Test
  void each_step_has_what_happened_in_it() {
    var recorder = told(Recorder.begin(BEGIN), 35, 3);

    assertThat(recorder.steps())
        .extracting(Step::at)
        .containsExactly(
            BEGIN.getEpochSecond(),
            BEGIN.plusSeconds(10).getEpochSecond(),
            BEGIN.plusSeconds(20).getEpochSecond());
    assertThat(recorder.steps())
        .extracting(step -> step.counts().accepted())
        .containsExactly(30L, 30L, 30L);
    assertThat(recorder.steps().get(2).pending()).isEqualTo(30 * 3 / 2);
  }

  @Test
  void a_quarter_of_an_hour_is_kept_and_no_more() {
    var recorder = told(Recorder.begin(BEGIN), 3_600, 1);

    assertThat(recorder.steps()).hasSize(90);
    assertThat(recorder.steps().get(89).at()).isEqualTo(BEGIN.getEpochSecond() + 3_590);
    assertThat(recorder.recent()).hasSize(Recorder.MOST_RECENT);
  }

  @Test
  void what_a_paused_node_counted_is_in_the_step_that_it_paused_in() {
    var recorder =
        told(Recorder.begin(BEGIN), 5, 1)
            .with(BEGIN.plusSeconds(47), accepted(100))
            .with(BEGIN.plusSeconds(51), accepted(101));

    assertThat(recorder.steps())
        .extracting(step -> step.counts().accepted())
        .containsExactly(100L, 1L);
  }

  @Test
  void after_the_clock_was_set_back_it_begins_anew() {
    var recorder = told(Recorder.begin(BEGIN), 30, 2).with(BEGIN.minusSeconds(500), accepted(61));

    assertThat(recorder.steps()).isEmpty();
    assertThat(rate(recorder)).isZero();
    assertThat(
            recorder.with(BEGIN.minusSeconds(490), accepted(71)).steps().get(0).counts().accepted())
        .isEqualTo(10);
  }
}
