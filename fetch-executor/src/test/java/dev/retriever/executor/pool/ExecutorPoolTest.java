package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Room;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.pool.ExecutorPool.Stats.Most;
import dev.retriever.executor.pool.ScriptedTransport.Call;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutorPoolTest {
  private static final FetchRequest REQUEST = FetchRequest.get("http://target.example/");
  private static final Target FREE = Target.of("http://free.example/");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration RETENTION = Duration.ofMinutes(1);
  private static final Report ANSWER =
      new Report.Answered(new Response(200, List.of(), Body.utf8("hello")));

  private final ActorTestKit kit = ActorTestKit.create(VirtualTime.config());
  private final VirtualTime time = new VirtualTime(kit);
  private final TestProbe<Call> wire = kit.createTestProbe();
  private final TestProbe<String> aborts = kit.createTestProbe();
  private final TestProbe<AttemptReport> reports = kit.createTestProbe();
  private final TestProbe<String> room = kit.createTestProbe();
  private final ScriptedTransport transport = new ScriptedTransport(wire.ref(), aborts.ref());

  /** One executor, so that whatever was told earlier was also handled earlier. */
  private final ExecutorPool pool =
      new ExecutorPool(
          new PoolNode(
              kit.system(),
              new TargetRoom(100, 10),
              transport,
              reports.ref()::tell,
              time,
              time::nanos),
          "here#1",
          "default",
          new ExecutorSettings(
              1,
              3,
              1000,
              Duration.ofSeconds(5),
              Duration.ofSeconds(1),
              Duration.ofSeconds(4),
              RETENTION,
              2));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void the_times_of_an_attempt_begin_when_the_pool_takes_it() {
    assertThat(started("a").takenAt()).isEqualTo(17);
  }

  private static AttemptKey key(String fetchId) {
    return new AttemptKey("origin", "o", fetchId, 1);
  }

  private boolean reserve(AttemptKey key) {
    return pool.reserve(key, Target.of(REQUEST.url())) == Room.RESERVED;
  }

  private boolean willReport(String fetchId) {
    var standing = pool.standing(key(fetchId), VirtualTime.START);
    return standing == AttemptStatus.RUNNING || standing == AttemptStatus.REPORTED;
  }

  private void dispatch(String fetchId) {
    pool.dispatch(key(fetchId), REQUEST, TIMEOUT);
  }

  private Call started(String fetchId) {
    assertThat(reserve(key(fetchId))).isTrue();
    dispatch(fetchId);
    var call = wire.receiveMessage();
    assertThat(call.key()).isEqualTo(key(fetchId));
    return call;
  }

  private AttemptReport reported(String fetchId) {
    started(fetchId).end(ANSWER);
    return reports.receiveMessage();
  }

  private void acknowledge(AttemptReport report) {
    report.ackTo().tell(new ReportAck(report.key()));
  }

  /** Step by step: each timer is started only when the one before it has gone off. */
  private void resendUntilShortlyBeforeRetentionIsOver() {
    var waits = new ArrayList<>(List.of(1, 2));
    waits.addAll(Collections.nCopies(14, 4));
    for (var seconds : waits) {
      time.pass(Duration.ofSeconds(seconds));
      reports.receiveMessage();
    }
  }

  private void permitsHeldBecome(int held) {
    eventually(() -> assertThat(pool.stats().permitsHeld()).isEqualTo(held));
  }

  /** Another dispatch without a permit is refused behind all that the executor was told before. */
  private void allIsHandled() {
    var refused = pool.stats().dispatchesRefused();
    dispatch("nobody reserved this");
    eventually(() -> assertThat(pool.stats().dispatchesRefused()).isGreaterThan(refused));
  }

  private void eventually(Runnable assertion) {
    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          assertion.run();
          return null;
        });
  }

  private static Report broken(String reason) {
    return new Report.Ambiguous(Optional.of(Stage.SENT), reason, Optional.empty());
  }

  @Test
  void a_report_is_kept_for_its_time_although_the_wall_clock_jumped_ahead() {
    reported("a");

    time.jump(RETENTION.multipliedBy(2));
    time.pass(Duration.ofSeconds(1));

    assertThat(reports.receiveMessage().report()).isEqualTo(ANSWER);
    assertThat(pool.stats().reportsUndelivered()).isZero();
  }

  @Test
  void a_permit_that_nobody_uses_lapses_although_the_wall_clock_was_set_back() {
    for (var left : List.of("a", "b", "c")) {
      assertThat(reserve(key(left))).isTrue();
    }

    time.jump(Duration.ofHours(-1));
    time.pass(Duration.ofMillis(5_001));

    assertThat(reserve(key("d"))).isTrue();
  }

  @Test
  void an_attempt_begins_although_the_wall_clock_jumped_ahead_since_its_permit_was_taken() {
    assertThat(reserve(key("a"))).isTrue();

    time.jump(Duration.ofHours(3));
    dispatch("a");

    assertThat(wire.receiveMessage().key()).isEqualTo(key("a"));
  }

  @Test
  void an_attempt_is_made_reported_and_forgotten_when_acknowledged() {
    var call = started("a");
    assertThat(pool.stats().inFlight()).isEqualTo(1);

    call.end(ANSWER);
    var report = reports.receiveMessage();
    assertThat(report.key()).isEqualTo(key("a"));
    assertThat(report.report()).isEqualTo(ANSWER);
    assertThat(pool.stats()).isEqualTo(new ExecutorPool.Stats(0, 1, 0, new Most(1, 1, 0), 0, 0, 0));

    acknowledge(report);
    permitsHeldBecome(0);
  }

  @Test
  void a_second_dispatch_reaches_no_wire_at_any_time() {
    var call = started("a");

    dispatch("a");
    started("while-running");
    call.end(ANSWER);
    var report = reports.receiveMessage();
    dispatch("a");
    started("while-reported");
    acknowledge(report);
    permitsHeldBecome(2);
    dispatch("a");
    started("when-forgotten");

    wire.expectNoMessage(Duration.ZERO);
    assertThat(pool.stats().dispatchesRefused()).isEqualTo(3);
  }

  @Test
  void a_dispatch_without_a_permit_reaches_no_wire() {
    dispatch("a");

    started("b");
    assertThat(pool.stats().dispatchesRefused()).isEqualTo(1);
  }

  @Test
  void a_dispatch_that_comes_too_late_is_reported_as_not_sent() {
    reserve(key("a"));
    time.pass(Duration.ofMillis(5_001));

    dispatch("a");

    assertThat(reports.receiveMessage().report())
        .isEqualTo(new Report.NotSent(Stage.QUEUED, "dispatched-too-late"));
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_attempt_is_aborted_when_its_time_is_up_and_not_before() {
    started("a");

    time.pass(TIMEOUT.minusMillis(1));
    allIsHandled();
    aborts.expectNoMessage(Duration.ZERO);

    time.pass(Duration.ofMillis(1));
    assertThat(aborts.receiveMessage()).isEqualTo("a timeout");
    var report = reports.receiveMessage();
    assertThat(report.key()).isEqualTo(key("a"));
    assertThat(report.report()).isEqualTo(broken("timeout"));
  }

  @Test
  void an_attempt_that_has_ended_is_not_aborted_afterwards() {
    var report = reported("a");
    acknowledge(report);

    time.pass(TIMEOUT.multipliedBy(2));
    pool.abort(key("a"));
    allIsHandled();

    aborts.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_report_is_sent_again_after_doubling_waits_until_it_is_acknowledged() {
    var first = reported("a");

    for (var wait : List.of(1, 2, 4, 4)) {
      time.pass(Duration.ofSeconds(wait).minusMillis(1));
      allIsHandled();
      reports.expectNoMessage(Duration.ZERO);
      time.pass(Duration.ofMillis(1));
      var again = reports.receiveMessage();
      assertThat(again.key()).isEqualTo(first.key());
      assertThat(again.report()).isEqualTo(first.report());
    }
    assertThat(pool.stats().reportsResent()).isEqualTo(4);

    acknowledge(first);
    permitsHeldBecome(0);
    time.pass(RETENTION);
    allIsHandled();
    reports.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_report_that_nobody_acknowledges_is_given_up_after_its_retention() {
    reported("a");
    resendUntilShortlyBeforeRetentionIsOver();
    assertThat(pool.stats().permitsHeld()).isEqualTo(1);

    time.pass(Duration.ofSeconds(4));

    permitsHeldBecome(0);
    assertThat(pool.stats().reportsUndelivered()).isEqualTo(1);
    reports.expectNoMessage(Duration.ZERO);
  }

  @Test
  void the_pool_remembers_as_far_back_as_no_report_can_have_been_dropped() {
    reported("a");
    resendUntilShortlyBeforeRetentionIsOver();
    assertThat(pool.standing(key("a"), VirtualTime.START)).isEqualTo(AttemptStatus.REPORTED);
    reports.receiveMessage();
    assertThat(pool.standing(key("b"), VirtualTime.START)).isEqualTo(AttemptStatus.NEVER_BEGAN);

    time.pass(Duration.ofSeconds(4));
    permitsHeldBecome(0);

    assertThat(pool.standing(key("a"), VirtualTime.START)).isEqualTo(AttemptStatus.UNKNOWN);
    assertThat(pool.standing(key("a"), VirtualTime.START.plusSeconds(4)))
        .isEqualTo(AttemptStatus.NEVER_BEGAN);
  }

  @Test
  void an_abort_closes_the_exchange_whose_report_still_comes() {
    started("a");

    pool.abort(key("a"));

    assertThat(aborts.receiveMessage()).isEqualTo("a aborted");
    assertThat(reports.receiveMessage().report()).isEqualTo(broken("aborted"));
  }

  @Test
  void an_abort_before_the_dispatch_keeps_it_from_being_sent() {
    reserve(key("a"));
    pool.abort(key("a"));
    dispatch("a");

    started("b");
    wire.expectNoMessage(Duration.ZERO);
    // The permit of the first may be given back before the second takes its own, or after.
    var most = pool.stats().most();
    assertThat(most.permitsHeld()).isBetween(1, 2);
    assertThat(pool.stats()).isEqualTo(new ExecutorPool.Stats(1, 1, 0, most, 0, 0, 1));
  }

  @Test
  void a_running_attempt_will_report() {
    var call = started("a");

    assertThat(willReport("a")).isTrue();

    call.end(ANSWER);
    assertThat(reports.receiveMessage().report()).isEqualTo(ANSWER);
  }

  @Test
  void asking_for_a_report_sends_it_again_at_once() {
    reported("a");

    assertThat(willReport("a")).isTrue();

    assertThat(reports.receiveMessage().report()).isEqualTo(ANSWER);
  }

  @Test
  void an_attempt_that_never_began_never_begins_and_its_dispatch_is_reported_as_not_sent() {
    reserve(key("a"));

    assertThat(willReport("a")).isFalse();
    assertThat(willReport("b")).isFalse();

    // Whoever asked may have been replaced, and whoever dispatches was not told.
    dispatch("a");
    dispatch("b");
    for (var id : List.of("a", "b")) {
      var report = reports.receiveMessage();
      assertThat(report.key()).isEqualTo(key(id));
      assertThat(report.report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "never-began"));
      acknowledge(report);
    }
    started("c");
    wire.expectNoMessage(Duration.ZERO);
    assertThat(pool.stats().dispatchesRefused()).isEqualTo(2);
    permitsHeldBecome(1);
  }

  @Test
  void that_it_never_began_is_reported_again_until_it_is_acknowledged() {
    willReport("a");
    dispatch("a");
    reports.receiveMessage();

    time.pass(Duration.ofSeconds(1));

    assertThat(reports.receiveMessage().key()).isEqualTo(key("a"));
  }

  @Test
  void a_dispatch_whose_permit_another_has_by_now_is_reported_as_not_sent() {
    List.of("a", "b", "c").forEach(id -> reserve(key(id)));
    time.pass(Duration.ofMillis(5_001));
    assertThat(reserve(key("d"))).isTrue();

    dispatch("a");

    var report = reports.receiveMessage();
    assertThat(report.key()).isEqualTo(key("a"));
    assertThat(report.report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "never-began"));
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_crashed_executor_reports_its_victim_as_lost_and_keeps_the_time_of_the_others() {
    started("running");
    var unacknowledged = reported("reported");
    time.pass(Duration.ofMillis(500));

    transport.crashOn(key("victim"));
    reserve(key("victim"));
    dispatch("victim");

    var afterCrash = List.of(reports.receiveMessage(), reports.receiveMessage());
    assertThat(afterCrash)
        .extracting(AttemptReport::key, AttemptReport::report)
        .containsExactlyInAnyOrder(
            tuple(key("victim"), Report.lost()), tuple(key("reported"), ANSWER));
    afterCrash.forEach(this::acknowledge);
    permitsHeldBecome(1);

    acknowledge(unacknowledged);
    time.pass(TIMEOUT.minusMillis(501));
    allIsHandled();
    aborts.expectNoMessage(Duration.ZERO);
    time.pass(Duration.ofMillis(1));
    assertThat(aborts.receiveMessage()).isEqualTo("running timeout");
    assertThat(reports.receiveMessage().report()).isEqualTo(broken("timeout"));
  }

  @Test
  void an_answer_that_comes_after_the_crash_of_its_executor_is_reported() {
    var call = started("running");
    transport.crashOn(key("victim"));
    reserve(key("victim"));
    dispatch("victim");
    assertThat(reports.receiveMessage().key()).isEqualTo(key("victim"));

    call.end(ANSWER);

    assertThat(reports.receiveMessage().key()).isEqualTo(key("running"));
  }

  @Test
  void an_attempt_on_which_an_executor_crashed_does_not_begin_again() {
    transport.crashOn(key("victim"));
    reserve(key("victim"));
    dispatch("victim");
    reports.receiveMessage();

    dispatch("victim");
    allIsHandled();

    // The first of the two refusals may already have ended the wait for the second.
    reports.awaitAssert(
        () -> {
          assertThat(pool.stats().dispatchesRefused()).isEqualTo(2);
          return null;
        });
    reports.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_waiter_for_room_is_called_once_when_a_permit_is_free() {
    var report = reported("a");
    started("b");
    reserve(key("c"));
    pool.awaitRoom(Optional.empty(), "first", () -> room.ref().tell("first"));
    pool.awaitRoom(Optional.empty(), "second", () -> room.ref().tell("second"));
    room.expectNoMessage(Duration.ZERO);

    acknowledge(report);
    room.expectMessage("first");
    room.expectNoMessage(Duration.ZERO);

    reserve(key("d"));
    pool.release(key("c"));
    room.expectMessage("second");

    pool.release(key("d"));
    room.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_waiter_for_a_pool_with_room_is_called_at_once() {
    pool.awaitRoom(Optional.empty(), "first", () -> room.ref().tell("first"));

    room.expectMessage("first");
  }

  @Test
  void a_waiter_for_a_target_is_not_called_while_the_pool_itself_has_no_permit() {
    List.of("a", "b", "c").forEach(id -> reserve(key(id)));
    var called = new AtomicInteger();
    pool.awaitRoom(Optional.of(FREE), "first", called::incrementAndGet);
    assertThat(called).hasValue(0);

    pool.release(key("b"));

    assertThat(called).hasValue(1);
  }

  @Test
  void a_fenced_reservation_makes_room() {
    List.of("a", "b", "c").forEach(id -> reserve(key(id)));
    pool.awaitRoom(Optional.empty(), "first", () -> room.ref().tell("first"));

    willReport("b");

    room.expectMessage("first");
  }

  @Test
  void more_waiters_than_allowed_are_dropped_but_one_who_waits_can_be_replaced() {
    List.of("a", "b", "c").forEach(id -> reserve(key(id)));
    pool.awaitRoom(Optional.empty(), "first", () -> room.ref().tell("first"));
    pool.awaitRoom(Optional.empty(), "second", () -> room.ref().tell("second"));
    pool.awaitRoom(Optional.empty(), "third", () -> room.ref().tell("third"));
    pool.awaitRoom(Optional.empty(), "second", () -> room.ref().tell("second, replaced"));

    List.of("a", "b", "c").forEach(id -> pool.release(key(id)));

    room.expectMessage("first");
    room.expectMessage("second, replaced");
    room.expectNoMessage(Duration.ZERO);
  }
}
