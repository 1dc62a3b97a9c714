package dev.retriever.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.result.Grade;
import dev.retriever.loadtest.result.Grade.Bar;
import dev.retriever.loadtest.result.Planned;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.result.ResultDraft;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Promise STEADY = new Promise("it is quick", false, List.of("bars"));
  private static final Promise BROKEN = new Promise("it survives", true, List.of("bars"));

  private static Result run(String database, int fetches, Consumer<ResultDraft> checks) {
    return Results.run("bars", database, "abc1234", fetches, checks);
  }

  private static Result kept(String database, int fetches) {
    return run(database, fetches, draft -> draft.promise("ledger", true, 0, "none"));
  }

  private static String words(Promise promise, Result... results) {
    return Verdict.of(promise, List.of(results)).standing().words();
  }

  @Test
  void what_is_kept_at_full_size_on_postgresql_is_ready_or_proven() {
    assertThat(words(STEADY, kept("PostgreSQL", 100))).isEqualTo("production-ready");
    assertThat(words(BROKEN, kept("PostgreSQL", 100))).isEqualTo("proven under faults");
  }

  @Test
  void what_was_never_run_is_not_measured() {
    assertThat(words(STEADY)).isEqualTo("not measured");
  }

  @Test
  void a_smaller_run_is_only_measured_small_and_says_by_how_much() {
    var verdict = Verdict.of(STEADY, List.of(kept("PostgreSQL", 10)));

    assertThat(verdict.standing()).isEqualTo(Standing.SMALL);
    assertThat(verdict.why()).contains("fetches 10 of 100 (10 %)");
  }

  @Test
  void the_embedded_database_is_no_evidence_for_production() {
    assertThat(words(STEADY, kept("H2", 100))).isEqualTo("only measured small");
    assertThat(words(STEADY, kept("H2", 100), kept("PostgreSQL", 100)))
        .isEqualTo("production-ready");
  }

  @Test
  void one_failed_check_on_any_database_is_a_missed_promise_with_its_figure() {
    var failed = run("H2", 100, draft -> draft.atMost("added", 6.2, "ms", 3));
    var verdict = Verdict.of(STEADY, List.of(kept("PostgreSQL", 100), failed));

    assertThat(verdict.standing()).isEqualTo(Standing.MISSED);
    assertThat(verdict.why()).isEqualTo("added: 6.20 ms, asked ≤ 3");
  }

  @Test
  void a_check_that_was_not_judged_is_no_evidence() {
    var open = run("PostgreSQL", 100, it -> it.check("growth", 1.0, "", "≤ 0.5", Grade.NOT_JUDGED));

    assertThat(Verdict.of(STEADY, List.of(open)).why()).isEqualTo("not judged: growth");
    assertThat(words(STEADY, open)).isEqualTo("only measured small");
  }

  @Test
  void what_reaches_its_minimum_only_is_not_ready() {
    var minimum =
        run("PostgreSQL", 100, draft -> draft.graded("p99", 174, "ms", Bar.atMost(100, 500)));

    assertThat(words(STEADY, minimum)).isEqualTo("holds at its minimum only");
  }

  @Test
  void all_scenarios_of_a_promise_are_needed() {
    var both = new Promise("it is quick", false, List.of("bars", "bounds"));

    assertThat(words(both, kept("PostgreSQL", 100))).isEqualTo("only measured small");
    assertThat(Verdict.of(both, List.of(kept("PostgreSQL", 100))).why())
        .isEqualTo("no record of `bounds`");
  }

  /** Results without a run. */
  static final class Results {
    private Results() {}

    static Result run(
        String scenario, String database, String commit, int fetches, Consumer<ResultDraft> into) {
      var draft = new ResultDraft(false);
      into.accept(draft);
      return new Result(
          scenario,
          "E",
          "a scenario",
          new dev.retriever.loadtest.result.HostMachine(2, 4_000, "17", "Linux", commit, "ext4"),
          database,
          false,
          7,
          commit.equals("abc1234") ? "2026-01-02T00:00:00Z" : "2026-01-01T00:00:00Z",
          12,
          Map.of("fetches", String.valueOf(fetches)),
          Map.of("fetches", Planned.atLeast(100)),
          draft.tables,
          draft.plots,
          draft.checks,
          draft.accounts,
          draft.complaints,
          draft.findings,
          draft.answers);
    }
  }
}
