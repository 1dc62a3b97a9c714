package dev.retriever.loadtest.bars;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.retriever.loadtest.ledger.Ledger;
import dev.retriever.loadtest.ledger.LedgerVerdict;
import dev.retriever.loadtest.pace.ClosedLoop;
import dev.retriever.loadtest.result.Recorded;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.service.AlarmCalls;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * One scenario of sleeping origins, as small as it can be, and what it takes each of them to fail.
 * The others are run after the build.
 */
class SleepingScenariosTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ClosedLoop.LoopResult DRIVEN =
      new ClosedLoop.LoopResult(Duration.ofSeconds(1), 5, 0, Optional.empty());

  @Test
  void alarms_of_sleeping_origins_fire_once_each_and_not_early() throws Exception {
    var result =
        Recorded.run(
            "alarms-due", Map.of("alarms", 20, "origins", 5, "concurrency", 4, "window", 1));

    assertThat(result.complaints()).isEmpty();
    assertThat(result.kept()).isTrue();
    var figures = result.tables().get(0).rows().get(0);
    assertThat(figures.get(0)).as("rang").isEqualTo(20L);
    assertThat(figures.get(1)).as("early").isEqualTo(0L);
    assertThat((Long) figures.get(5)).as("woken").isGreaterThanOrEqualTo(5L);
  }

  private static boolean dueKept(int fired, int early, int wrong) {
    var figures = JSON.createObjectNode().put("fired", fired).put("early", early);
    var asked = new AlarmCalls.OriginAnswers(wrong, 1);
    return Recorded.result("alarms-due", new AlarmsDue.Measured(20, DRIVEN, figures, asked)::into)
        .kept();
  }

  @Test
  void an_alarm_that_is_early_or_missing_or_fired_twice_breaks_the_promise() {
    assertThat(dueKept(20, 0, 0)).isTrue();
    assertThat(dueKept(20, 1, 0)).isFalse();
    assertThat(dueKept(0, 0, 0)).isFalse();
    assertThat(dueKept(21, 0, 0)).isFalse();
    assertThat(dueKept(20, 0, 1)).isFalse();
  }

  @Test
  void an_alarm_that_is_gone_after_the_restart_breaks_the_promise() {
    var moment = new AlarmsPending.Moment(Duration.ofSeconds(1), 1, 1);
    var asked = new AlarmCalls.OriginAnswers(1, 1);
    var came = new AlarmsPending.Measured(DRIVEN, moment, 1, moment, asked);

    var result = Recorded.result("alarms-pending", draft -> came.into(20, draft));

    assertThat(result.kept()).isFalse();
    assertThat(Recorded.text(result)).containsPattern("origins that say otherwise +1 .* FAILED");
  }

  @Test
  void origins_that_stay_in_memory_while_they_wait_break_the_promise() {
    var ledger = new Ledger();
    ledger.accepted(new Ledger.Accepted("w", "slow", false, Set.of("answered")));
    ledger.read(Recorded.answered("w"));
    var verdict = ledger.verdict(Map.of("w", Map.of(1, 1)));

    assertThat(waited(20, 0, verdict).kept()).isTrue();
    assertThat(waited(19, 1, verdict).kept()).isFalse();
  }

  private static Result waited(int away, int inMemory, LedgerVerdict verdict) {
    return Recorded.result(
        "waiting", new SlowTargets.Measured(20, DRIVEN, away, inMemory, verdict)::into);
  }

  @Test
  void alarms_are_shared_evenly() {
    assertThat(IntStream.range(0, 3).map(i -> AlarmCalls.share(20, 3, i))).containsExactly(7, 7, 6);
  }
}
