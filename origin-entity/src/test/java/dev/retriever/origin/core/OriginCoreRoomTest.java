package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.GET;
import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.Samples.attempts;
import static dev.retriever.origin.Samples.refused;
import static dev.retriever.origin.core.CoreRun.POOL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent.AttemptEnded;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.view.Views;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pools refuse attempts that are journaled already, because they have no room after all. */
class OriginCoreRoomTest {
  private final CoreRun run = new CoreRun();

  private static Report full(String reason) {
    return new Report.NotSent(Stage.QUEUED, reason);
  }

  private static final Report BUSY = full(Report.TARGET_BUSY);

  private List<Attempt> shown(String id) {
    return run.state
        .pending(id)
        .map(fetch -> Views.pending("origin", "o", run.state, fetch, List.of()))
        .orElseGet(() -> Views.settled("origin", "o", START, run.settlement(id).orElseThrow()))
        .attempts();
  }

  @ParameterizedTest
  @ValueSource(strings = {Report.NO_ROOM, Report.TARGET_BUSY, Report.RESOLVER_BUSY})
  void an_attempt_that_was_refused_for_want_of_room_is_none(String reason) {
    run.submit("a", FetchSpec.of(GET).retry(attempts(1)));

    run.report("a", 1, full(reason));

    assertThat(run.waitAfter("a")).as("as soon as there is room").contains(Duration.ZERO);
    assertThat(shown("a")).isEmpty();
    run.retry("a");
    run.report("a", 2, answer(200));
    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(200)));
    assertThat(shown("a")).extracting(Attempt::number).containsExactly(2);
  }

  @Test
  void a_fetch_that_is_refused_again_waits_longer_each_time() {
    run.random = 0;
    run.submit("a", FetchSpec.of(GET).within(Duration.ofDays(1)));

    for (var wait : List.of(0, 1, 2, 4, 8, 16)) {
      run.report("a", run.state.pending("a").orElseThrow().open().orElseThrow().number(), BUSY);
      assertThat(run.waitAfter("a")).contains(Duration.ofSeconds(wait));
      run.retry("a");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.999})
  void a_fetch_is_refused_at_most_23_times_and_fails_at_its_deadline(double random) {
    run.random = random;
    run.submit("a", FetchSpec.of(GET).within(FetchSpec.MAX_WITHIN).retry(attempts(1)));

    for (var attempt = 1; run.settlement("a").isEmpty(); attempt++) {
      run.report("a", attempt, BUSY);
      run.retry("a");
    }

    assertThat(run.now).isEqualTo(START.plus(FetchSpec.MAX_WITHIN));
    assertThat(run.outcome("a")).isEqualTo(Outcome.of(BUSY));
    assertThat(run.settlement("a").orElseThrow().exhausted()).isFalse();
    assertThat(run.journal.stream().filter(AttemptEnded.class::isInstance))
        .hasSizeLessThanOrEqualTo(23);
    assertThat(shown("a")).isEmpty();
  }

  @Test
  void a_refusal_says_nothing_of_what_was_tried_before() {
    run.submit("a", FetchSpec.of(GET).retry(attempts(3)));
    run.report("a", 1, refused());
    run.retry("a");
    run.report("a", 2, BUSY);

    run.now = run.state.pending("a").orElseThrow().deadline();
    run.start("a");

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(refused()));
  }

  @Test
  void a_refusal_does_not_lengthen_the_wait_after_the_next_failure() {
    run.random = 1;
    run.submit("a", FetchSpec.of(GET).retry(attempts(3)));
    run.report("a", 1, BUSY);
    run.retry("a");

    run.report("a", 2, refused());

    assertThat(run.waitAfter("a")).contains(Duration.ofSeconds(10));
  }

  @Test
  void a_fetch_refused_200_times_by_an_earlier_release_continues() {
    run.submit("a", FetchSpec.of(GET).retry(attempts(1)));
    for (var attempt = 1; attempt < 250; attempt++) {
      var at = START.plusMillis(attempt);
      run.take(
          new Decision(
              Verdict.NOTED,
              List.of(
                  new AttemptEnded("a", attempt, BUSY, true, at, at, Optional.empty()),
                  new AttemptStarted("a", attempt + 1, POOL, at)),
              List.of()));
    }

    run.report("a", 250, answer(200));

    assertThat(run.outcome("a")).isEqualTo(Outcome.of(answer(200)));
    assertThat(shown("a")).hasSize(1);
  }
}
