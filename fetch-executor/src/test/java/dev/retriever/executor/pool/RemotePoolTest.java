package dev.retriever.executor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Response;
import dev.retriever.executor.Room;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.pool.ScriptedTransport.Call;
import dev.retriever.executor.settings.DrainSettings;
import dev.retriever.executor.settings.ExecutorSettings;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pool as another node has it, with a wire between the two that may lose what is said. */
class RemotePoolTest {
  private static final FetchRequest REQUEST = FetchRequest.get("http://target.example/");
  private static final FetchRequest ELSEWHERE = FetchRequest.get("http://other.example/");
  private static final Target TARGET = Target.of(REQUEST.url());
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Report ANSWER =
      new Report.Answered(new Response(200, List.of(), Body.utf8("hello")));
  private static final Duration RESERVATION = Duration.ofSeconds(5);
  private static final ExecutorSettings SETTINGS =
      new ExecutorSettings(
          1,
          2,
          1_000,
          RESERVATION,
          Duration.ofSeconds(1),
          Duration.ofSeconds(4),
          Duration.ofMinutes(1),
          2);

  private final ActorTestKit kit = ActorTestKit.create(VirtualTime.config());
  private final VirtualTime time = new VirtualTime(kit);
  private final TestProbe<Call> wire = kit.createTestProbe();
  private final TestProbe<String> aborts = kit.createTestProbe();
  private final TestProbe<AttemptReport> reports = kit.createTestProbe();
  private final TestProbe<AttemptStatus> standings = kit.createTestProbe();
  private final TestProbe<String> room = kit.createTestProbe();
  private final TestProbe<PoolClient.Command> otherClient = kit.createTestProbe();
  private final TargetRoom targets = new TargetRoom(2, 10);
  private final PoolNode node =
      new PoolNode(
          kit.system(),
          targets,
          new ScriptedTransport(wire.ref(), aborts.ref()),
          reports.ref()::tell,
          time,
          time::nanos);
  private final ExecutorPool pool =
      new ExecutorPool(node, kit.system().name() + "#1", "there", SETTINGS);
  private volatile boolean losing;
  private volatile boolean cut;
  private final List<PoolDoor.Command> lost = new CopyOnWriteArrayList<>();
  private final ActorRef<PoolDoor.Command> way =
      kit.spawn(
          Behaviors.<PoolDoor.Command>receiveMessage(
              message -> {
                if (cut || losing && message instanceof PoolDoor.Dispatch) {
                  lost.add(message);
                } else {
                  pool.door().tell(message);
                }
                return Behaviors.same();
              }));
  private long sent;
  private final RemotePool remote =
      new RemotePool(node, pool.id(), way, SETTINGS, () -> room.ref().tell("gone"));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private static AttemptKey key(String fetchId) {
    return new AttemptKey("origin", "o", fetchId, 1);
  }

  private boolean reserve(String fetchId) {
    return remote.reserve(key(fetchId), TARGET) == Room.RESERVED;
  }

