package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.core.CoreRun.POOL;
import static dev.retriever.origin.core.CoreRun.dispatches;
import static dev.retriever.origin.core.CoreRun.notices;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.OriginEvent.AttemptStarted;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.Decision.Effect;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OriginCoreSubmitTest {
  private static final FetchSpec SPEC = Samples.get();

  private final CoreRun run =
      new CoreRun(new OriginCore(2, Long.MAX_VALUE, 3, Set.of("bulk"), Retention.FOREVER));

  @Test
  void with_room_it_is_accepted_with_its_first_attempt() {
    var decision = run.submit("a", SPEC);

    assertThat(decision)
        .isEqualTo(
            new Decision(
                Verdict.ACCEPTED,
                List.of(new FetchAccepted("a", SPEC, START, Optional.of(POOL), Optional.empty())),
                List.of(
                    Effect.Note.fetch(Notice.ACCEPTED, "a"),
                    new Effect.Dispatch(
                        "a", 1, CoreRun.POOL, SPEC.request(), Duration.ofSeconds(30)))));
    assertThat(run.state.pending("a").orElseThrow().open()).contains(Attempt.open(1, POOL, START));
    assertThat(run.retryAt("a")).isEmpty();
  }

  @Test
  void without_room_it_is_accepted_and_waits_to_start() {
    var decision = run.submitWithoutRoom("a", SPEC);

    assertThat(decision.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(decision.events())
        .containsExactly(new FetchAccepted("a", SPEC, START, Optional.empty(), Optional.empty()));
    assertThat(dispatches(decision)).isEmpty();
    assertThat(run.retryAt("a")).contains(START);
  }

  @Test
  void one_for_a_pool_that_there_is_not_is_refused_unless_it_was_accepted_before() {
    assertThat(run.submit("a", SPEC.executor("bulk")).verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(run.submit("b", SPEC.executor("gone")))
        .isEqualTo(Decision.nothing(Verdict.NO_SUCH_EXECUTOR));

    var later = new OriginCore(2, Long.MAX_VALUE, 3, Set.of(), Retention.FOREVER);

    assertThat(later.submit(run.state, "a", SPEC.executor("bulk"), START, Optional.empty()))
        .isEqualTo(Decision.nothing(Verdict.EXISTING));
    assertThat(later.submit(run.state, "a", SPEC, START, Optional.empty()))
        .isEqualTo(Decision.nothing(Verdict.ID_REUSED));
    assertThat(later.stranded(run.state)).isEqualTo(Map.of("bulk", 1L));
    assertThat(run.core.stranded(run.state)).isEmpty();
  }

  @Test
  void one_that_waits_for_room_starts_when_there_is_some() {
    run.submitWithoutRoom("a", SPEC);
    run.pass(Duration.ofSeconds(1)).fire();
    assertThat(run.retryAt("a")).contains(START);

    var decision = run.pass(Duration.ofSeconds(1)).start("a");

    assertThat(decision.events()).containsExactly(new AttemptStarted("a", 1, POOL, run.now));
    assertThat(dispatches(decision)).containsExactly(1);
    assertThat(run.retryAt("a")).isEmpty();
  }

  @Test
  void the_time_limit_of_an_attempt_is_clipped_to_the_deadline() {
    run.submit("a", SPEC.within(Duration.ofSeconds(20)));
    run.submitWithoutRoom("b", SPEC.within(Duration.ofSeconds(20)));

    var decision = run.pass(Duration.ofSeconds(15)).start("b");

    assertThat(decision.effects())
        .containsExactly(
            new Effect.Dispatch("b", 1, CoreRun.POOL, SPEC.request(), Duration.ofSeconds(5)));
  }

  @Test
  void one_that_finds_room_only_at_its_deadline_is_not_started() {
    run.submitWithoutRoom("a", SPEC.within(Duration.ofSeconds(20)));

    var decision = run.pass(Duration.ofSeconds(20)).start("a");

    assertThat(dispatches(decision)).isEmpty();
    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Failed(dev.retriever.executor.Stage.QUEUED, "deadline-passed"));
  }

  @Test
  void the_same_again_is_the_same_fetch_while_pending_and_when_settled() {
    run.submit("a", SPEC);

    assertThat(run.submit("a", SPEC)).isEqualTo(Decision.nothing(Verdict.EXISTING));
    run.report("a", 1, answer(200));
    assertThat(run.submit("a", SPEC)).isEqualTo(Decision.nothing(Verdict.EXISTING));
  }

  @Test
  void another_content_under_a_known_id_is_refused_while_pending_and_when_settled() {
    var other = SPEC.timeout(Duration.ofSeconds(31));
    run.submit("a", SPEC);

    assertThat(run.submit("a", other)).isEqualTo(Decision.nothing(Verdict.ID_REUSED));
    run.report("a", 1, answer(200));
    assertThat(run.submit("a", other)).isEqualTo(Decision.nothing(Verdict.ID_REUSED));
  }

  @Test
  void more_than_may_be_pending_are_refused_until_one_settles() {
    run.submit("a", SPEC);
    run.submit("b", SPEC);

    assertThat(run.submit("c", SPEC)).isEqualTo(Decision.nothing(Verdict.TOO_MANY_PENDING));
    assertThat(run.submit("a", SPEC)).isEqualTo(Decision.nothing(Verdict.EXISTING));

    run.report("a", 1, answer(200));
    assertThat(run.submit("c", SPEC).verdict()).isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void an_acceptance_is_counted_once() {
    assertThat(notices(run.submit("a", SPEC))).containsExactly(Notice.ACCEPTED);
    assertThat(notices(run.submit("a", SPEC))).isEmpty();
  }

  @Test
  void a_batch_starts_only_those_that_were_granted_room() {
    run.submitWithoutRoom("a", SPEC);
    run.submitWithoutRoom("b", SPEC);

    var decision = run.take(Collected.fire(run.core, run.state, run.now, 0, 64, Map.of("b", POOL)));

    assertThat(decision.events()).containsExactly(new AttemptStarted("b", 1, POOL, START));
    assertThat(run.retryAt("a")).isPresent();
  }
}
