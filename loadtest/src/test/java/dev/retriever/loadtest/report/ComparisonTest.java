package dev.retriever.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.result.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static Result of(double rate, double p99, int fetches) {
    return VerdictTest.Results.run(
        "throughput",
        "PostgreSQL",
        "abc1234",
        fetches,
        draft -> {
          draft
              .table("Quick fetches", "phase", "per s, 1/s", "p99, ms")
              .row("submit+wait", rate, p99);
          draft.atMost("p99", p99, "ms", 100);
        });
  }

  private static List<String> lines(List<Result> older, Result newer) {
    return Comparison.of(older, List.of(newer)).lines();
  }

  @Test
  void what_moved_beyond_noise_is_told_with_both_figures() {
    assertThat(lines(List.of(of(1_000, 50, 100)), of(2_000, 55, 100)))
        .contains(
            "throughput on PostgreSQL: Quick fetches, submit+wait, per s: 1000 → 2000 1/s (+100 %), better")
        .noneMatch(it -> it.contains("p99:"))
        .last()
        .asString()
        .startsWith("2 figures compared, 1 moved beyond noise");
  }

  @Test
  void what_older_runs_differed_by_is_noise() {
    var older = List.of(of(1_000, 50, 100), of(1_000, 50, 100), of(1_900, 50, 100));

    assertThat(lines(older, of(2_000, 55, 100))).hasSize(1);
  }

  @Test
  void a_verdict_that_changed_is_told_whatever_the_noise() {
    assertThat(lines(List.of(of(1_000, 90, 100)), of(1_000, 110, 100)))
        .contains("throughput on PostgreSQL: p99 was kept (90), is FAILED (110)");
  }

  @Test
  void runs_of_other_sizes_are_not_compared() {
    assertThat(lines(List.of(of(1_000, 90, 50)), of(2_000, 90, 100)))
        .contains(
            "throughput on PostgreSQL: older results have other sizes, so nothing is compared");
    assertThat(lines(List.of(), of(2_000, 90, 100)))
        .contains("throughput on PostgreSQL: no older result");
  }
}
