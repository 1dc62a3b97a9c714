package dev.retriever.alarms;

import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class AlarmTimerTest {
  private static final ActorTestKit KIT = ActorTestKit.create(VirtualTime.config());
  private final VirtualTime time = new VirtualTime(KIT);
  private final TestProbe<String> received = KIT.createTestProbe();

  private volatile boolean deaf;

  private sealed interface Command {}

  private record Arm(Optional<Instant> next) implements Command {}

  private enum Fired implements Command {
    INSTANCE
  }

  @AfterAll
  static void stop() {
    KIT.shutdownTestKit();
  }

  private ActorRef<Command> owner() {
    return KIT.spawn(Behaviors.withTimers(timers -> listening(timer(timers))));
  }

  private AlarmTimer<Command> timer(TimerScheduler<Command> timers) {
    return new AlarmTimer<>(timers, Fired.INSTANCE, time, time::nanos);
  }

  private Behavior<Command> listening(AlarmTimer<Command> timer) {
    return Behaviors.receive(Command.class)
        .onMessage(
            Arm.class,
            arm -> {
              timer.arm(arm.next());
              received.ref().tell("armed");
              return Behaviors.same();
            })
        .onMessage(
            Fired.class,
            fired -> {
              if (!deaf) {
                timer.fired();
              }
              received.ref().tell("fired");
              return Behaviors.same();
            })
        .build();
  }

  private void arm(ActorRef<Command> owner, Duration in) {
    owner.tell(new Arm(Optional.of(time.instant().plus(in))));
    received.expectMessage("armed");
  }

  @Test
  void it_fires_at_the_due_time_and_not_before() {
    var owner = owner();
    arm(owner, Duration.ofSeconds(10));

    time.pass(Duration.ofMillis(9_999));
    received.expectNoMessage(Duration.ZERO);

    time.pass(Duration.ofMillis(2));
    received.expectMessage("fired");
  }

  @Test
  void an_earlier_alarm_moves_it_forward_and_a_later_one_leaves_it() {
    var owner = owner();
    arm(owner, Duration.ofSeconds(10));
    arm(owner, Duration.ofSeconds(3));
    arm(owner, Duration.ofSeconds(20));

    time.pass(Duration.ofMillis(3_001));
    received.expectMessage("fired");
    time.pass(Duration.ofSeconds(60));
    received.expectNoMessage(Duration.ZERO);
  }

  @Test
  void after_firing_it_is_armed_for_the_next_alarm_and_fires_in_time() {
    var owner = owner();
    arm(owner, Duration.ofSeconds(3));
    time.pass(Duration.ofMillis(3_001));
    received.expectMessage("fired");

    arm(owner, Duration.ofSeconds(2));

    time.pass(Duration.ofMillis(2_001));
    received.expectMessage("fired");
  }

  @Test
  void an_overdue_alarm_fires_at_once() {
    arm(owner(), Duration.ofSeconds(-5));

    time.pass(Duration.ofMillis(1));
    received.expectMessage("fired");
  }

  @Test
  void a_due_time_in_a_thousand_years_is_looked_at_daily() {
    var owner = owner();
    arm(owner, Duration.ofDays(365_000));

    time.pass(Duration.ofDays(1));
    received.expectMessage("fired");
  }

  @Test
  void a_lost_message_comes_again_but_one_that_waits_does_not() {
    var owner = owner();
    deaf = true;
    arm(owner, Duration.ZERO);
    time.pass(Duration.ofMillis(1));
    received.expectMessage("fired");

    time.pass(Duration.ofSeconds(4));
    arm(owner, Duration.ZERO);
    time.pass(Duration.ofMillis(500));
    received.expectNoMessage(Duration.ZERO);

    time.pass(Duration.ofSeconds(1));
    arm(owner, Duration.ZERO);
    time.pass(Duration.ofMillis(1));
    received.expectMessage("fired");
  }

  @Test
  void when_the_wall_clock_has_jumped_ahead_the_next_look_arms_it_anew() {
    var owner = owner();
    var due = Optional.of(time.instant().plus(Duration.ofHours(2)));
    owner.tell(new Arm(due));
    received.expectMessage("armed");

    time.jump(Duration.ofHours(3));
    owner.tell(new Arm(due));
    received.expectMessage("armed");
    time.pass(Duration.ofMillis(1));

    received.expectMessage("fired");
  }

  @Test
  void when_the_wall_clock_has_jumped_ahead_by_less_it_fires_sooner_by_as_much() {
    var owner = owner();
    var due = Optional.of(time.instant().plus(Duration.ofHours(2)));
    owner.tell(new Arm(due));
    received.expectMessage("armed");

    time.jump(Duration.ofHours(1));
    owner.tell(new Arm(due));
    received.expectMessage("armed");
    time.pass(Duration.ofHours(1).plusMillis(1));

    received.expectMessage("fired");
  }

  @Test
  void when_the_wall_clock_has_jumped_back_it_does_not_fire_before_the_due_time() {
    var owner = owner();
    var due = Optional.of(time.instant().plus(Duration.ofHours(2)));
    owner.tell(new Arm(due));
    received.expectMessage("armed");

    time.jump(Duration.ofHours(-1));
    owner.tell(new Arm(due));
    received.expectMessage("armed");
    time.pass(Duration.ofHours(2).plusMillis(1));
    owner.tell(new Arm(due));
    received.expectMessage("armed");
    time.pass(Duration.ofHours(1));

    received.expectMessage("fired");
  }

  @Test
  void clocks_that_part_by_a_second_at_most_leave_it_alone() {
    var owner = owner();
    var due = Optional.of(time.instant().plusSeconds(10));
    owner.tell(new Arm(due));
    received.expectMessage("armed");

    time.jump(Duration.ofSeconds(1));
    owner.tell(new Arm(due));
    received.expectMessage("armed");
    time.pass(Duration.ofSeconds(9).plusMillis(1));

    received.expectNoMessage(Duration.ZERO);
  }

  @Test
  void a_lost_message_comes_again_although_the_wall_clock_was_set_back() {
    var owner = owner();
    deaf = true;
    arm(owner, Duration.ZERO);
    time.pass(Duration.ofMillis(1));
    received.expectMessage("fired");

    time.jump(Duration.ofSeconds(-1));
    time.pass(Duration.ofMillis(5_500));
    arm(owner, Duration.ZERO);
    time.pass(Duration.ofMillis(1));

    received.expectMessage("fired");
  }
}
