package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retriever.origin.queue.QueueSettings.Order;
import dev.retriever.origin.queue.QueueSettings.PerKey;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueSettings.Weights;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.How;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static PerKey perKey(int concurrency) {
    return new PerKey(Optional.of(concurrency), Optional.empty());
  }

  private static Optional<Limit> because(Bench bench, LineId line) {
    return bench.scheduler.explain(line, bench.now()).map(it -> it.because());
  }

  @Test
  void no_more_than_the_concurrency_is_outstanding_and_slots_are_the_lowest_free_ones() {
    var bench = new Bench(Bench.with(3));
    bench.waits("t", "o", "k", 3, 10);

    var choices = bench.decide();

    assertThat(choices).extracting(Choice::slot).containsExactly(1, 2, 3);
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.CONCURRENCY);
    choices.forEach(bench::begin);
    bench.end(choices.get(1));
    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(2);
  }

  @Test
  void a_queue_without_concurrency_gives_grants_without_slots() {
    var bench = new Bench(Bench.OPEN);
    bench.waits("t", "o", "k", 3, 5);

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(0, 0, 0, 0, 0);
  }

  @Test
  void a_lower_concurrency_waits_until_fewer_run_though_low_slots_are_free() {
    var bench = new Bench(Bench.with(5));
    bench.waits("t", "o", "k", 3, 20);
    var choices = bench.decide();
    choices.forEach(bench::begin);
    bench.scheduler.configure(Bench.with(2), bench.now());

    bench.end(choices.get(0));
    bench.end(choices.get(1));
    bench.end(choices.get(2));
    assertThat(bench.decide()).isEmpty();
    bench.end(choices.get(4));

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(1);
  }

  @Test
  void attempts_without_slots_count_when_a_concurrency_is_set() {
    var bench = new Bench(Bench.OPEN);
    bench.waits("t", "o", "k", 3, 10);
    var choices = bench.decide(4);
    choices.forEach(bench::begin);

    bench.scheduler.configure(Bench.with(4), bench.now());
    assertThat(bench.decide()).isEmpty();
    bench.end(choices.get(0));

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(1);
  }

  @Test
  void tenants_take_turns_by_weight_however_many_keys_they_have() {
    var weights = new Weights(Map.of("big", 300), Map.of());
    var bench = new Bench(Bench.with(Bench.with(10), weights));
    for (int i = 0; i < 1_000; i++) {
      bench.waits("many", "o" + i, "k" + i, 3, 50);
    }
    bench.waits("one", "a", "k", 3, 10_000);
    bench.waits("big", "b", "k", 3, 10_000);

    var turns = bench.turns(10_000, it -> it.origin().id().substring(0, 1));

    assertThat(turns.get("o")).isCloseTo(2_000, within(5));
    assertThat(turns.get("a")).isCloseTo(2_000, within(5));
    assertThat(turns.get("b")).isCloseTo(6_000, within(5));
  }

  @Test
  void keys_of_a_tenant_take_turns_by_weight() {
    var bench = new Bench(Bench.with(Bench.with(1), new Weights(Map.of(), Map.of("gold", 300))));
    bench.waits("t", "a", "gold", 3, 10_000);
    bench.waits("t", "b", "tin", 3, 10_000);

    assertThat(bench.turns(4_000, LineId::key))
        .hasEntrySatisfying("gold", it -> assertThat(it).isCloseTo(3_000, within(3)));
  }

  @Test
  void a_key_that_empties_and_comes_back_still_owes_its_turn() {
    var bench = new Bench(Bench.with(1));
    bench.waits("t", "stays", "a", 3, 10_000);
    int flits = 0;
    for (int i = 0; i < 1_000; i++) {
      bench.waits("t", "flits", "b", 3, 1);
      var choice = bench.decide(1).get(0);
      bench.begin(choice);
      bench.end(choice);
      flits += choice.line().key().equals("b") ? 1 : 0;
      bench.put("t", "flits", Line.empty("b", 3));
    }

    assertThat(flits).isCloseTo(500, within(3));
  }

  @Test
  void a_tenant_that_was_away_earns_nothing() {
    var bench = new Bench(Bench.with(1));
    bench.waits("busy", "a", "k", 3, 10_000);
    bench.turns(1_000, it -> it.origin().id());
    bench.waits("late", "b", "k", 3, 10_000);

    assertThat(bench.turns(20, it -> it.origin().id()))
        .hasEntrySatisfying("b", it -> assertThat(it).isCloseTo(10, within(1)));
  }

  @Test
  void each_of_five_priorities_gets_at_least_one_of_20_grants() {
    var bench = new Bench(Bench.with(1));
    for (int priority = 1; priority <= 5; priority++) {
      bench.waits("t", "o" + priority, "k", priority, 10_000);
    }

    var turns = bench.turns(4_004, it -> it.origin().id());

    assertThat(turns.get("o1")).isBetween(3_200, 3_204);
    for (int priority = 2; priority <= 5; priority++) {
      assertThat(turns.get("o" + priority)).isGreaterThanOrEqualTo(200);
    }
  }

  @Test
  void a_low_priority_gets_its_part_though_its_key_is_at_its_cap_each_time() {
    var bench = new Bench(Bench.with(Bench.with(10), perKey(1)));
    bench.waits("t", "high", "k", 1, 10_000);
    bench.waits("t", "low", "k", 5, 10_000);

    assertThat(bench.turns(2_000, it -> it.origin().id())).containsEntry("low", 100);
  }

  @Test
  void of_a_key_the_oldest_line_goes_first() {
    var bench = new Bench(Bench.with(1));
    var now = bench.now().wall();
    bench.waits("t", "younger", "k", 3, 1, now.minusSeconds(1));
    bench.waits("t", "older", "k", 3, 1, now.minusSeconds(2));

    assertThat(bench.decide()).extracting(it -> it.line().origin().id()).containsExactly("older");
  }

  @Test
  void a_key_at_its_cap_is_out_of_the_turns_until_one_ends() {
    var bench = new Bench(Bench.with(Bench.with(10), perKey(2)));
    bench.waits("t", "a", "hot", 3, 10);
    var cold = bench.waits("t", "b", "cold", 3, 1);

    var choices = bench.decide();
    assertThat(choices).extracting(it -> it.line().key()).containsOnlyOnce("cold").hasSize(3);
    choices.forEach(bench::begin);
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.KEY);
    assertThat(because(bench, cold)).isEmpty();
    bench.end(choices.stream().filter(it -> it.line().key().equals("hot")).findFirst().get());

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_rate_of_a_key_holds_only_that_key() {
    var rate = new Rate(1, SECOND, 1);
    var bench = new Bench(Bench.with(Bench.OPEN, new PerKey(Optional.empty(), Optional.of(rate))));
    bench.waits("t", "a", "one", 3, 10);
    bench.waits("t", "b", "two", 3, 10);

    assertThat(bench.decide()).hasSize(2);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 1_000_000);
    bench.pass(SECOND);
    assertThat(bench.decide()).hasSize(2);
  }

  @Test
  void a_lower_cap_of_keys_holds_at_once_and_a_higher_one_lets_go() {
    var bench = new Bench(Bench.with(Bench.with(100), perKey(5)));
    bench.waits("t", "a", "k", 3, 50);
    bench.decide(3).forEach(bench::begin);

    bench.scheduler.configure(Bench.with(Bench.with(100), perKey(3)), bench.now());
    assertThat(bench.decide()).isEmpty();
    bench.scheduler.configure(Bench.with(Bench.with(100), perKey(4)), bench.now());

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_token_is_not_lost_while_no_line_may_go() {
    var settings =
        Bench.with(
            Bench.with(new Rate(10, SECOND, 1)), new PerKey(Optional.of(1), Optional.empty()));
    var bench = new Bench(settings);
    bench.waits("t", "a", "k", 3, 10);
    bench.pass(SECOND);
    var first = bench.decide().get(0);
    bench.begin(first);
    bench.pass(SECOND);

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.KEY);
    bench.end(first);

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_new_queue_has_an_empty_bucket() {
    var bench = new Bench(Bench.with(new Rate(10, SECOND, 10)));
    bench.waits("t", "o", "k", 3, 100);

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.RATE);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 100_000);
    bench.pass(Duration.ofMillis(100));
    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void the_token_of_a_grant_that_came_back_is_there_again_and_that_of_one_that_expired_is_not() {
    var bench = new Bench(Bench.with(new Rate(1, SECOND, 1)));
    bench.waits("t", "a", "k", 3, 5);
    bench.waits("t", "b", "l", 3, 5);
    bench.pass(SECOND);

    bench.giveBack(bench.decide().get(0), Why.NO_ROOM);
    var second = bench.decide();
    assertThat(second).hasSize(1);
    bench.scheduler.free(second.get(0).grantNo(), bench.now());

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.RATE);
  }

  @Test
  void a_wall_clock_that_is_set_changes_nothing_of_the_rate() {
    var bench = new Bench(Bench.with(new Rate(1, SECOND, 1)));
    bench.waits("t", "a", "k", 3, 5);
    bench.pass(SECOND);
    bench.decide().forEach(bench::begin);

    bench.wallIsOff = Duration.ofHours(5);
    assertThat(bench.decide()).isEmpty();
    bench.wallIsOff = Duration.ofHours(-5);
    bench.pass(SECOND.minusNanos(1_000));
    assertThat(bench.decide()).isEmpty();
    bench.pass(Duration.ofNanos(1_000));

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_share_is_not_used_up_by_grants_that_come_back() {
    var bench = new Bench(Bench.with(1));
    bench.waits("returns", "a", "k", 3, 10_000);
    bench.waits("uses", "b", "k", 3, 10_000);
    var random = new Random(5);
    int a = 0;
    int b = 0;
    for (int i = 0; i < 1_000; i++) {
      var choice = bench.decide().get(0);
      boolean isA = choice.line().origin().id().equals("a");
      if (isA && random.nextBoolean()) {
        bench.giveBack(choice, Why.NO_ROOM);
        bench.pass(Duration.ofSeconds(10));
      } else {
        bench.begin(choice);
        bench.end(choice);
        a += isA ? 1 : 0;
        b += isA ? 0 : 1;
      }
    }

    assertThat(a).isCloseTo(b, within(2));
  }

  @Test
  void a_line_gets_no_more_grants_than_fetches_that_are_ready() {
    var bench = new Bench(Bench.with(100));
    bench.waits("t", "a", "k", 3, 3);

    var choices = bench.decide();
    assertThat(choices).hasSize(3);
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.ORIGIN);
    bench.begin(choices.get(0));

    assertThat(bench.decide()).isEmpty();
  }

  @Test
  void a_retry_goes_when_its_time_has_come_and_the_next_look_is_then() {
    var bench = new Bench(Bench.with(10));
    var line = bench.waitsUntil("a", "k", bench.now().wall().plusMillis(1_500).plusNanos(1));

    assertThat(bench.decide()).isEmpty();
    assertThat(because(bench, line)).contains(Limit.NOT_READY);
    long next = bench.scheduler.nextLook(bench.now()).getAsLong();
    assertThat(next).isEqualTo(bench.micros + 1_500_001);
    bench.micros = next - 1;
    assertThat(bench.decide()).isEmpty();
    bench.micros = next;

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void one_more_is_ready_when_the_next_ones_time_has_come() {
    var bench = new Bench(Bench.with(10));
    var wall = bench.now().wall();
    bench.put(
        "t",
        "a",
        new Line(
            "k", 3, 5, 1, wall, wall, Optional.of(wall.plusSeconds(2)), wall.plusSeconds(1_000)));

    assertThat(bench.decide()).hasSize(1);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 2_000_000);
    bench.pass(Duration.ofSeconds(2));

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_line_whose_grant_came_back_is_passed_over_for_longer_each_time() {
    var bench = new Bench(Bench.with(10));
    var line = bench.waits("t", "a", "k", 3, 1);
    for (long millis : List.of(250, 500, 1_000, 2_000, 4_000, 5_000, 5_000)) {
      bench.giveBack(bench.decide().get(0), Why.NOT_READY);
      assertThat(because(bench, line)).contains(Limit.NO_ROOM);
      assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + millis * 1_000);
      bench.pass(Duration.ofMillis(millis).minusNanos(1_000));
      assertThat(bench.decide()).isEmpty();
      bench.pass(Duration.ofNanos(1_000));
    }
  }

  @Test
  void eight_without_room_in_a_row_stop_the_queue_and_then_single_grants_try() {
    var bench = new Bench(Bench.with(20));
    for (int i = 0; i < 30; i++) {
      bench.waits("t", "o" + i, "k" + i, 3, 1);
    }
    var choices = bench.decide();
    choices.subList(0, 8).forEach(it -> bench.giveBack(it, Why.NO_ROOM));

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.NO_ROOM);
    bench.pass(Duration.ofMillis(250));
    var tried = bench.decide();
    assertThat(tried).hasSize(1);
    bench.begin(tried.get(0));

    assertThat(bench.decide()).hasSize(7);
  }

  @Test
  void a_pool_that_never_begins_what_was_journaled_makes_the_line_wait_for_longer_each_time() {
    var bench = new Bench(Bench.with(10));
    bench.waits("t", "a", "k", 3, 100);
    for (long millis : List.of(250, 500, 1_000)) {
      var choice = bench.decide(1).get(0);
      bench.begin(choice);
      bench.end(choice, How.NEVER_BEGAN, 0);
      assertThat(bench.decide()).isEmpty();
      bench.pass(Duration.ofMillis(millis));
    }
  }

  @Test
  void what_is_lost_or_cancelled_keeps_its_slot_until_its_late_report_or_until_it_is_freed() {
    var bench = new Bench(Bench.with(2));
    bench.waits("t", "a", "k", 3, 10);
    var choices = bench.decide();
    choices.forEach(bench::begin);
    bench.end(choices.get(0), How.LOST, 0);
    bench.end(choices.get(1), How.CANCELLED, 0);

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.figures(bench.now()).lingering()).isEqualTo(2);
    bench.end(choices.get(0), How.LATE, 0);
    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(1);
    bench.scheduler.free(choices.get(1).grantNo(), bench.now());

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(2);
  }

  @Test
  void an_old_end_does_not_free_a_slot_that_has_a_new_holder() {
    var bench = new Bench(Bench.with(1));
    bench.waits("t", "a", "k", 3, 10);
    var first = bench.decide().get(0);
    bench.begin(first);
    bench.end(first);
    bench.begin(bench.decide().get(0));

    bench.end(first);
    bench.scheduler.free(first.grantNo(), bench.now());
    bench.scheduler.returned(first.grantNo(), Why.STALE, bench.now());

    assertThat(bench.decide()).isEmpty();
  }

  @Test
  void a_grant_that_began_after_it_was_given_up_takes_its_slot_from_the_next_one() {
    var bench = new Bench(Bench.with(1));
    bench.waits("t", "a", "k", 3, 10);
    var first = bench.decide().get(0);
    bench.scheduler.free(first.grantNo(), bench.now());
    var second = bench.decide().get(0);
    assertThat(second.slot()).isEqualTo(1);

    bench.begin(first);
    bench.giveBack(second, Why.STALE);
    bench.pass(Duration.ofMinutes(1));
    assertThat(bench.decide()).isEmpty();
    bench.end(first);

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_grant_that_comes_back_does_not_free_the_slot_that_another_one_has_taken() {
    var bench = new Bench(Bench.with(2));
    bench.waits("t", "a", "k", 3, 10);
    var first = bench.decide(1).get(0);
    bench.scheduler.free(first.grantNo(), bench.now());
    var second = bench.decide(1).get(0);
    bench.begin(first);

    bench.giveBack(second, Why.STALE);
    bench.pass(Duration.ofMinutes(1));

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(2);
  }

  @Test
  void what_was_read_before_an_end_does_not_bring_the_attempt_back() {
    var bench = new Bench(Bench.with(1));
    bench.waits("t", "a", "k", 3, 10);
    var first = bench.decide().get(0);
    bench.begin(first);
    bench.end(first);

    bench.scheduler.running(first.lease("q"), bench.keyOf(first), bench.now());

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void attempts_of_former_incarnations_keep_their_slots() {
    var bench = new Bench(Bench.with(2));
    bench.scheduler.running(Bench.lease(1, 7), new KeyId("t", "x"), bench.now());
    bench.waits("t", "a", "k", 3, 10);
    bench.next = 100;

    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(2);
    bench.scheduler.ended(7, How.ANSWERED, Optional.of(200), 0, bench.now());
    assertThat(bench.decide()).extracting(Choice::slot).containsExactly(1);
  }

  @Test
  void a_grant_without_an_answer_is_overdue_after_ten_seconds_and_after_two_with_a_rate() {
    for (var life : Map.of(Bench.with(1), 10, Bench.with(new Rate(10, SECOND, 1)), 2).entrySet()) {
      var bench = new Bench(life.getKey());
      bench.waits("t", "a", "k", 3, 1);
      bench.pass(SECOND);
      var grant = bench.decide().get(0);
      bench.pass(Duration.ofSeconds(life.getValue()).minusNanos(1_000));
      assertThat(bench.scheduler.overdue(bench.now())).isEmpty();
      assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 1);
      bench.pass(Duration.ofNanos(1_000));

      assertThat(bench.scheduler.overdue(bench.now()))
          .extracting(it -> it.grantNo())
          .containsExactly(grant.grantNo());
      assertThat(bench.scheduler.overdue(bench.now())).isEmpty();
      assertThat(bench.scheduler.unanswered()).hasSize(1);
    }
  }

  @Test
  void lives_of_grants_stand_still_while_the_database_is_away() {
    var bench = new Bench(Bench.with(5));
    bench.waits("t", "a", "k", 3, 10);
    bench.decide(1);
    bench.pass(Duration.ofSeconds(4));
    bench.scheduler.databaseAway(true, bench.now());
    bench.pass(Duration.ofMinutes(5));

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.DATABASE);
    assertThat(bench.scheduler.overdue(bench.now())).isEmpty();
    bench.scheduler.databaseAway(false, bench.now());
    assertThat(bench.scheduler.nextLook(bench.now()).getAsLong()).isEqualTo(bench.micros);
    bench.decide();
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 6_000_000);
  }

  @Test
  void in_a_strict_queue_one_of_a_key_goes_and_the_next_when_it_has_settled() {
    var bench = new Bench(Bench.with(Bench.with(10), Order.STRICT));
    bench.waits("t", "a", "k", 3, 5);
    bench.waits("t", "b", "k", 3, 5);
    bench.waits("t", "c", "other", 3, 5);
    var key = new KeyId("t", "k");

    var choices = bench.decide();
    assertThat(choices).extracting(it -> it.line().key()).containsExactlyInAnyOrder("k", "other");
    assertThat(choices).allMatch(Choice::strict);
    var first = choices.stream().filter(it -> it.line().key().equals("k")).findFirst().get();
    bench.begin(first);
    bench.scheduler.held(key, first.line().origin(), bench.now());
    bench.end(first, How.FAILED, 0);
    // It is to be tried again, so the next one is of the same origin.
    var retry = bench.decide();
    assertThat(retry).extracting(Choice::line).containsExactly(first.line());
    bench.begin(retry.get(0));
    bench.scheduler.freed(key, first.line().origin(), bench.now());
    assertThat(bench.decide()).isEmpty();
    bench.end(retry.get(0));

    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void a_key_that_is_held_by_a_fetch_that_is_not_ready_lets_no_other_origin_go() {
    var bench = new Bench(Bench.with(Bench.with(10), Order.STRICT));
    var key = new KeyId("t", "k");
    bench.waitsUntil("holder", "k", bench.now().wall().plusSeconds(30));
    var other = bench.waits("t", "other", "k", 3, 5);
    bench.scheduler.held(key, new OriginId(Bench.TYPE, "holder"), bench.now());

    assertThat(bench.decide()).isEmpty();
    assertThat(because(bench, other)).contains(Limit.KEY);
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.KEY);
    bench.scheduler.freed(key, new OriginId(Bench.TYPE, "someone-else"), bench.now());
    assertThat(bench.decide()).isEmpty();
    bench.pass(Duration.ofSeconds(30));

    assertThat(bench.decide()).extracting(it -> it.line().origin().id()).containsExactly("holder");
  }

  @Test
  void a_pause_and_a_hold_stop_everything_and_end_at_their_time() {
    var bench = new Bench(Bench.with(10));
    var line = bench.waits("t", "a", "k", 3, 5);
    bench.scheduler.pause(Optional.of(bench.now().wall().plusSeconds(5)), bench.now());
    bench.scheduler.hold(bench.now().wall().plusSeconds(9), bench.now());
    bench.scheduler.hold(bench.now().wall().plusSeconds(7), bench.now());

    assertThat(bench.decide()).isEmpty();
    assertThat(because(bench, line)).contains(Limit.PAUSED);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 5_000_000);
    bench.pass(Duration.ofSeconds(5));
    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.HELD);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 4_000_000);
    bench.pass(Duration.ofSeconds(4));

    assertThat(bench.decide()).hasSize(5);
  }

  @Test
  void a_pause_without_an_end_lasts_until_it_is_resumed() {
    var bench = new Bench(Bench.with(10));
    bench.waits("t", "a", "k", 3, 5);
    bench.scheduler.pause(Optional.empty(), bench.now());

    assertThat(bench.decide()).isEmpty();
    assertThat(bench.scheduler.nextLook(bench.now())).isEmpty();
    bench.scheduler.resume(bench.now());

    assertThat(bench.decide()).hasSize(5);
  }

  @Test
  void a_hold_of_a_key_stops_that_key_until_its_time_or_its_release() {
    var bench = new Bench(Bench.with(10));
    var held = bench.waits("t", "a", "held", 3, 2);
    bench.waits("t", "b", "free", 3, 2);
    bench.scheduler.hold(new KeyId("t", "held"), bench.now().wall().plusSeconds(3), bench.now());

    assertThat(bench.decide()).extracting(it -> it.line().key()).containsExactly("free", "free");
    assertThat(because(bench, held)).contains(Limit.KEY);
    assertThat(bench.scheduler.nextLook(bench.now())).hasValue(bench.micros + 3_000_000);
    bench.scheduler.release(bench.now());

    assertThat(bench.decide()).hasSize(2);
  }

  @Test
  void an_older_telling_changes_nothing() {
    var bench = new Bench(Bench.with(10));
    var origin = new OriginId(Bench.TYPE, "a");
    var line =
        new Line(
            "k", 3, 1, 1, Bench.START, Bench.START, Optional.empty(), Bench.START.plusSeconds(1));

    assertThat(bench.scheduler.told(origin, "t", 8, List.of(), bench.now())).isTrue();
    assertThat(bench.scheduler.told(origin, "t", 7, List.of(line), bench.now())).isFalse();
    bench.scheduler.line(origin, "t", line, 7, bench.now());
    assertThat(bench.scheduler.figures(bench.now()).waiting().fetches()).isZero();
    bench.scheduler.line(origin, "t", line, 9, bench.now());
    bench.scheduler.told(origin, "t", 8, List.of(), bench.now());

    assertThat(bench.scheduler.figures(bench.now()).waiting().fetches()).isEqualTo(1);
  }

  @Test
  void lines_that_a_reading_does_not_find_are_gone_unless_they_were_told_meanwhile() {
    var bench = new Bench(Bench.with(10));
    bench.waits("t", "ghost", "k", 3, 1);
    long mark = bench.scheduler.readingBegins();
    bench.waits("t", "told", "k", 3, 1);

    assertThat(bench.scheduler.readingEnds(mark, bench.now())).isEqualTo(1);
    assertThat(bench.decide()).extracting(it -> it.line().origin().id()).containsExactly("told");
  }

  @Test
  void a_line_that_a_reading_finds_stays_though_its_origin_has_told_a_later_row() {
    var bench = new Bench(Bench.with(10));
    var origin = new OriginId(Bench.TYPE, "a");
    var line =
        new Line(
            "k", 3, 1, 1, Bench.START, Bench.START, Optional.empty(), Bench.START.plusSeconds(9));
    bench.scheduler.told(origin, "t", 8, List.of(line), bench.now());
    long mark = bench.scheduler.readingBegins();
    bench.scheduler.line(origin, "t", line, 7, bench.now());

    assertThat(bench.scheduler.readingEnds(mark, bench.now())).isZero();
    assertThat(bench.decide()).hasSize(1);
  }

  @Test
  void at_most_64_grants_are_on_their_way_to_origins_that_may_sleep() {
    var bench = new Bench(Bench.with(1_000));
    for (int i = 0; i < 200; i++) {
      bench.scheduler.line(
          new OriginId(Bench.TYPE, "o" + i),
          "t",
          new Line(
              "k" + i,
              3,
              1,
              1,
              Bench.START,
              Bench.START,
              Optional.empty(),
              Bench.START.plusSeconds(1_000_000)),
          1,
          bench.now());
    }

    var choices = bench.decide();
    assertThat(choices).hasSize(64);
    assertThat(bench.scheduler.binding(bench.now())).isEqualTo(Limit.ORIGIN);
    assertThat(bench.scheduler.nextLook(bench.now()).getAsLong()).isGreaterThan(bench.micros);
    var first = choices.get(0);
    bench.scheduler.running(first.lease("q"), new KeyId("t", first.line().key()), bench.now());

    assertThat(bench.decide()).hasSize(1);
  }
}
