package dev.retriever.loadtest.bars;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.run.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CrowdTest {
  @Test
  void sizes_grow_tenfold_up_to_the_last_and_hold_at_least_the_probes() {
    assertThat(Crowd.sizes(100_000)).containsExactly(1_000, 10_000, 100_000);
    assertThat(Crowd.sizes(25_000)).containsExactly(1_000, 10_000, 25_000);
    assertThat(Crowd.sizes(1)).containsExactly(1_000);
  }

  private static Result result(long pendingAfter, int failed) {
    var latency = Phase.histogram();
    latency.recordValue(2_000);
    var driven =
        new ClosedLoop.LoopResult(Duration.ofSeconds(2), 1_000, failed, Optional.of("why"));
    var phase =
        new Phase(
            "accept at 1000",
            1_000,
            driven,
            Map.of("call", latency),
            Optional.of(Duration.ofSeconds(3)));
    var report =
        new Crowd.Report(
            List.of(phase),
            Duration.ofMillis(1_500),
            Duration.ofMillis(2_500),
            1_000,
            pendingAfter,
            Optional.empty());
    return Recorded.result("crowd", report::into);
  }

  @Test
  void a_fetch_that_is_missing_after_the_kill_breaks_the_promise() {
    assertThat(result(1_000, 0).kept()).isTrue();
    assertThat(result(999, 0).kept()).isFalse();
    assertThat(result(1_000, 1).kept()).isFalse();
  }

  @Test
  void the_result_shows_what_one_call_costs_and_how_long_recovery_took() {
    assertThat(Recorded.text(result(999, 0)))
        .containsPattern("accept at 1000 +call +1000 +500 +2 +2 +2 +2 +3")
        .containsPattern("pending after the kill +999 +1000, as before +FAILED")
        .contains(
            "2.5 s after a killed node was started again, an origin with 999 fetches pending");
  }
}
