package dev.retriever.origin.core;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.retriever.executor.Header;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Later;
import dev.retriever.origin.Lease;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.RetryPolicy.Resend;
import dev.retriever.origin.Samples;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.rows.QueueRows.End;
import dev.retriever.origin.queue.rows.QueueRows.KeyOf;
import dev.retriever.origin.queue.rows.QueueRows.LineOf;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.Ended;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queued.QueuedOrigin;
import dev.retriever.origin.queued.QueuedTurn;
import dev.retriever.origin.storage.OriginSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each kind of turn changes in the rows of queues. */
class QueuedTurnTest {
  private static final String QUEUE = "stripe";
  private static final QueuedOrigin ORIGIN = new QueuedOrigin("http", "acme/o", "http|acme/o");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final FetchSpec SPEC =
      Samples.post()
          .timeout(TIMEOUT)
          .within(Duration.ofMinutes(10))
          .retry(Samples.attempts(1))
          .queue(QueueChoice.of(QUEUE).priority(2));
  private static final FetchSpec RETRIED = SPEC.retry(Samples.attempts(3, Resend.ALWAYS));

  private final CoreRun run = new CoreRun();
  private QueuedTurn turn;

  /** What that step changes. */
  private QueuedTurn of(Runnable step) {
    var before = run.state;
    var rows = run.journal.size();
    step.run();
    turn =
        QueuedTurn.of(
            ORIGIN,
            new Turn<>(
                run.now,
                List.copyOf(run.journal.subList(rows, run.journal.size())),
                List.of(),
                List.of(),
                new FullState<>(before, ""),
                new FullState<>(run.state, "")));
    return turn;
  }

  private QueuedTurn accepted(String id, FetchSpec spec) {
    return of(() -> run.submitWithoutRoom(id, spec));
  }

  private static Lease lease(long number) {
    return new Lease(QUEUE, (int) number, number, false, false);
  }

  private QueuedTurn started(String id, Lease lease) {
    return of(
        () ->
            run.take(
                run.core.start(
                    run.state.pending(id).orElseThrow(),
                    run.now,
                    CoreRun.POOL,
                    Optional.of(lease))));
  }

  private Line line(int waiting, int ready, Instant readyAt, Optional<Instant> laterAt) {
    return new Line(
        ORIGIN.ownKey(),
        2,
        waiting,
        ready,
        Samples.START,
        readyAt,
        laterAt,
        Samples.START.plus(SPEC.within()));
  }

  private void theLineBecomes(Line line) {
    assertThat(turn.rows().lines()).containsExactly(new LineOf(QUEUE, "acme", line));
  }

  private static final Line NONE = Line.empty(ORIGIN.ownKey(), 2);

  @Test
  void an_acceptance_writes_the_whole_line() {
    accepted("a", SPEC);
    theLineBecomes(line(1, 1, Samples.START, Optional.empty()));

    run.pass(Duration.ofSeconds(1));
    accepted("b", SPEC.within(Duration.ofMinutes(5)));

    assertThat(turn.rows().lines())
        .extracting(it -> it.line().waiting(), it -> it.line().oldest(), it -> it.line().deadline())
        .containsExactly(tuple(2, Samples.START, run.now.plus(Duration.ofMinutes(5))));
    assertThat(turn.queues()).containsExactly(QUEUE);
  }

  @Test
  void what_has_no_queue_changes_nothing() {
    accepted("a", SPEC);

    assertThat(of(() -> run.submit("b", Samples.get())).rows().isNothing()).isTrue();
    assertThat(of(() -> run.report("b", 1, answer(200))).rows().isNothing()).isTrue();
    assertThat(turn.queues()).isEmpty();
  }

  @Test
  void a_scheduled_one_is_in_no_line_until_it_is_due() {
    var hour = Duration.ofHours(1);
    assertThat(accepted("a", SPEC.delay(hour)).rows().isNothing()).isTrue();
    assertThat(turn.queues()).isEmpty();
    var at = Samples.START.plus(hour);

    of(() -> run.pass(hour).fire());

    theLineBecomes(
        new Line(ORIGIN.ownKey(), 2, 1, 1, at, at, Optional.empty(), at.plus(SPEC.within())));
    assertThat(turn.queues()).containsExactly(QUEUE);
  }

  @Test
  void one_that_is_moved_to_later_leaves_its_line_and_one_that_is_brought_forward_joins_it() {
    accepted("a", SPEC);
    var scheduling = new Scheduling(run.core);

    of(
        () ->
            run.take(
                scheduling.move(run.state, "a", Later.after(Duration.ofHours(1)), Samples.START)));
    theLineBecomes(NONE);
    assertThat(of(() -> run.cancel("b")).rows().isNothing()).isTrue();

    of(() -> run.take(scheduling.start(run.state, "a", Samples.START)));
    theLineBecomes(line(1, 1, Samples.START, Optional.empty()));
  }

