package dev.retriever.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retriever.loadtest.bars.Limits;
import dev.retriever.loadtest.bars.LimitsReport;
import dev.retriever.loadtest.ledger.Bodies;
import dev.retriever.loadtest.ledger.FetchAnswer;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.queue.QueueFairness;
import dev.retriever.loadtest.report.Promise;
import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Group;
import dev.retriever.loadtest.result.LineFit;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.result.ResultDraft;
import dev.retriever.loadtest.run.AtOnce;
import dev.retriever.loadtest.run.Marks;
import dev.retriever.loadtest.run.Phase;
import dev.retriever.loadtest.run.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What scenarios declare, and what they conclude from their figures. */
class ScenariosTest {
  @Test
  void names_are_unique_and_sizes_lie_within_their_bounds() {
    assertThat(Scenarios.ALL).extracting(Scenario::name).doesNotHaveDuplicates();
    for (var scenario : Scenarios.ALL) {
      for (var size : scenario.sizes()) {
        assertThat(List.of(size.full(), size.quick()))
            .as("%s of %s", size.name(), scenario.name())
            .allMatch(value -> value >= size.min() && value <= size.max());
        assertThat(size.quick()).isLessThanOrEqualTo(size.full());
      }
    }
  }

  @Test
  void every_scenario_is_evidence_for_a_promise_and_every_promise_has_its_scenarios() {
    assertThat(Promise.ALL.stream().flatMap(it -> it.scenarios().stream()).distinct())
        .containsExactlyInAnyOrderElementsOf(Scenarios.ALL.stream().map(Scenario::name).toList());
  }

  @Test
  void every_scenario_is_in_its_group_and_all_are_the_groups_together() {
    var grouped = new ArrayList<Scenario>();
    for (var group : Group.values()) {
      grouped.addAll(Scenarios.in(group));
    }

    assertThat(grouped.stream().map(Scenario::name))
        .containsExactlyInAnyOrderElementsOf(Scenarios.ALL.stream().map(Scenario::name).toList());
  }

  private static AtOnce.Run run(int count, int peak, int acceptedMs, int settledMs) {
    var took = Phase.histogram();
    took.recordValue(1_000_000);
    return new AtOnce.Run(
        count + " at once",
        count,
        1_000,
        Duration.ofMillis(acceptedMs),
        Duration.ofMillis(settledMs),
        took,
        0,
        peak,
        new Marks(count, peak, peak, count - peak));
  }

  @Test
  void a_limit_is_met_when_some_wait_for_others_though_all_are_there() {
    var six = run(120, 6, 100, 20_100);
    var noLimit = run(100, 100, 300, 1_300);
    var slowlyAccepted = run(10_000, 1_400, 9_600, 10_600);
    var justLate = run(60, 58, 700, 1_700);

    assertThat(LimitsReport.limited(List.of(run(60, 6, 100, 10_100), six))).contains(six);
    assertThat(LimitsReport.limited(List.of(noLimit, slowlyAccepted, justLate))).isEmpty();
  }

  @Test
  void six_permits_make_as_many_batches_as_it_takes() {
    assertThat(Limits.batches(120, 6)).isEqualTo(20);
    assertThat(Limits.batches(121, 6)).isEqualTo(21);
    assertThat(Limits.atOnce(120)).containsExactly(50, 60, 100, 120);
    assertThat(Limits.atOnce(10_000)).endsWith(2_000, 10_000);
  }

  @Test
  void the_result_of_the_limits_says_where_they_are_and_what_raises_them() {
    var runs =
        new LimitsReport.Runs(
            List.of(run(60, 6, 100, 10_100), run(120, 6, 100, 20_100)),
            new Ledger().verdict(Map.of()));

    var result =
        Recorded.result(
            "limits",
            draft ->
                new LimitsReport("six permits", 0, "the pool's permits", runs)
                    .into(1_000, Plot.lines("p", "p", Plot.log("x"), Plot.log("y")), draft));

    assertThat(String.join("\n", result.findings()))
        .contains("there is a limit, at 6")
        .contains("of 120 at once 0 failed")
        .contains("raised by the pool's permits");
  }

  /** What was submitted at once was not there at once when the first were answered meanwhile. */
  @Test
  void without_a_limit_the_finding_names_what_was_there_together_and_not_what_was_submitted() {
    var runs =
        new LimitsReport.Runs(
            List.of(run(10_000, 3_247, 4_670, 5_740)), new Ledger().verdict(Map.of()));

    var result =
        Recorded.result(
            "limits",
            draft ->
                new LimitsReport("another node", 0, "its permits", runs)
                    .into(1_000, Plot.lines("p", "p", Plot.log("x"), Plot.log("y")), draft));

    assertThat(String.join("\n", result.findings()))
        .contains("another node: 3247 were at the target together")
        .contains("of more nothing is known")
        .contains("of 10000 submitted at once");
  }

  @Test
  void shares_are_even_when_all_are_the_same() {
    assertThat(QueueFairness.evenness(List.of(10, 10, 10))).isEqualTo(1.0);
    assertThat(QueueFairness.evenness(List.of(30, 0, 0))).isBetween(0.33, 0.34);
  }

  @Test
  void growth_is_the_slope_of_the_line_that_fits_best_and_its_error_that_of_the_points() {
    var line = List.of(new Plot.Point(0, 1), new Plot.Point(1, 3), new Plot.Point(2, 5));
    var noisy = List.of(new Plot.Point(0, 1), new Plot.Point(1, 0), new Plot.Point(2, 1));

    assertThat(LineFit.of(line)).isEqualTo(new LineFit(2, 0));
    assertThat(LineFit.of(noisy).slope()).isZero();
    assertThat(LineFit.of(noisy).error()).isCloseTo(Math.sqrt(2.0 / 3 / 2), within(1e-9));
    assertThat(LineFit.of(line.subList(0, 2)).error()).isNaN();
  }

  @Test
  void a_speed_is_not_judged_in_a_quick_run_and_a_promise_is() {
    var quick = new ResultDraft(true);
    quick.atLeast("rate", 1, "1/s", 100);
    quick.promise("ledger", false, 1, "none");

    assertThat(quick.checks)
        .extracting(Result.Check::grade)
        .containsExactly(Grade.NOT_JUDGED, Grade.FAILED);
  }

  @Test
  void a_body_is_known_by_what_it_was_sent_for() {
    var body = Bodies.of("f-1", 1_000);
    var digest = Bodies.digest(body);

    assertThat(body).hasSize(1_000).isEqualTo(Bodies.of("f-1", 1_000));
    assertThat(body).isNotEqualTo(Bodies.of("f-2", 1_000));
    assertThat(new FetchAnswer.Body("f-1", digest, digest).isIntact("f-1")).isTrue();
    assertThat(new FetchAnswer.Body("f-2", digest, digest).isIntact("f-1")).isFalse();
    body[999]++;
    assertThat(new FetchAnswer.Body("f-1", digest, Bodies.digest(body)).isIntact("f-1")).isFalse();
  }
}
