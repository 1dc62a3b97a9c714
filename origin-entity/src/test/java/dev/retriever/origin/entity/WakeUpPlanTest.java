package dev.retriever.origin.entity;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.executor.Body;
import dev.retriever.executor.Report;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Samples;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.CoreRun;
import dev.retriever.origin.core.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is written of when an origin has to be woken, and what need not be. */
class WakeUpPlanTest {
  private static final Duration BACKSTOP = FetchSpec.TIMEOUT.plus(FetchSpec.GRACE);

  private final CoreRun run = new CoreRun();
  private final WakeUpPlan plan = new WakeUpPlan(CoreRun.POOL);

  private Optional<WakeUp> written(Decision decision) {
    return plan.with(List.<Object>copyOf(decision.events()), run.state, run.now);
  }

  private static WakeUp at(Instant at, String... executors) {
    return new WakeUp(Optional.of(at), new TreeSet<>(Set.of(executors)));
  }

  @Test
  void a_wake_up_travels_as_a_tag() {
    for (var wakeUp :
        List.of(
            WakeUp.NONE,
            at(START),
            at(START.plusMillis(1), "retriever@127.0.0.1:17355#1a2b", "a#1/bulk"))) {
      assertThat(WakeUp.of(wakeUp.tag())).contains(wakeUp);
    }
    assertThat(WakeUp.of("somebody else's tag")).isEmpty();
    assertThat(WakeUp.of(at(START.plusNanos(999_999)).tag())).contains(at(START));
  }

  @Test
  void the_first_rows_of_an_incarnation_say_it_in_any_case() {
    assertThat(written(run.submit("a", Samples.get())))
        .contains(at(START.plus(BACKSTOP), CoreRun.POOL));
  }

  @Test
  void a_wake_up_that_is_too_early_is_left() {
    written(run.submit("a", Samples.get()));
    run.pass(Duration.ofSeconds(1));

    assertThat(written(run.submit("b", Samples.get()))).isEmpty();
    assertThat(written(run.report("a", 1, answer(200)))).isEmpty();
  }

  @Test
  void an_earlier_wake_up_is_written_at_once() {
    written(run.submit("a", Samples.get()));
    var sooner = Samples.get().timeout(Duration.ofSeconds(3));

    assertThat(written(run.submit("b", sooner)))
        .contains(at(START.plus(Duration.ofSeconds(3)).plus(FetchSpec.GRACE), CoreRun.POOL));
  }

  @Test
  void a_time_that_is_moved_forward_is_written_at_once_and_one_that_is_postponed_is_not() {
    var day = Duration.ofDays(1);
    assertThat(written(run.submitWithoutRoom("a", Samples.get().delay(day))))
        .contains(at(START.plus(day)));

    assertThat(written(run.move("a", Later.after(day.plus(day))))).isEmpty();
    assertThat(written(run.move("a", Later.after(Duration.ofHours(1)))))
        .contains(at(START.plus(Duration.ofHours(1))));
    assertThat(written(run.cancel("a"))).contains(WakeUp.NONE);
  }

  @Test
  void another_executor_is_said_at_once() {
    written(run.submit("a", Samples.get().timeout(Duration.ofSeconds(1))));
    run.pass(Duration.ofMillis(1));
    var decision =
        run.take(run.core.submit(run.state, "b", Samples.get(), run.now, Optional.of("another#1")));

    assertThat(written(decision).orElseThrow().poolIds())
        .containsExactly("another#1", CoreRun.POOL);
  }

  /** Until the dispatch has arrived, only this incarnation repeats it. */
  @Test
  void an_origin_whose_attempt_another_node_makes_is_woken_also_when_this_node_is_gone() {
    var decision =
        run.take(run.core.submit(run.state, "a", Samples.get(), run.now, Optional.of("another#1")));

    assertThat(written(decision).orElseThrow().poolIds())
        .containsExactly("another#1", CoreRun.POOL);
    assertThat(plan.told(run.state, run.now).poolIds()).containsExactly("another#1", CoreRun.POOL);
  }

  @Test
  void a_pool_of_this_node_is_gone_with_it_and_one_row_is_enough() {
    var bulk = CoreRun.POOL + "/bulk";
    var decision =
        run.take(run.core.submit(run.state, "a", Samples.get(), run.now, Optional.of(bulk)));

    assertThat(written(decision).orElseThrow().poolIds()).containsExactly(bulk);
  }

