package dev.retriever.cluster.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleAnswer.Result;
import org.junit.jupiter.api.Test;

/** What callers are told of requests for schedules that are refused. */
class ScheduleAnswersTest {
  private final ScheduleAnswers answers = new ScheduleAnswers(null);

  private Problem refusedPut(Result result) {
    return catchThrowableOfType(
            Problem.Found.class, () -> answers.put(null, "o", "s", ScheduleAnswer.of(result), true))
        .problem();
  }

  @Test
  void a_change_during_a_backfill_or_while_ticks_are_due_is_refused_with_the_next_step() {
    var backfill = refusedPut(Result.BACKFILL_RUNS);
    var due = refusedPut(Result.TICKS_DUE);

    assertThat(backfill.type()).isEqualTo(ProblemType.BACKFILL_RUNS);
    assertThat(backfill.detail()).contains("Schedule s of origin o", "when it is done");
    assertThat(due.type()).isEqualTo(ProblemType.TICKS_DUE);
    assertThat(due.detail()).contains("schedule s of origin o", "repeat this in a moment");
  }

  @Test
  void a_trigger_whose_callback_endpoint_is_gone_says_so() {
    var refused = ScheduleAnswer.of(Result.REFUSED).ofFetch(Verdict.NO_SUCH_CALLBACK, "s~t1");

    var problem =
        catchThrowableOfType(Problem.Found.class, () -> answers.triggered(null, "o", "s", refused))
            .problem();

    assertThat(problem.type()).isEqualTo(ProblemType.NO_SUCH_CALLBACK);
    assertThat(problem.detail()).contains("schedule s of origin o", "callback endpoint");
  }
}
