package dev.retriever.loadtest.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.result.Grade.Bar;
import org.junit.jupiter.api.Test;

class GradeTest {
  @Test
  void a_rate_is_graded_by_what_it_reaches() {
    var bar = Bar.atLeast(100, 50);

    assertThat(bar.of(200)).isEqualTo(Grade.BATTLE_TESTED);
    assertThat(bar.of(199)).isEqualTo(Grade.PRODUCTION);
    assertThat(bar.of(100)).isEqualTo(Grade.PRODUCTION);
    assertThat(bar.of(99)).isEqualTo(Grade.MINIMUM);
    assertThat(bar.of(50)).isEqualTo(Grade.MINIMUM);
    assertThat(bar.of(49)).isEqualTo(Grade.BELOW_MINIMUM);
  }

  @Test
  void a_time_is_graded_the_other_way_round() {
    var bar = Bar.atMost(100, 500);

    assertThat(bar.of(50)).isEqualTo(Grade.BATTLE_TESTED);
    assertThat(bar.of(51)).isEqualTo(Grade.PRODUCTION);
    assertThat(bar.of(101)).isEqualTo(Grade.MINIMUM);
    assertThat(bar.of(501)).isEqualTo(Grade.BELOW_MINIMUM);
  }

  @Test
  void zero_reaches_the_best_grade_of_a_bar_at_zero() {
    assertThat(Bar.atMost(0, 0).of(0)).isEqualTo(Grade.BATTLE_TESTED);
    assertThat(Bar.atMost(0, 0).of(1)).isEqualTo(Grade.BELOW_MINIMUM);
  }

  @Test
  void a_missing_measurement_is_below_minimum() {
    assertThat(Bar.atMost(1, 2).of(Double.NaN)).isEqualTo(Grade.BELOW_MINIMUM);
  }

  @Test
  void the_verdict_is_the_least_of_the_checks() {
    var good =
        Recorded.result(
            "throughput",
            draft -> {
              draft.promise("ledger", true, 0, "none");
              draft.graded("rate", 120, "1/s", Bar.atLeast(100, 50));
            });
    var bad =
        Recorded.result(
            "throughput",
            draft -> {
              draft.promise("ledger", false, 1, "none");
              draft.graded("rate", 120, "1/s", Bar.atLeast(100, 50));
            });

    assertThat(good.grade()).isEqualTo(Grade.PRODUCTION);
    assertThat(good.kept()).isTrue();
    assertThat(bad.grade()).isEqualTo(Grade.FAILED);
    assertThat(bad.kept()).isFalse();
  }

  @Test
  void a_run_that_has_checked_nothing_has_shown_nothing() {
    assertThat(Recorded.result("throughput", draft -> {}).kept()).isFalse();
  }

  @Test
  void a_bound_of_the_same_run_is_kept_within_its_tolerance_which_is_told() {
    var draft = new ResultDraft(false);
    draft.keepsUp("rate of the last parts", 900, "1/s", 1_000, "the first 3", 0.1);
    draft.keepsUp("rate of the last parts", 899, "1/s", 1_000, "the first 3", 0.1);
    draft.within("heap", 110, "MiB", 100, "in proportion", 0.1);
    draft.within("heap", 111, "MiB", 100, "in proportion", 0.1);

    assertThat(draft.checks)
        .extracting(Result.Check::grade)
        .containsExactly(Grade.KEPT, Grade.FAILED, Grade.KEPT, Grade.FAILED);
    assertThat(draft.checks.get(0).threshold()).isEqualTo("≥ 1000 (the first 3) − 10 %");
    assertThat(draft.checks.get(2).threshold()).isEqualTo("≤ 100 (in proportion) + 10 %");
  }
}