  @Test
  void a_start_takes_its_slot_and_leaves_the_line() {
    accepted("a", SPEC);

    started("a", lease(7));

    assertThat(turn.rows().starts())
        .containsExactly(
            new QueueRows.Start(lease(7), "a", 1, ORIGIN.ownKey(), TIMEOUT.toMillis()));
    assertThat(turn.rows().held()).isEmpty();
    theLineBecomes(NONE);
  }

  @Test
  void the_timeout_of_a_start_ends_with_the_deadline() {
    accepted("a", SPEC);
    run.pass(SPEC.within().minusSeconds(3));

    started("a", lease(7));

    assertThat(turn.rows().starts())
        .extracting(QueueRows.Start::timeoutMillis)
        .containsExactly(3000L);
  }

  @Test
  void a_retry_goes_back_to_the_line_with_its_first_acceptance() {
    accepted("a", RETRIED);
    run.pass(Duration.ofSeconds(2));
    started("a", lease(7));

    of(() -> run.report("a", 1, answer(503)));

    var at = run.state.standing(run.state.pending("a").orElseThrow()).orElseThrow().readyAt();
    assertThat(at).isAfter(run.now);
    theLineBecomes(line(1, 0, at, Optional.of(at)));
    assertThat(run.retryAt("a")).as("by a timer").isEmpty();
  }

  @Test
  void a_slot_that_is_none_has_no_row_and_its_end_is_told() {
    accepted("a", SPEC);
    started("a", new Lease(QUEUE, Lease.NO_SLOT, 7, false, false));
    assertThat(turn.rows().starts()).hasSize(1);

    of(() -> run.report("a", 1, answer(200)));

    assertThat(turn.rows().ends()).isEmpty();
    assertThat(turn.ended()).hasSize(1);
  }

  @Test
  void a_strict_key_is_held_from_the_first_start_to_the_settlement() {
    var key = KeyOf.of(QUEUE, "acme", ORIGIN.ownKey(), "a");
    accepted("a", RETRIED);
    started("a", new Lease(QUEUE, 1, 1, false, true));
    assertThat(turn.rows().held()).containsExactly(key);

    of(() -> run.report("a", 1, answer(503)));
    assertThat(turn.rows().freed()).isEmpty();
    run.pass(Duration.ofMinutes(2));
    started("a", new Lease(QUEUE, 1, 2, false, true));
    assertThat(turn.rows().held()).isEmpty();

    of(() -> run.report("a", 2, answer(200)));
    assertThat(turn.rows().freed()).containsExactly(key);
  }

  @Test
  void under_a_strict_key_others_wait_until_the_former_has_settled() {
    var spot = Spot.of(SPEC.queue().orElseThrow());
    accepted("a", RETRIED);
    accepted("b", RETRIED);
    started("a", new Lease(QUEUE, 1, 1, false, true));
    assertThat(run.state.lines().strictlyNext(QUEUE, spot, run.now)).isEmpty();
    run.report("a", 1, answer(503));
    assertThat(run.state.lines().strictlyNext(QUEUE, spot, run.now)).isEmpty();
    assertThat(run.state.lines().next(QUEUE, spot, run.now)).contains(2L);

    run.pass(Duration.ofMinutes(2));

    assertThat(run.state.lines().strictlyNext(QUEUE, spot, run.now)).contains(1L);
    run.cancel("a");
    assertThat(run.state.lines().strictlyNext(QUEUE, spot, run.now)).contains(2L);
  }

  /**
   * A step that ends the open attempt 1 of a fetch, how it is told, and whether it may still run.
   */
  static Stream<Arguments> ends() {
    return Stream.of(
        end("answered", SPEC, How.ANSWERED, false, it -> it.report("a", 1, answer(200))),
        end(
            "answered, retried",
            RETRIED,
            How.ANSWERED,
            false,
            it -> it.report("a", 1, answer(503))),
        end("refused", SPEC, How.FAILED, false, it -> it.report("a", 1, Samples.refused())),
        end("refused, retried", RETRIED, How.FAILED, false, QueuedTurnTest::refused),
        end("broken", SPEC, How.UNKNOWN, false, it -> it.report("a", 1, broken())),
        end("broken, retried", RETRIED, How.UNKNOWN, false, it -> it.report("a", 1, broken())),
        end("timed out", SPEC, How.TIMED_OUT, false, it -> it.report("a", 1, Samples.timedOut())),
        end("no room", SPEC, How.NEVER_BEGAN, false, it -> it.report("a", 1, noRoom())),
        end("never began", RETRIED, How.NEVER_BEGAN, false, it -> it.unheard("a", 1, neverBegan())),
        end("lost", SPEC, How.LOST, true, it -> it.unheard("a", 1, Report.lost())),
        end("lost, retried", RETRIED, How.LOST, true, it -> it.unheard("a", 1, Report.lost())),
        end("lost by its executor", SPEC, How.LOST, true, it -> it.report("a", 1, Report.lost())),
        end("stopped with its executor", RETRIED, How.LOST, false, QueuedTurnTest::stopped),
        end("overdue", RETRIED, How.LOST, true, it -> it.pass(TIMEOUT.multipliedBy(2)).fire()),
        end("deadline", SPEC, How.LOST, true, QueuedTurnTest::deadline),
        end("cancelled", SPEC, How.CANCELLED, true, it -> it.cancel("a")));
  }

