package dev.retriever.origin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.origin.entity.ClockWatch;
import dev.retriever.origin.entity.OriginCommand;
import dev.retriever.origin.entity.OriginFixture;
import dev.retriever.origin.entity.OriginReply;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An origin in memory whose wall clock jumps, or whose timer is not heard. */
class OriginClockTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration MS = Duration.ofMillis(1);

  private final OriginFixture it = new OriginFixture(5);
  private final TestProbe<OriginReply.Awake> awakes = it.kit.createTestProbe();

  @AfterEach
  void stop() {
    it.close();
  }

  private void somebodyWakes() {
    it.woken = true;
    it.restart();
  }

  private void submit(Duration within) {
    it.submit("a", Samples.post().timeout(within).within(within));
    it.here.call("a", 1);
  }

  private OriginReply.Awake wake() {
    it.origin.tell(new OriginCommand.Wake(1, awakes.ref()));
    return awakes.receiveMessage();
  }

  @Test
  void woken_after_its_clock_jumped_ahead_it_settles_what_is_due_before_it_answers() {
    somebodyWakes();
    submit(HOUR.multipliedBy(2));

    it.time.jump(HOUR.multipliedBy(3));
    var awake = wake();

    assertThat(it.settlements("a")).hasSize(1);
    assertThat(awake.row()).isEqualTo(2);
    assertThat(WakeUp.of(awake.wakeUp())).contains(WakeUp.NONE);
  }

  @Test
  void woken_after_its_clock_jumped_ahead_by_less_it_settles_when_it_is_due() {
    somebodyWakes();
    submit(HOUR.multipliedBy(2));

    it.time.jump(HOUR);
    wake();
    it.time.pass(HOUR.plus(FetchSpec.GRACE).plus(MS));

    it.eventually(() -> it.settlements("a").size() == 1);
  }

  @Test
  void whatever_it_is_told_after_its_clock_jumped_has_it_settle_what_is_due() {
    submit(HOUR.multipliedBy(2));

    it.time.jump(HOUR.multipliedBy(3));
    it.read("nobody");
    it.time.pass(MS);

    it.eventually(() -> it.settlements("a").size() == 1);
  }

  @Test
  void woken_after_its_clock_was_set_back_nothing_is_early_and_it_settles_by_that_clock() {
    somebodyWakes();
    submit(HOUR.multipliedBy(2));

    it.time.jump(HOUR.negated());
    wake();
    it.time.pass(HOUR.multipliedBy(2).plus(FetchSpec.GRACE).plus(MS));
    wake();
    assertThat(it.settlements("a")).isEmpty();
    it.time.pass(HOUR);

    it.eventually(() -> it.settlements("a").size() == 1);
  }

  @Test
  void woken_when_its_timer_was_not_heard_it_settles_what_is_due() {
    somebodyWakes();
    submit(HOUR);
    it.lost = OriginCommand.TimerFired.class::isInstance;
    it.time.pass(HOUR.plus(FetchSpec.GRACE).plus(MS));
    it.read("nobody");
    assertThat(it.settlements("a")).isEmpty();

    wake();

    assertThat(it.settlements("a")).hasSize(1);
  }

  @Test
  void when_its_timer_was_not_heard_the_next_that_it_is_told_has_it_rung_again() {
    submit(HOUR);
    it.lost = OriginCommand.TimerFired.class::isInstance;
    it.time.pass(HOUR.plus(FetchSpec.GRACE).plus(MS));
    it.read("nobody");
    it.lost = message -> false;

    it.time.pass(Duration.ofSeconds(6));
    it.read("nobody");
    it.time.pass(MS);

    it.eventually(() -> it.settlements("a").size() == 1);
  }

  @Test
  void to_be_woken_again_and_again_does_not_keep_it_in_memory() {
    somebodyWakes();
    submit(HOUR);

    for (var i = 0; i < 41; i++) {
      it.time.pass(Duration.ofSeconds(3));
      wake();
    }

    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  @Test
  void those_whose_time_is_up_do_not_keep_it_in_memory_when_its_clock_was_set_back() {
    somebodyWakes();
    submit(HOUR.multipliedBy(5));
    var waiting = it.kit.<OriginReply.Fetch>createTestProbe();
    it.origin.tell(new OriginCommand.Await("a", it.time.instant().plusSeconds(10), waiting.ref()));
    it.origin.tell(
        new OriginCommand.NextOutcomes(
            Optional.of(1L),
            10,
            it.time.instant().plusSeconds(10),
            it.kit.<OriginReply.Outcomes>createTestProbe().ref()));
    it.read("a");

    it.time.jump(HOUR.negated());
    it.time.pass(OriginFixture.IDLE.plus(MS));

    it.shard.expectMessageClass(ClusterSharding.Passivate.class);
  }

  @Test
  void within_two_seconds_of_a_jump_an_origin_that_nobody_wakes_settles_what_is_due() {
    it.kit.spawn(ClockWatch.of(it.residents::all, it.time, it.time::nanos));
    submit(HOUR.multipliedBy(2));

    it.time.jump(HOUR.multipliedBy(3));
    it.time.pass(Duration.ofSeconds(2));

    it.eventually(() -> it.settlements("a").size() == 1);
  }
}
