package dev.retriever.origin;

import static dev.retriever.origin.Samples.answer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An origin where somebody wakes those that sleep. */
class OriginSleepTest {
  private final OriginFixture it = new OriginFixture(1);
  private final TestProbe<OriginReply.Awake> awakes = it.kit.createTestProbe();

  OriginSleepTest() {
    it.woken = true;
    it.restart();
  }

  @AfterEach
  void stop() {
    it.close();
  }

  private OriginReply.Awake wake(long row) {
    it.origin.tell(new OriginCommand.Wake(row, awakes.ref()));
    return awakes.receiveMessage();
  }

  private void asksToSleep() {
    it.replies.awaitAssert(
        Duration.ofSeconds(60),
        Duration.ofMillis(2),
        () -> {
          it.time.pass(OriginFixture.IDLE);
          return it.shard.expectMessageClass(
              ClusterSharding.Passivate.class, Duration.ofMillis(50));
        });
  }

  private static FetchSpec long_() {
    return Samples.post().timeout(Duration.ofDays(2)).within(Duration.ofDays(2));
  }

  @Test
  void it_leaves_memory_while_a_fetch_is_under_way_and_is_back_for_the_report() {
    it.submit("a", long_());
    var call = it.here.call("a", 1);
    asksToSleep();
    it.kit.stop(it.origin);

    it.restart();
    call.end(answer(200));

    assertThat(it.outcome("a").type()).isEqualTo(Outcome.Type.ANSWERED);
  }

  @Test
  void it_stays_while_somebody_waits_for_its_fetch() {
    it.submit("a", long_());
    it.here.call("a", 1);
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.origin.tell(
        new OriginCommand.Await("a", it.time.instant().plus(Duration.ofDays(1)), waiting.ref()));

    it.time.pass(OriginFixture.IDLE.plusMillis(1));
    it.read("a");

    it.shard.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void it_leaves_memory_when_the_time_of_those_who_wait_is_up() {
    it.submit("a", long_());
    it.here.call("a", 1);
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.origin.tell(new OriginCommand.Await("a", it.time.instant().plusSeconds(1), waiting.ref()));
    it.read("a");

    asksToSleep();
  }

  @Test
  void when_there_are_too_many_it_leaves_at_once_with_a_fetch_under_way() {
    it.submit("a", long_());
    it.here.call("a", 1);

    it.origin.tell(new OriginCommand.Crowded());

    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  @Test
  void when_there_are_too_many_it_stays_all_the_same_while_somebody_waits_for_its_fetch() {
    it.submit("a", long_());
    var call = it.here.call("a", 1);
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.origin.tell(
        new OriginCommand.Await("a", it.time.instant().plus(Duration.ofDays(1)), waiting.ref()));

    it.origin.tell(new OriginCommand.Crowded());
    it.read("a");
    it.shard.expectNoMessage(Duration.ofMillis(20));

    call.end(answer(200));
    assertThat(waiting.receiveMessage().view()).isPresent();
  }

  @Test
  void it_stays_while_its_fetches_wait_for_room() {
    it.submit("a", long_());
    it.here.call("a", 1);
    it.submit("b", long_());
    it.time.pass(Duration.ofMillis(1));
    it.read("b");

    it.time.pass(OriginFixture.IDLE.plusMillis(1));
    it.origin.tell(new OriginCommand.Crowded());
    it.read("b");

    it.shard.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void it_stays_while_it_makes_an_attempt_by_itself_since_its_report_comes_nowhere_else() {
    it.submit("a", long_().direct());
    it.here.call("a", 1);

    it.time.pass(OriginFixture.IDLE.plusMillis(1));
    it.origin.tell(new OriginCommand.Crowded());
    it.read("a");

    it.shard.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void told_to_stop_it_hands_on_who_waits_for_its_fetches() {
    it.submit("a", long_());
    it.here.call("a", 1);
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    var await =
        new OriginCommand.Await("a", it.time.instant().plus(Duration.ofDays(1)), waiting.ref());
    it.origin.tell(await);

    it.origin.tell(new OriginCommand.Stop());

    it.address.expectMessage(await);
    it.eventually(() -> it.residents.count() == 0);
  }

  @Test
  void told_to_stop_while_its_fetches_wait_for_room_it_has_itself_called_back() {
    it.submit("a", long_());
    it.here.call("a", 1);
    it.submit("b", long_());
    it.time.pass(Duration.ofMillis(1));
    it.read("b");

    it.origin.tell(new OriginCommand.Stop());

    it.address.expectMessage(new OriginCommand.RoomMade());
  }

  @Test
  void told_to_stop_when_it_may_sleep_it_sleeps() {
    it.submit("a", long_());
    it.here.call("a", 1);

    it.origin.tell(new OriginCommand.Stop());
    it.eventually(() -> it.residents.count() == 0);

    it.address.expectNoMessage(Duration.ofMillis(20));
  }

  @Test
  void about_to_leave_it_leaves_to_its_next_incarnation_what_is_to_be_dispatched_directly() {
    it.submit("a", long_());
    var call = it.here.call("a", 1);
    call.end(answer(200));
    it.outcome("a");
    it.origin.tell(new OriginCommand.Crowded());
    it.shard.expectMessageClass(ClusterSharding.Passivate.class);

    var direct = it.submit("b", long_().direct());
    it.submit("c", long_());
    it.here.call("c", 1);
    it.origin.tell(new OriginCommand.Stop());

    assertThat(direct.verdict()).isEqualTo(Verdict.ACCEPTED);
    it.address.expectMessage(new OriginCommand.RoomMade());
  }

  @Test
  void woken_it_says_what_it_knows_and_when_it_is_due_again() {
    it.submit("a", long_());
    it.here.call("a", 1);

    var awake = wake(1);

    assertThat(awake.row()).isEqualTo(1);
    var wakeUp = WakeUp.of(awake.wakeUp()).orElseThrow();
    assertThat(wakeUp.at()).contains(Samples.START.plus(Duration.ofDays(2)).plus(FetchSpec.GRACE));
    assertThat(wakeUp.poolIds()).containsExactly("here#1");
  }

  @Test
  void woken_for_a_row_that_it_does_not_know_it_makes_way_for_an_incarnation_that_does() {
    it.submit("a", long_());
    it.here.call("a", 1);

    it.origin.tell(new OriginCommand.Wake(2, awakes.ref()));

    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
    awakes.expectNoMessage(Duration.ZERO);
  }

  @Test
  void overdue_and_told_nothing_it_ends_so_that_it_comes_anew() {
    it.submit("a", long_());
    it.here.call("a", 1);
    it.time.jump(Duration.ofDays(3));

    it.origin.tell(new OriginCommand.Idle());

    it.replies.expectTerminated(it.origin);
  }

  @Test
  void woken_when_an_executor_is_gone_it_gives_its_attempts_up() {
    var another = it.anotherPool("another#1", 1);
    it.restartOn(another);
    it.submit("a", long_());
    another.call("a", 1);
    it.restartOn(it.here);

    wake(0);

    assertThat(it.outcome("a").why()).contains("executor-lost");
  }
}