  private static Arguments end(
      String name, FetchSpec spec, How how, boolean lingers, Consumer<CoreRun> step) {
    return Arguments.of(name, spec, how, lingers, step);
  }

  private static void refused(CoreRun run) {
    run.report("a", 1, Samples.refused());
  }

  private static void stopped(CoreRun run) {
    run.report("a", 1, Samples.ambiguous(Report.EXECUTOR_LOST));
  }

  private static void deadline(CoreRun run) {
    run.take(run.core.deadlinePassed(run.state.pending("a").orElseThrow(), run.now));
  }

  private static Report broken() {
    return Samples.ambiguous("reset");
  }

  private static Report noRoom() {
    return new Report.NotSent(Stage.QUEUED, Report.NO_ROOM);
  }

  private static Report neverBegan() {
    return new Report.NotSent(Stage.QUEUED, OriginCore.NEVER_BEGAN);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ends")
  void an_end_frees_the_slot_unless_the_request_may_still_run(
      String name, FetchSpec spec, How how, boolean lingers, Consumer<CoreRun> step) {
    accepted("a", spec);
    started("a", lease(7));

    of(() -> step.accept(run));

    assertThat(turn.rows().ends()).containsExactly(new End(lease(7), lingers));
    assertThat(turn.ended())
        .extracting(Ended::lease, Ended::how, Ended::fetchId, Ended::attempt, Ended::row)
        .containsExactly(tuple(lease(7), how, "a", 1, run.state.row()));
    var pending = run.state.pending("a");
    assertThat(turn.rows().lines()).hasSize(pending.isPresent() ? 1 : 0);
    assertThat(run.state.lines().of(QUEUE).running()).isEmpty();
    if (lingers && !name.equals("lost by its executor")) {
      theReportOfWhatWasGivenUpFreesIt();
    }
  }

  private void theReportOfWhatWasGivenUpFreesIt() {
    // Also after a restart from a snapshot.
    run.state = OriginSnapshot.of(run.state).restored();

    of(() -> run.report("a", 1, broken()));

    assertThat(turn.rows().ends()).containsExactly(new End(lease(7), false));
    assertThat(turn.ended())
        .extracting(Ended::lease, Ended::how)
        .containsExactly(tuple(lease(7), How.LATE));
    assertThat(of(() -> run.report("a", 1, broken())).rows().isNothing()).isTrue();
  }

  @Test
  void a_late_answer_that_settles_the_fetch_frees_its_slot_and_not_that_of_the_open_attempt() {
    accepted("a", RETRIED);
    started("a", lease(7));
    run.unheard("a", 1, Report.lost());
    run.pass(Duration.ofMinutes(2));
    started("a", lease(8));

    of(() -> run.report("a", 1, answer(200)));

    assertThat(turn.rows().ends())
        .containsExactly(new End(lease(7), false), new End(lease(8), true));
    assertThat(turn.ended())
        .extracting(Ended::how, Ended::status)
        .containsExactly(tuple(How.LATE, Optional.of(200)), tuple(How.CANCELLED, Optional.empty()));
  }

  @Test
  void the_late_report_of_one_that_is_lost_says_nothing_of_its_request() {
    accepted("a", SPEC);
    started("a", lease(7));
    run.cancel("a");

    of(() -> run.report("a", 1, Report.lost()));

    assertThat(turn.rows().ends()).containsExactly(new End(lease(7), true));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void how_long_a_target_asks_to_wait_is_told(FetchSpec spec) {
    accepted("a", spec);
    started("a", lease(7));

    of(() -> run.report("a", 1, answer(429, new Header("Retry-After", "60"))));

    assertThat(turn.ended())
        .extracting(Ended::status, Ended::retryAfter)
        .containsExactly(
            tuple(Optional.of(429), Optional.of(run.now.plus(Duration.ofSeconds(60)))));
  }

  static Stream<FetchSpec> specs() {
    return Stream.of(SPEC, RETRIED);
  }

  @Test
  void one_that_waits_leaves_its_line_when_it_is_cancelled_or_its_time_is_up() {
    accepted("a", SPEC);
    accepted("b", SPEC);
    of(() -> run.cancel("a"));
    theLineBecomes(line(1, 1, Samples.START, Optional.empty()));

    run.pass(SPEC.within().plus(SPEC.grace()));
    of(run::fire);

    theLineBecomes(NONE);
    assertThat(turn.ended()).isEmpty();
  }
}