  private void reserved(String fetchId) {
    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          assertThat(reserve(fetchId)).isTrue();
          return null;
        });
  }

  private void dispatched(String fetchId) {
    reserved(fetchId);
    remote.dispatch(key(fetchId), REQUEST, TIMEOUT);
  }

  private Call started(String fetchId) {
    dispatched(fetchId);
    var call = wire.receiveMessage();
    assertThat(call.key()).isEqualTo(key(fetchId));
    return call;
  }

  private AttemptReport acknowledged() {
    var report = reports.receiveMessage();
    report.ackTo().tell(new ReportAck(report.key()));
    return report;
  }

  /**
   * What the timers have told the client by now it has done, at the time that it is, and no report
   * came of it: this attempt, for which nothing was reserved, is the next one reported.
   */
  private void nothingElseIsReported() {
    var next = "next" + ++sent;
    remote.dispatch(key(next), REQUEST, TIMEOUT);
    assertThat(acknowledged().key()).isEqualTo(key(next));
  }

  private AttemptStatus whatBecameOf(String fetchId) {
    remote
        .whatBecameOf(key(fetchId), VirtualTime.START)
        .thenAccept(standing -> standings.ref().tell(standing));
    return standings.receiveMessage();
  }

  private PoolDoor.Dispatch dispatch(String fetchId, Duration age) {
    return new PoolDoor.Dispatch(
        key(fetchId), REQUEST, TIMEOUT, ++sent, time.instant().minus(age), otherClient.ref());
  }

  @Test
  void an_attempt_is_made_there_and_reported() {
    started("a").end(ANSWER);

    assertThat(acknowledged()).extracting(AttemptReport::report).isEqualTo(ANSWER);
    // Two rounds after which an unacknowledged dispatch would have been asked about.
    time.pass(Duration.ofSeconds(4));
    nothingElseIsReported();
  }

  @Test
  void as_many_are_reserved_as_there_is_room_for_there() {
    reserved("a");
    reserved("b");

    assertThat(reserve("c")).isFalse();
    remote.release(key("a"));
    assertThat(reserve("c")).isTrue();
  }

  @Test
  void a_key_is_reserved_once() {
    reserved("a");

    assertThat(reserve("a")).isFalse();
  }

  @Test
  void a_waiter_is_called_when_an_attempt_is_over() {
    var call = started("a");
    started("b");
    remote.awaitRoom(Optional.empty(), "o", () -> room.ref().tell("room"));

    call.end(ANSWER);
    acknowledged();

    room.expectMessage("room");
    reserved("c");
  }

  @Test
  void an_attempt_without_room_is_reported_as_not_sent_until_the_report_is_acknowledged() {
    reserved("a");
    assertThat(pool.reserve(key("x"), TARGET)).isEqualTo(Room.RESERVED);
    assertThat(pool.reserve(key("y"), TARGET)).isEqualTo(Room.RESERVED);

    remote.dispatch(key("a"), REQUEST, TIMEOUT);

    var report = reports.receiveMessage();
    assertThat(report.report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "no-room"));
    time.pass(Duration.ofSeconds(2));
    assertThat(acknowledged()).extracting(AttemptReport::key).isEqualTo(key("a"));
    nothingElseIsReported();
    time.pass(Duration.ofSeconds(4));
    nothingElseIsReported();
    assertThat(whatBecameOf("a")).isEqualTo(AttemptStatus.NEVER_BEGAN);
  }

  @Test
  void an_attempt_refused_for_its_target_says_so_and_holds_back_others_to_it_until_there_is_room() {
    reserved("a");
    targets.enter(TARGET);
    targets.enter(TARGET);
    remote.dispatch(key("a"), REQUEST, TIMEOUT);
    assertThat(acknowledged().report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "target-busy"));

    assertThat(remote.reserve(key("b"), TARGET)).isEqualTo(Room.TARGET_FULL);
    reservedAt("c", Target.of(ELSEWHERE.url()));
    remote.release(key("c"));
    remote.awaitRoom(Optional.of(TARGET), "o", () -> room.ref().tell("o"));
    remote.awaitRoom(Optional.of(TARGET), "p", () -> room.ref().tell("p"));
    time.pass(Duration.ofSeconds(1));
    nothingElseIsReported();
    room.expectNoMessage(Duration.ZERO);

    targets.leave(TARGET);
    room.expectMessage("o");
    started("b").end(ANSWER);
    acknowledged();
    room.expectMessage("p");
  }

  @Test
  void a_waiter_for_a_target_that_has_room_is_called_when_the_pool_has_a_permit() {
    reserved("a");
    targets.enter(TARGET);
    targets.enter(TARGET);
    remote.dispatch(key("a"), REQUEST, TIMEOUT);
    acknowledged();
    remote.awaitRoom(Optional.of(TARGET), "o", () -> room.ref().tell("room at the target"));
    targets.leave(TARGET);
    room.expectMessage("room at the target");
    var call = startedElsewhere("b");
    startedElsewhere("c");
    assertThat(remote.reserve(key("d"), TARGET)).isEqualTo(Room.POOL_FULL);

    remote.awaitRoom(Optional.of(TARGET), "o", () -> room.ref().tell("room in the pool"));
    time.pass(Duration.ofSeconds(1));
    nothingElseIsReported();
    room.expectNoMessage(Duration.ZERO);

    call.end(ANSWER);
    acknowledged();
    room.expectMessage("room in the pool");
  }

  @Test
  void a_target_that_nobody_waits_for_any_more_is_tried_again() {
    reserved("a");
    targets.enter(TARGET);
    targets.enter(TARGET);
    remote.dispatch(key("a"), REQUEST, TIMEOUT);
    acknowledged();
    assertThat(remote.reserve(key("b"), TARGET)).isEqualTo(Room.TARGET_FULL);

    time.pass(Duration.ofSeconds(1));
    nothingElseIsReported();
    time.pass(Duration.ofSeconds(1));
    nothingElseIsReported();

    reserved("b");
  }

  private Call startedElsewhere(String fetchId) {
    reservedAt(fetchId, Target.of(ELSEWHERE.url()));
    remote.dispatch(key(fetchId), ELSEWHERE, TIMEOUT);
    return wire.receiveMessage();
  }

  private void reservedAt(String fetchId, Target target) {
    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          assertThat(remote.reserve(key(fetchId), target)).isEqualTo(Room.RESERVED);
          return null;
        });
  }

  @Test
  void an_attempt_without_a_reservation_is_reported_as_not_sent() {
    remote.dispatch(key("a"), REQUEST, TIMEOUT);

    assertThat(acknowledged().report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "no-room"));
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_dispatch_that_is_lost_is_asked_about_and_reported_as_never_begun() {
    losing = true;
    dispatched("a");
    wire.expectNoMessage(Duration.ofMillis(20));

    time.pass(Duration.ofSeconds(2));

    var report = acknowledged();
    assertThat(report.key()).isEqualTo(key("a"));
    assertThat(report.report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "never-began"));
    losing = false;
    pool.door().tell(lost.get(0));
    started("b");
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_lost_dispatch_is_asked_about_although_the_wall_clock_was_set_back() {
    losing = true;
    dispatched("a");
    wire.expectNoMessage(Duration.ofMillis(20));

    time.jump(Duration.ofHours(-1));
    time.pass(Duration.ofSeconds(2));

    assertThat(acknowledged().report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "never-began"));
  }

  @Test
  void a_lost_dispatch_is_asked_about_although_the_wall_clock_jumped_ahead() {
    losing = true;
    dispatched("a");
    wire.expectNoMessage(Duration.ofMillis(20));

    time.jump(Duration.ofDays(7));
    time.pass(Duration.ofSeconds(2));

    assertThat(acknowledged().report()).isEqualTo(new Report.NotSent(Stage.QUEUED, "never-began"));
  }

  @Test
  void a_fenced_attempt_stays_fenced_although_the_wall_clock_jumps_ahead_and_back() {
    assertThat(pool.standing(key("a"), time.instant())).isEqualTo(AttemptStatus.NEVER_BEGAN);

    time.jump(Duration.ofHours(1));
    pool.standing(key("b"), time.instant());
    time.jump(Duration.ofHours(-1));
    pool.door().tell(dispatch("a", Duration.ZERO));

    started("c");
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_lost_dispatch_takes_no_room_away_for_good() {
    losing = true;
    dispatched("a");
    dispatched("b");
    assertThat(reserve("c")).isFalse();
    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          assertThat(lost).hasSize(2);
          return null;
        });
    losing = false;

    time.pass(Duration.ofSeconds(1));

    reserved("c");
    reserved("d");
  }

  @Test
  void to_the_question_it_says_what_is_the_case() {
    var call = started("a");
    assertThat(whatBecameOf("a")).isEqualTo(AttemptStatus.RUNNING);

    call.end(ANSWER);
    reports.receiveMessage();
    assertThat(whatBecameOf("a")).isEqualTo(AttemptStatus.REPORTED);
    assertThat(reports.receiveMessage().report()).as("sent again").isEqualTo(ANSWER);

    assertThat(whatBecameOf("b")).isEqualTo(AttemptStatus.NEVER_BEGAN);
    time.pass(Duration.ofSeconds(62));
    assertThat(whatBecameOf("c"))
        .as("its report may have been dropped")
        .isEqualTo(AttemptStatus.UNKNOWN);
  }

  @Test
  void a_question_is_asked_again_until_the_pool_answers() {
    started("a");
    cut = true;
    var answer = remote.whatBecameOf(key("a"), VirtualTime.START).toCompletableFuture();
    for (var seconds = 0; seconds < 12; seconds++) {
      time.pass(Duration.ofSeconds(1));
    }
    assertThat(answer).isNotDone();
    cut = false;

    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          time.pass(Duration.ofSeconds(1));
          assertThat(answer).isCompletedWithValue(AttemptStatus.RUNNING);
          return null;
        });
  }

  @Test
  void who_asks_the_same_meanwhile_adds_no_question_and_gets_the_same_answer() {
    var call = started("a");
    cut = true;
    var first = remote.whatBecameOf(key("a"), VirtualTime.START).toCompletableFuture();
    var second = remote.whatBecameOf(key("a"), VirtualTime.START).toCompletableFuture();
    remote.whatBecameOf(key("other"), VirtualTime.START);
    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          assertThat(lost).last().matches(it -> isQuestionOf("other", it));
          return null;
        });
    assertThat(lost).filteredOn(it -> isQuestionOf("a", it)).hasSize(1);
    cut = false;

    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          time.pass(Duration.ofSeconds(1));
          assertThat(first).isCompletedWithValue(AttemptStatus.RUNNING);
          assertThat(second).isCompletedWithValue(AttemptStatus.RUNNING);
          return null;
        });
    call.end(ANSWER);
    reports.receiveMessage();
    assertThat(whatBecameOf("a")).as("asked anew").isEqualTo(AttemptStatus.REPORTED);
  }

  private static boolean isQuestionOf(String fetchId, PoolDoor.Command message) {
    return message instanceof PoolDoor.Question question && question.key().equals(key(fetchId));
  }

  @Test
  void a_question_fails_when_the_pool_is_gone() {
    cut = true;
    var answer = remote.whatBecameOf(key("a"), VirtualTime.START).toCompletableFuture();
    remote.gone();

    room.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          time.pass(Duration.ofSeconds(1));
          assertThat(answer).isCompletedExceptionally();
          return null;
        });
  }

  @Test
  void an_attempt_queried_before_its_dispatch_came_does_not_begin() {
    assertThat(whatBecameOf("a")).isEqualTo(AttemptStatus.NEVER_BEGAN);

    pool.door().tell(dispatch("a", Duration.ZERO));

    started("b");
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_abort_that_overtakes_its_dispatch_keeps_it_from_being_sent() {
    remote.abort(key("a"));
    way.tell(dispatch("a", Duration.ZERO));

    started("b");
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void an_abort_closes_the_exchange_there() {
    started("a");

    remote.abort(key("a"));

    assertThat(aborts.receiveMessage()).isEqualTo("a aborted");
    assertThat(reports.receiveMessage().report()).isInstanceOf(Report.Ambiguous.class);
  }

  @Test
  void a_second_dispatch_of_an_attempt_is_not_sent() {
    var call = started("a");
    pool.door().tell(dispatch("a", Duration.ZERO));
    assertThat(otherClient.receiveMessage()).isEqualTo(new PoolClient.Taken(key("a")));

    call.end(ANSWER);
    acknowledged();
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_dispatch_that_comes_twice_is_made_once_however_late_the_second_comes() {
    var dispatch = dispatch("a", Duration.ZERO);
    pool.door().tell(dispatch);
    wire.receiveMessage().end(ANSWER);
    acknowledged();

    pool.door().tell(dispatch);

    started("b");
    wire.expectNoMessage(Duration.ZERO);
  }

  private boolean isTaken(String fetchId) {
    pool.door().tell(dispatch(fetchId, Duration.ZERO));
    return whatBecameOf(fetchId) != AttemptStatus.NEVER_BEGAN;
  }

  @Test
  void a_dispatch_from_a_removed_node_is_not_made() {
    pool.door().tell(dispatch("a", Duration.ZERO));
    wire.receiveMessage().end(ANSWER);
    acknowledged();
    otherClient.stop();
    // It learns of that after a while; until then it makes what comes.
    for (var n = 0; isTaken("early" + n); n++) {
      pool.abort(key("early" + n));
    }

    pool.door().tell(dispatch("late", Duration.ZERO));

    assertThat(whatBecameOf("late")).isEqualTo(AttemptStatus.NEVER_BEGAN);
  }

  @Test
  void an_attempt_declared_never_begun_to_its_own_node_does_not_begin_for_another() {
    assertThat(pool.whatBecameOf(key("a"), time.instant()).toCompletableFuture())
        .isCompletedWithValue(AttemptStatus.NEVER_BEGAN);

    pool.door().tell(dispatch("a", Duration.ZERO));

    started("b");
    wire.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_dispatch_that_was_too_long_on_its_way_is_refused() {
    pool.door().tell(dispatch("a", RESERVATION.plusMillis(1)));
    assertThat(otherClient.receiveMessage())
        .isEqualTo(new PoolClient.Refused(key("a"), Optional.empty()));

    pool.door().tell(dispatch("b", RESERVATION));
    assertThat(wire.receiveMessage().key()).isEqualTo(key("b"));
  }

  @Test
  void a_pool_that_drains_has_no_room() {
    reserved("a");
    remote.release(key("a"));
    pool.drain(new DrainSettings(Duration.ofSeconds(5), Duration.ofSeconds(3)));

    time.pass(Duration.ofSeconds(1));
    room.awaitAssert(
        () -> {
          var had = reserve("a");
          remote.release(key("a"));
          assertThat(had).isFalse();
          return null;
        });
  }

  @Test
  void two_nodes_share_the_room() {
    reserved("a");
    remote.release(key("a"));
    pool.door().tell(new PoolDoor.Enlist(otherClient.ref(), 0));
    assertThat(otherClient.receiveMessage()).isEqualTo(new PoolClient.Room(1, 0));

    room.awaitAssert(
        () -> {
          var both = reserve("a") & reserve("b");
          remote.release(key("a"));
          remote.release(key("b"));
          assertThat(both).isFalse();
          return null;
        });
  }

  @Test
  void one_that_says_nothing_for_a_second_is_given_no_more_attempts_until_it_does() {
    reserved("a");
    cut = true;
    remote.dispatch(key("a"), REQUEST, TIMEOUT);
    nothingElseIsReported();
    reserved("b");
    remote.release(key("b"));

    time.pass(Duration.ofMillis(1001));

    assertThat(remote.reserve(key("c"), TARGET)).isEqualTo(Room.POOL_FULL);
    remote.awaitRoom(Optional.empty(), "o", () -> room.ref().tell("room"));
    cut = false;
    time.pass(Duration.ofSeconds(1));
    room.expectMessage("room");
    reserved("c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-1H", "P7D"})
  void how_long_it_says_nothing_does_not_go_by_a_wall_clock_that_jumps(Duration jump) {
    reserved("a");
    cut = true;
    remote.dispatch(key("a"), REQUEST, TIMEOUT);
    nothingElseIsReported();

    time.jump(jump);
    reserved("b");
    time.pass(Duration.ofMillis(1001));

    assertThat(remote.reserve(key("c"), TARGET)).isEqualTo(Room.POOL_FULL);
  }

  @Test
  void when_its_node_is_gone_it_says_so() {
    kit.stop(way);

    room.expectMessage("gone");
  }
}