  @Test
  void when_nothing_goes_on_by_itself_any_more_it_is_taken_away_once() {
    written(run.submit("a", Samples.get()));

    assertThat(written(run.report("a", 1, answer(200)))).contains(WakeUp.NONE);
    assertThat(written(run.report("a", 1, answer(500)))).isEmpty();
  }

  @Test
  void a_wake_up_told_to_the_alarm_clock_counts_as_written() {
    written(run.submit("a", Samples.get().timeout(Duration.ofSeconds(1))));
    run.submit("b", Samples.get().timeout(Duration.ofMinutes(2)));
    written(run.report("a", 1, answer(200)));
    var deadline = START.plus(Duration.ofMinutes(2)).plus(FetchSpec.GRACE);

    assertThat(plan.told(run.state, run.now)).isEqualTo(at(deadline, CoreRun.POOL));

    // Earlier than told, though later than what may still stand there.
    var between = Samples.get().timeout(Duration.ofMinutes(1));
    assertThat(written(run.submit("c", between))).isPresent();
  }

  @Test
  void a_told_wake_up_names_no_pool_that_has_reported() {
    written(run.submit("a", Samples.get()));
    written(run.report("a", 1, Samples.refused()));

    assertThat(plan.told(run.state, run.now).poolIds()).isEmpty();
  }

  @Test
  void after_every_input_what_is_written_comes_in_time() {
    var journal = new ArrayList<WakeUp>(List.of(WakeUp.NONE));
    for (var i = 0; i < 50; i++) {
      var spec = Samples.get().timeout(Duration.ofSeconds(1 + (i * 37) % 60));
      written(run.submit("f" + i, spec)).ifPresent(journal::add);
      if (i % 3 == 0) {
        written(run.report("f" + i, 1, i % 2 == 0 ? answer(200) : Report.lost()))
            .ifPresent(journal::add);
      }
      if (i % 7 == 0) {
        journal.add(plan.told(run.state, run.now));
      }
      run.pass(Duration.ofMillis(100));
      var stands = journal.get(journal.size() - 1);
      assertThat(run.state.wakeAt(run.now).map(at -> stands.at().orElse(Instant.MAX).isAfter(at)))
          .isNotEqualTo(Optional.of(true));
      for (var fetch : run.state.pending().values()) {
        fetch.open().ifPresent(o -> assertThat(stands.poolIds()).contains(o.executor()));
      }
    }
  }

  @Test
  void an_origin_that_waits_for_room_is_woken_only_when_this_node_is_gone() {
    var waiting = written(run.submitWithoutRoom("a", Samples.get())).orElseThrow();

    assertThat(waiting)
        .isEqualTo(at(START.plus(FetchSpec.WITHIN).plus(FetchSpec.GRACE), CoreRun.POOL));
  }

  @Test
  void a_retry_to_come_is_an_alarm() {
    var spec = Samples.get().retry(Samples.attempts(3));
    written(run.submit("a", spec));
    run.report("a", 1, Samples.refused());

    assertThat(plan.told(run.state, run.now)).isEqualTo(at(run.retryAt("a").orElseThrow()));
  }

  @Test
  void a_continuation_parked_for_other_code_wakes_its_origin_when_this_node_is_gone() {
    // What stands there from before is earlier.
    assertThat(written(parked("not run: No continuation is named 'gone'"))).isEmpty();

    assertThat(plan.told(run.state, run.now))
        .isEqualTo(at(START.plus(Duration.ofHours(1)), CoreRun.POOL));
  }

  @Test
  void a_continuation_parked_by_a_failing_handler_waits_for_an_operator() {
    assertThat(written(parked("java.lang.IllegalStateException: no"))).contains(WakeUp.NONE);
  }

  /** Settles a fetch whose continuation is parked at once. */
  private Decision parked(String reason) {
    var gone = Optional.of(new StoredContinuation("gone", Body.EMPTY));
    var here = Optional.of(CoreRun.POOL);
    written(run.take(run.core.submit(run.state, "a", Samples.get(), gone, run.now, here)));
    var settled = run.report("a", 1, answer(200));
    return run.take(
        new Decision(
            Verdict.NOTED,
            List.of(new OriginEvent.HandlingFailed("outcome/a", reason, START, Optional.empty())),
            settled.effects()));
  }
}
