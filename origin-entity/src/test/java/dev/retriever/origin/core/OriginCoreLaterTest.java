package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.START;
import static dev.retriever.origin.Samples.answer;
import static dev.retriever.origin.core.CoreRun.dispatches;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retriever.executor.Body;
import dev.retriever.executor.Stage;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.InvalidSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.OriginEvent.FetchDue;
import dev.retriever.origin.OriginEvent.FetchScheduled;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Samples;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.lines.WaitingLines;
import dev.retriever.origin.core.specs.HeldBytes;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Fetches that begin later, and whose time is moved. */
class OriginCoreLaterTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Instant LATER = START.plus(HOUR);
  private static final FetchSpec SPEC = Samples.get().within(Duration.ofMinutes(10)).delay(HOUR);
  private static final FetchSpec QUEUED =
      SPEC.queue(QueueChoice.of("q").waitAtMost(Duration.ofMinutes(2)));

  private final CoreRun run = new CoreRun();
  private final Scheduling scheduling = new Scheduling(run.core);

  private Verdict move(String id, Later later) {
    return run.take(scheduling.move(run.state, id, later, run.now)).verdict();
  }

  private Verdict bringForward(String id) {
    return run.take(scheduling.start(run.state, id, run.now)).verdict();
  }

  private PendingFetch fetch(String id) {
    return run.state.pending(id).orElseThrow();
  }

  @Test
  void with_room_it_is_accepted_without_an_attempt_and_starts_at_its_time() {
    var decision = run.submit("a", SPEC);

    assertThat(decision.verdict()).isEqualTo(Verdict.ACCEPTED);
    assertThat(decision.events())
        .containsExactly(
            new FetchAccepted("a", SPEC, START, Optional.empty(), Optional.empty()),
            new FetchScheduled("a", LATER, START));
    assertThat(dispatches(decision)).isEmpty();
    assertThat(run.retryAt("a")).contains(LATER);
    assertThat(dispatches(run.retry("a"))).containsExactly(1);
  }

  @Test
  void the_time_limits_count_from_its_time() {
    run.submit("a", SPEC);

    assertThat(fetch("a").deadline()).isEqualTo(LATER.plus(Duration.ofMinutes(10)));
    run.pass(HOUR.plusMinutes(10)).fire();
    assertThat(run.settlement("a")).isEmpty();
    run.pass(SPEC.grace()).fire();
    assertThat(run.outcome("a"))
        .isEqualTo(new Outcome.Failed(Stage.QUEUED, OriginCore.DEADLINE_PASSED));
    assertThat(run.settlement("a").orElseThrow().notBefore()).contains(LATER);
  }

  @Test
  void one_that_waits_for_a_queue_joins_its_line_at_its_time_and_not_before() {
    run.submitWithoutRoom("a", QUEUED);
    assertThat(run.state.lines().of("q").lines()).isEmpty();
    run.pass(HOUR.minusMillis(1)).fire();
    assertThat(run.state.standing(fetch("a"))).isEmpty();

    var joined = run.pass(Duration.ofMillis(1)).fire();

    assertThat(joined.events()).containsExactly(new FetchDue("a", LATER));
    var place = run.state.standing(fetch("a")).orElseThrow();
    assertThat(place.readyAt()).isEqualTo(LATER);
    assertThat(place.acceptedAt()).isEqualTo(LATER);
    assertThat(run.state.lines().of("q").later()).isEmpty();
    run.pass(Duration.ofMinutes(2)).fire();
    assertThat(run.outcome("a").why()).contains(OriginCore.WAITED_TOO_LONG);
    assertThat(run.state.lines()).isEqualTo(WaitingLines.none());
  }

  @Test
  void a_late_alarm_does_not_lengthen_its_time_limits() {
    run.submitWithoutRoom("a", QUEUED);

    run.pass(HOUR.plusSeconds(30)).fire();

    assertThat(fetch("a").deadline()).isEqualTo(LATER.plus(Duration.ofMinutes(10)));
    assertThat(OriginSnapshot.of(run.state).restored().lines()).isEqualTo(run.state.lines());
  }

  @Test
  void it_is_the_same_fetch_with_the_same_delay_and_another_one_with_another() {
    run.submit("a", SPEC);
    run.pass(Duration.ofMinutes(1));

    assertThat(run.submit("a", SPEC).verdict()).isEqualTo(Verdict.EXISTING);
    move("a", Later.after(HOUR.plus(HOUR)));
    assertThat(run.submit("a", SPEC).verdict()).isEqualTo(Verdict.EXISTING);
    assertThat(run.submit("a", SPEC.delay(HOUR.plusMillis(1))).verdict())
        .isEqualTo(Verdict.ID_REUSED);
    assertThat(run.submit("a", SPEC.notBefore(LATER)).verdict()).isEqualTo(Verdict.ID_REUSED);
  }

  @Test
  void a_repeat_after_its_time_is_the_same_fetch_and_is_not_refused() {
    var spec = SPEC.notBefore(LATER);
    run.submit("a", spec);
    run.pass(HOUR.plusMinutes(5));

    assertThat(run.submit("a", spec).verdict()).isEqualTo(Verdict.EXISTING);
  }

  @Test
  void it_is_moved_in_both_directions_while_nothing_has_begun() {
    run.submit("a", SPEC);
    run.submitWithoutRoom("q", QUEUED);

    for (var id : Set.of("a", "q")) {
      assertThat(move(id, Later.at(START.plusSeconds(9)))).isEqualTo(Verdict.NOTED);
      assertThat(fetch(id).mayBeginAt()).isEqualTo(START.plusSeconds(9));
      assertThat(move(id, Later.at(LATER.plus(HOUR)))).isEqualTo(Verdict.NOTED);
      assertThat(fetch(id).deadline()).isEqualTo(LATER.plus(HOUR).plusSeconds(600));
      var rows = run.journal.size();
      assertThat(move(id, Later.at(LATER.plus(HOUR)))).isEqualTo(Verdict.NOTED);
      assertThat(run.journal).as("nothing to move").hasSize(rows);
    }
    run.pass(HOUR).fire();
    assertThat(run.retryAt("a")).contains(LATER.plus(HOUR));
    assertThat(run.state.standing(fetch("q"))).isEmpty();
  }

  @Test
  void one_that_was_to_begin_at_once_and_waits_is_postponed_too() {
    run.submitWithoutRoom("a", Samples.get());
    run.submitWithoutRoom("q", Samples.get().queue("q"));

    assertThat(move("a", Later.after(HOUR))).isEqualTo(Verdict.NOTED);
    assertThat(move("q", Later.after(HOUR))).isEqualTo(Verdict.NOTED);

    assertThat(run.retryAt("a")).contains(LATER);
    assertThat(run.state.standing(fetch("q"))).isEmpty();
    run.pass(HOUR).fire();
    assertThat(run.state.standing(fetch("q"))).isPresent();
  }

  @Test
  void it_is_brought_forward_once() {
    run.submit("a", SPEC);
    run.submitWithoutRoom("q", QUEUED);
    run.pass(Duration.ofSeconds(1));

    for (var id : Set.of("a", "q")) {
      assertThat(bringForward(id)).isEqualTo(Verdict.NOTED);
      assertThat(fetch(id).mayBeginAt()).isEqualTo(run.now);
      var rows = run.journal.size();
      assertThat(bringForward(id)).isEqualTo(Verdict.NOTED);
      assertThat(run.journal).hasSize(rows);
    }
    assertThat(dispatches(run.start("a"))).containsExactly(1);
    assertThat(run.state.standing(fetch("q")).orElseThrow().readyAt()).isEqualTo(run.now);
  }

  @Test
  void once_an_attempt_has_begun_it_is_neither_moved_nor_brought_forward() {
    run.submit("a", SPEC);
    run.retry("a");

    assertThat(move("a", Later.after(HOUR))).isEqualTo(Verdict.HAS_BEGUN);
    assertThat(bringForward("a")).isEqualTo(Verdict.HAS_BEGUN);
    run.report("a", 1, answer(200));
    assertThat(move("a", Later.after(HOUR))).isEqualTo(Verdict.SETTLED_OTHERWISE);
    assertThat(bringForward("a")).isEqualTo(Verdict.SETTLED_OTHERWISE);
    assertThat(move("none", Later.after(HOUR))).isEqualTo(Verdict.NO_SUCH_FETCH);
    assertThat(bringForward("none")).isEqualTo(Verdict.NO_SUCH_FETCH);
  }

  @Test
  void a_time_out_of_range_is_refused_and_changes_nothing() {
    run.submit("a", SPEC);

    for (var time :
        Set.of(START.minusSeconds(61), START.plus(Later.LONGEST).plusMillis(1), Instant.MAX)) {
      assertThat(move("a", Later.at(time))).isEqualTo(Verdict.NOT_BEFORE_OUT_OF_RANGE);
    }
    assertThat(run.submit("b", SPEC.notBefore(Instant.parse("9999-01-01T00:00:00Z"))).verdict())
        .isEqualTo(Verdict.NOT_BEFORE_OUT_OF_RANGE);
    assertThat(run.submit("c", SPEC.notBefore(START.plus(Later.LONGEST))).verdict())
        .isEqualTo(Verdict.ACCEPTED);
    assertThat(move("a", Later.at(START.minusSeconds(60)))).isEqualTo(Verdict.NOTED);
    assertThat(fetch("a").mayBeginAt()).isEqualTo(START);
    assertThatThrownBy(() -> Later.after(Later.LONGEST.plusMillis(1)))
        .isInstanceOf(InvalidSpec.class);
    assertThatThrownBy(() -> Later.after(Duration.ZERO)).isInstanceOf(InvalidSpec.class);
  }

  @Test
  void cancelled_before_its_time_it_is_proved_not_sent_and_leaves_nothing() {
    run.submit("a", SPEC);
    run.submitWithoutRoom("q", QUEUED);

    run.cancel("a");
    run.cancel("q");

    assertThat(run.outcome("a")).isEqualTo(new Outcome.Cancelled(false));
    assertThat(run.state.lines()).isEqualTo(WaitingLines.none());
    assertThat(run.state.ownAlarms().isEmpty()).isTrue();
    assertThat(run.state.idle()).isTrue();
    assertThat(run.state.use().bytes()).isZero();
  }

  @Test
  void lines_that_scheduled_fetches_will_wait_in_count_at_the_limit_of_lines() {
    var many = new CoreRun(new OriginCore(2000, Long.MAX_VALUE, 3, Set.of(), Retention.FOREVER));
    for (var i = 0; i < WaitingLines.MOST; i++) {
      var choice = QueueChoice.of("q").key("k" + i);
      var spec = Samples.get().queue(choice);
      many.submitWithoutRoom("f" + i, i % 2 == 0 ? spec : spec.delay(HOUR));
    }

    var other = Samples.get().queue(QueueChoice.of("q").key("other"));

    assertThat(many.submit("over", other).verdict()).isEqualTo(Verdict.TOO_MANY_KEYS);
    assertThat(many.submit("same", Samples.get().queue(QueueChoice.of("q").key("k1"))).verdict())
        .isEqualTo(Verdict.ACCEPTED);
    many.cancel("f3");
    assertThat(many.submit("over", other).verdict()).isEqualTo(Verdict.ACCEPTED);
  }

  @Test
  void what_the_pending_fetches_have_in_the_state_is_bounded() {
    var body = new Body(new byte[1000]);
    var spec = FetchSpec.of(Samples.POST.body(body));
    var each = HeldBytes.of(spec, Optional.empty());
    var small = new CoreRun(new OriginCore(100, 3 * each, 3, Set.of(), Retention.FOREVER));
    for (var id : new String[] {"a", "b", "c"}) {
      assertThat(small.submit(id, spec.delay(HOUR)).verdict()).isEqualTo(Verdict.ACCEPTED);
    }

    assertThat(each).isBetween(1000L, 1200L);
    assertThat(small.submit("d", spec).verdict()).isEqualTo(Verdict.TOO_MANY_PENDING);
    assertThat(small.submit("a", spec.delay(HOUR)).verdict()).isEqualTo(Verdict.EXISTING);
    small.state = OriginSnapshot.of(small.state).restored();
    assertThat(small.submit("d", spec).verdict()).isEqualTo(Verdict.TOO_MANY_PENDING);
    small.cancel("b");
    assertThat(small.submit("d", spec).verdict()).isEqualTo(Verdict.ACCEPTED);
  }
}
