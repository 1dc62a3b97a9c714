package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairSharesTest {
  private final FairShares<String> shares = new FairShares<>();

  private Map<String, Integer> turns(int count, Map<String, Integer> weights) {
    var turns = new HashMap<String, Integer>();
    for (int i = 0; i < count; i++) {
      var next = shares.first();
      shares.charge(next, weights.getOrDefault(next, 100));
      turns.merge(next, 1, Integer::sum);
    }
    return turns;
  }

  @Test
  void children_get_turns_by_their_weights() {
    shares.enter("a", 300);
    shares.enter("b", 100);
    shares.enter("c", 1);

    var turns = turns(40_100, Map.of("a", 300, "b", 100, "c", 1));

    assertThat(turns.get("a")).isCloseTo(30_000, within(2));
    assertThat(turns.get("b")).isCloseTo(10_000, within(2));
    assertThat(turns.get("c")).isCloseTo(100, within(2));
  }

  @Test
  void at_any_time_two_that_stay_are_within_one_turn_of_their_shares() {
    var random = new Random(3);
    shares.enter("a", 250);
    shares.enter("b", 100);
    int a = 0;
    int b = 0;
    for (int i = 0; i < 20_000; i++) {
      var other = "o" + random.nextInt(50);
      if (random.nextBoolean()) {
        shares.enter(other, 1 + random.nextInt(500));
      } else {
        shares.leave(other);
      }
      var next = shares.first();
      shares.charge(next, next.equals("a") ? 250 : 100);
      a += next.equals("a") ? 1 : 0;
      b += next.equals("b") ? 1 : 0;
      assertThat(Math.abs(a / 2.5 - b)).isLessThanOrEqualTo(1.5);
    }
  }

  @Test
  void one_that_was_away_earns_nothing() {
    shares.enter("stays", 100);
    shares.enter("rests", 100);
    shares.leave("rests");
    turns(1_000, Map.of());

    shares.enter("rests", 100);

    assertThat(turns(20, Map.of()).get("rests")).isCloseTo(10, within(1));
  }

  @Test
  void one_that_leaves_after_each_turn_still_owes_it() {
    shares.enter("stays", 100);
    int flits = 0;
    for (int i = 0; i < 1_000; i++) {
      shares.enter("flits", 100);
      var next = shares.first();
      shares.charge(next, 100);
      flits += next.equals("flits") ? 1 : 0;
      shares.leave("flits");
    }

    assertThat(flits).isCloseTo(500, within(2));
  }

  @Test
  void one_that_stays_is_not_passed_by_a_stream_of_others_that_come_once() {
    shares.enter("stays", 100);
    int stays = 0;
    for (int i = 0; i < 1_000; i++) {
      var fresh = "once-" + i;
      shares.enter(fresh, 100);
      while (!shares.first().equals(fresh)) {
        shares.charge(shares.first(), 100);
        stays++;
      }
      shares.charge(fresh, 100);
      shares.leave(fresh);
    }

    assertThat(stays).isGreaterThanOrEqualTo(490);
  }

  @Test
  void a_million_that_came_once_are_forgotten() {
    shares.enter("stays", 100);
    int most = 0;
    for (int i = 0; i < 1_000_000; i++) {
      var fresh = "once-" + i;
      shares.enter(fresh, 1);
      shares.charge(fresh, 1);
      shares.leave(fresh);
      most = Math.max(most, shares.size());
    }

    assertThat(most).isLessThanOrEqualTo(FairShares.MOST_AWAY + 2);
  }

  @Test
  void those_that_owe_nothing_any_more_are_forgotten_at_once() {
    for (int i = 0; i < 100; i++) {
      shares.enter("k" + i, 100);
    }
    turns(100, Map.of());
    for (int i = 1; i < 100; i++) {
      shares.leave("k" + i);
    }
    turns(3, Map.of());

    assertThat(shares.size()).isEqualTo(1);
  }

  @Test
  void turns_that_come_back_cost_nothing() {
    shares.enter("returns", 100);
    shares.enter("uses", 100);
    int uses = 0;
    int used = 0;
    for (int i = 0; i < 1_000; i++) {
      var next = shares.first();
      var charge = shares.charge(next, 100);
      if (next.equals("uses")) {
        uses++;
      } else if (i % 3 == 0) {
        shares.refund(charge);
        // It takes its next turn at once.
        shares.charge("returns", 100);
        used++;
      } else {
        used++;
      }
    }

    assertThat(used).isCloseTo(uses, within(2));
  }

  @Test
  void a_refund_after_the_debt_was_forgiven_gives_no_more() {
    shares.enter("stays", 100);
    shares.enter("late", 100);
    while (!shares.first().equals("late")) {
      shares.charge("stays", 100);
    }
    var charge = shares.charge("late", 100);
    shares.leave("late");
    turns(1_000, Map.of());
    shares.enter("late", 100);

    for (int i = 0; i < 50; i++) {
      shares.refund(charge);
    }

    assertThat(turns(20, Map.of()).get("late")).isCloseTo(10, within(1));
  }

  @Test
  void a_new_weight_counts_from_the_next_turn() {
    shares.enter("a", 100);
    shares.enter("b", 100);
    turns(100, Map.of());

    var turns = turns(4_000, Map.of("a", 300));

    assertThat(turns.get("a")).isCloseTo(3_000, within(3));
  }

  @Test
  void tags_start_again_before_they_overflow() {
    var old = new FairShares<String>((1L << 62) - 500_000_000L);
    old.enter("a", 1);
    old.enter("b", 1);
    int a = 0;
    for (int i = 0; i < 100; i++) {
      var next = old.first();
      old.charge(next, 1);
      a += next.equals("a") ? 1 : 0;
    }

    assertThat(a).isEqualTo(50);
  }
}
