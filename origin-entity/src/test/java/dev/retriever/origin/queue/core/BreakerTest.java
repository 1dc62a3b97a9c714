package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.Lease;
import dev.retriever.origin.queue.QueueOperations.BreakerMode;
import dev.retriever.origin.queue.QueueSettings.Bad;
import dev.retriever.origin.queue.QueueSettings.Breaker;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.core.BreakerChange.State;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final Breaker SETTINGS =
      new Breaker(
          500,
          4,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Set.of(Bad.FAILED, Bad.STATUS_5XX));

  /** With this number a breaker stays open neither longer nor shorter. */
  private static final int MIDDLE = 20;

  private static Bench bench() {
    var bench = new Bench(Bench.with(Bench.with(10), SETTINGS));
    bench.random = MIDDLE;
    bench.waits("t", "a", "k", 3, 1_000);
    return bench;
  }

  private static List<Choice> begun(Bench bench, int most) {
    var choices = bench.decide(most);
    choices.forEach(bench::begin);
    return choices;
  }

  /** Four of ten outstanding attempts fail; the rest goes on. */
  private static List<Choice> opened(Bench bench) {
    var choices = new ArrayList<>(begun(bench, 10));
    for (int i = 0; i < 4; i++) {
      bench.end(choices.remove(0), How.FAILED, 0);
    }
    return choices;
  }

  private static State state(Bench bench) {
    return bench.changes.get(bench.changes.size() - 1).state();
  }

  @Test
  void it_opens_when_enough_ends_of_the_window_are_bad() {
    var bench = bench();
    var choices = begun(bench, 10);
    bench.end(choices.get(0));
    bench.end(choices.get(1));
    bench.end(choices.get(2), How.ANSWERED, 503);
    assertThat(bench.changes).isEmpty();
    var change = bench.end(choices.get(3), How.FAILED, 0);

    assertThat(change.orElseThrow().state()).isEqualTo(State.OPEN);
    assertThat(change.get().until()).contains(bench.now().wall().plusSeconds(10));
    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.BREAKER);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 10_000_000);
  }

  @Test
  void ends_that_say_nothing_about_the_target_do_not_count() {
    var bench = bench();
    var choices = begun(bench, 10);
    bench.end(choices.get(0), How.LOST, 0);
    bench.end(choices.get(1), How.CANCELLED, 0);
    bench.end(choices.get(2), How.NEVER_BEGAN, 0);
    bench.end(choices.get(3), How.TIMED_OUT, 0);
    bench.end(choices.get(4), How.LATE, 0);

    assertThat(bench.changes).isEmpty();
    assertThat(bench.scheduler.figures(bench.now()).breaker().ratio()).isEmpty();
  }

  @Test
  void ends_of_kinds_that_are_not_named_are_not_bad() {
    var bench = bench();
    var choices = begun(bench, 10);
    choices.subList(0, 5).forEach(it -> bench.end(it, How.UNKNOWN, 0));
    choices.subList(5, 10).forEach(it -> bench.end(it, How.ANSWERED, 429));

    assertThat(bench.changes).isEmpty();
    assertThat(bench.scheduler.figures(bench.now()).breaker().ratio()).contains(0.0);
  }

  @Test
  void bad_ends_of_long_ago_do_not_count() {
    var bench = bench();
    for (int i = 0; i < 10; i++) {
      begun(bench, 1).forEach(it -> bench.end(it, How.FAILED, 0));
      bench.pass(Duration.ofSeconds(11));
    }

    assertThat(bench.changes).isEmpty();
  }

  @Test
  void after_its_time_one_probe_goes_and_is_journaled_before() {
    var bench = bench();
    var older = opened(bench);
    bench.pass(Duration.ofSeconds(10).minusNanos(1_000));
    assertThat(bench.decide()).isEmpty();
    bench.pass(Duration.ofNanos(1_000));

    var probes = bench.decide();

    assertThat(probes).extracting(Choice::probe).containsExactly(true);
    assertThat(state(bench)).isEqualTo(State.HALF_OPEN);
    assertThat(bench.changes.get(1).probe()).contains(probes.get(0).grantNo());
    assertThat(bench.decide()).isEmpty();
    assertThat(older).hasSize(6);
  }

  @Test
  void only_the_end_of_the_probe_judges() {
    var bench = bench();
    var older = opened(bench);
    bench.pass(Duration.ofSeconds(10));
    var probe = begun(bench, 10).get(0);

    older.subList(0, 3).forEach(bench::end);
    older.subList(3, 6).forEach(it -> bench.end(it, How.FAILED, 0));
    assertThat(state(bench)).isEqualTo(State.HALF_OPEN);
    assertThat(bench.decide()).isEmpty();
    bench.end(probe);

    assertThat(state(bench)).isEqualTo(State.CLOSED);
  }

  @Test
  void a_bad_probe_opens_it_for_twice_as_long_up_to_the_longest() {
    var bench = bench();
    opened(bench);
    long open = 10;
    for (int step = 1; step <= 5; step++) {
      bench.pass(Duration.ofSeconds(open));
      bench.end(begun(bench, 10).get(0), How.ANSWERED, 500);
      open = Math.min(60, open * 2);
      var change = bench.changes.get(bench.changes.size() - 1);
      assertThat(change.step()).isEqualTo(step);
      assertThat(change.until()).contains(bench.now().wall().plusSeconds(open));
    }
  }

  @Test
  void its_time_is_a_fifth_longer_or_shorter_by_a_random_number() {
    for (long random : new long[] {0, 40, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
      var bench = bench();
      bench.random = random;
      opened(bench);
      var until = bench.changes.get(0).until().orElseThrow();
      assertThat(Duration.between(bench.now().wall(), until))
          .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(12));
    }
  }

  @Test
  void a_probe_that_says_nothing_is_followed_by_another() {
    for (var how : List.of(How.LOST, How.CANCELLED, How.NEVER_BEGAN, How.TIMED_OUT)) {
      var bench = bench();
      opened(bench);
      bench.pass(Duration.ofSeconds(10));
      var probe = begun(bench, 10).get(0);
      bench.end(probe, how, 0);
      bench.pass(Duration.ofSeconds(1));

      assertThat(bench.decide()).extracting(Choice::probe).as(how.name()).containsExactly(true);
    }
  }

  @Test
  void a_probe_that_came_back_or_expired_is_followed_by_another() {
    var bench = bench();
    opened(bench);
    bench.pass(Duration.ofSeconds(10));
    bench.giveBack(bench.decide().get(0), Why.NO_ROOM);
    bench.pass(Duration.ofSeconds(1));
    var second = bench.decide();
    assertThat(second).extracting(Choice::probe).containsExactly(true);
    bench.scheduler.free(second.get(0).grantNo(), bench.now());

    assertThat(bench.decide()).extracting(Choice::probe).containsExactly(true);
  }

  @Test
  void a_probe_that_began_though_it_had_expired_is_waited_for_and_judges() {
    var bench = bench();
    opened(bench);
    bench.pass(Duration.ofSeconds(10));
    var probe = bench.decide().get(0);
    bench.scheduler.free(probe.grantNo(), bench.now());

    bench.scheduler.running(probe.lease("q"), new KeyId("t", "k"), bench.now());

    assertThat(bench.decide()).isEmpty();
    bench.end(probe);
    assertThat(state(bench)).isEqualTo(State.CLOSED);
  }

  @Test
  void a_probe_has_a_slot_also_where_others_have_none() {
    var bench = new Bench(Bench.OPEN.breaker(SETTINGS));
    bench.random = MIDDLE;
    bench.waits("t", "a", "k", 3, 1_000);
    assertThat(opened(bench)).extracting(Choice::slot).containsOnly(Lease.NO_SLOT);
    bench.pass(Duration.ofSeconds(10));

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(1);
  }

  @Test
  void an_old_end_does_not_free_the_probe() {
    var bench = bench();
    var older = opened(bench);
    bench.pass(Duration.ofSeconds(10));
    bench.decide();

    bench.end(older.get(0), How.LOST, 0);
    bench.end(older.get(1), How.CANCELLED, 0);
    bench.end(older.get(2), How.NEVER_BEGAN, 0);
    bench.pass(Duration.ofSeconds(10));

    assertThat(bench.decide()).isEmpty();
  }

  @Test
  void when_it_has_closed_the_queue_becomes_wide_again_by_doubling() {
    var bench = bench();
    var older = opened(bench);
    bench.pass(Duration.ofSeconds(10));
    bench.end(begun(bench, 10).get(0));
    // What began before it closed says nothing, and is in nobody's way.
    older.subList(0, 3).forEach(it -> bench.end(it, How.FAILED, 0));

    var first = begun(bench, 10);
    assertThat(first).hasSize(1);
    bench.end(first.get(0));
    var second = begun(bench, 10);
    assertThat(second).hasSize(2);
    second.forEach(bench::end);

    assertThat(begun(bench, 10)).hasSize(7);
    assertThat(state(bench)).isEqualTo(State.CLOSED);
  }

  @Test
  void after_a_move_it_is_as_it_was_journaled() {
    var bench = bench();
    opened(bench);
    var moved = bench();
    moved.scheduler.restore(bench.changes.get(0), moved.now());

    assertThat(moved.decide()).isEmpty();
    moved.pass(Duration.ofSeconds(10));
    assertThat(moved.decide()).extracting(Choice::probe).containsExactly(true);
  }

  @Test
  void after_a_move_a_probe_that_runs_is_waited_for_and_another_one_is_replaced() {
    var change =
        new BreakerChange(State.HALF_OPEN, BreakerMode.AUTO, Optional.empty(), 2, Optional.of(7L));
    var bench = bench();
    bench.next = 100;
    bench.scheduler.running(Bench.lease(1, 7), new KeyId("t", "k"), bench.now());
    bench.scheduler.restore(change, bench.now());
    assertThat(bench.decide()).isEmpty();
    assertThat(
            bench.scheduler.ended(7, How.ANSWERED, Optional.of(200), 0, bench.now()).get().state())
        .isEqualTo(State.CLOSED);

    var without = bench();
    without.next = 100;
    without.scheduler.restore(change, without.now());
    assertThat(without.decide()).extracting(Choice::probe).containsExactly(true);

    var older = bench();
    older.next = 100;
    var lease = new Lease("q", 1, 6, true, false);
    older.scheduler.running(lease, new KeyId("t", "k"), older.now());
    older.scheduler.restore(change, older.now());
    assertThat(older.decide()).isEmpty();
  }

  @Test
  void a_wall_clock_that_was_set_back_keeps_it_open_no_longer_than_the_longest_time() {
    var bench = bench();
    bench.scheduler.restore(
        new BreakerChange(
            State.OPEN,
            BreakerMode.AUTO,
            Optional.of(bench.now().wall().plusSeconds(100_000)),
            0,
            Optional.empty()),
        bench.now());
    bench.pass(Duration.ofSeconds(72));

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void an_operator_opens_it_closes_it_and_lets_it_decide_again() {
    var bench = bench();
    assertThat(bench.mode(BreakerMode.OPEN).orElseThrow().mode()).isEqualTo(BreakerMode.OPEN);
    bench.pass(Duration.ofHours(1));
    assertThat(bench.decide()).isEmpty();
    assertThat(bench.mode(BreakerMode.OPEN)).isEmpty();
    bench.mode(BreakerMode.CLOSE);
    var choices = begun(bench, 8);
    choices.forEach(it -> bench.end(it, How.FAILED, 0));
    assertThat(begun(bench, 2)).hasSize(2);
    bench.mode(BreakerMode.OPEN);
    bench.mode(BreakerMode.AUTO);

    assertThat(bench.decide()).extracting(Choice::probe).containsExactly(true);
  }

  @Test
  void a_breaker_that_is_taken_away_stops_nothing() {
    var bench = bench();
    opened(bench);

    var change = bench.scheduler.configure(Bench.with(10), bench.now());

    assertThat(change).contains(BreakerChange.CLOSED);
    assertThat(bench.decide()).hasSize(4);
  }
}
