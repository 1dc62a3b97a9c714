package dev.retriever.loadtest.crashes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.crashes.RedriveTally.Found;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.result.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is found in a job that did not make each fetch again once. */
class RedriveTallyTest {
  private static final Set<String> FAILED = Set.of("f-1", "f-2");

  private static RedriveTally tally(String... ids) {
    return RedriveTally.of(FAILED, Stream.of(ids).map(id -> new Found("o", id)).toList());
  }

  @Test
  void one_new_fetch_of_each_is_as_it_must_be() {
    assertThat(tally("f-1", "f-2", "f-1~rb1", "f-2~rb1")).isEqualTo(new RedriveTally(2, 0, 0, 0));
  }

  @Test
  void one_that_is_not_made_again_and_one_that_is_made_twice_are_found() {
    assertThat(tally("f-1", "f-2", "f-1~rb1").missing()).isEqualTo(1);
    assertThat(tally("f-1", "f-2", "f-1~rb1", "f-1~rb2", "f-2~rb1").twice()).isEqualTo(1);
    assertThat(tally("f-1", "f-2", "f-1~rb1", "f-1~r1", "f-2~rb1").twice()).isEqualTo(1);
  }

  @Test
  void a_new_one_of_a_new_one_is_none_that_the_job_was_for() {
    assertThat(tally("f-1", "f-2", "f-1~rb1", "f-1~rb1~rb1", "f-2~rb1").others()).isEqualTo(1);
  }

  private static boolean isKept(RedriveTally tally, String state, boolean isRunning) {
    var ledger = new Ledger();
    ledger.accepted(new Ledger.Accepted("f-1~rb1", "get", true, Set.of("answered")));
    ledger.read(Recorded.answered("f-1~rb1"));
    var job = new BulkReport.Job(state, 2, 0, 0, Duration.ofSeconds(9));
    var kill = new BulkReport.Kill(1, isRunning, Duration.ofSeconds(3), Duration.ofSeconds(4));
    var verdict = ledger.verdict(Map.of("f-1~rb1", Map.of(1, 1)));
    return Recorded.result(
            "bulk",
            draft -> new BulkReport(tally, job, List.of(kill), 1, 4).into(draft, 2, 1, verdict))
        .kept();
  }

  @Test
  void the_scenario_fails_for_each_of_these_for_a_job_that_stopped_and_for_a_kill_of_no_job() {
    var good = new RedriveTally(2, 0, 0, 0);

    assertThat(isKept(good, "done", true)).isTrue();
    assertThat(isKept(good, "paused", true)).isFalse();
    assertThat(isKept(good, "done", false)).isFalse();
    assertThat(isKept(new RedriveTally(1, 1, 0, 0), "done", true)).isFalse();
    assertThat(isKept(new RedriveTally(3, 0, 1, 0), "done", true)).isFalse();
    assertThat(isKept(new RedriveTally(2, 0, 0, 1), "done", true)).isFalse();
  }
}
