package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.QueueView.KeyView;
import dev.retriever.origin.queue.QueueView.Limit;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.Why;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulerFiguresTest {
  @Test
  void depth_is_exact() {
    var bench = new Bench(Bench.with(10));
    bench.waits("t", "a", "k", 3, 5, Bench.START);
    bench.waits("t", "a", "k", 1, 2);
    bench.waits("u", "b", "k", 3, 7);
    bench.put("t", "a", Line.empty("k", 1));

    var waiting = bench.scheduler.figures(bench.now()).waiting();

    assertThat(waiting.fetches()).isEqualTo(12);
    assertThat(waiting.origins()).isEqualTo(2);
    assertThat(waiting.keys()).isEqualTo(2);
    assertThat(waiting.oldest()).contains(Bench.START);
    assertThat(bench.scheduler.waiting(new KeyId("u", "k"))).isEqualTo(7);
  }

  @Test
  void a_retry_waits_from_the_end_of_its_back_off_and_not_from_the_first_acceptance() {
    var bench = new Bench(Bench.with(10));
    var due = bench.now().wall().plusSeconds(600);
    bench.waitsUntil("a", "k", due);
    assertThat(bench.scheduler.figures(bench.now()).readySince()).isEmpty();

    bench.pass(Duration.ofSeconds(660));
    assertThat(bench.scheduler.figures(bench.now()).readySince()).contains(due);

    bench.waitsUntil("a", "k", due.plusSeconds(3_600));
    assertThat(bench.scheduler.figures(bench.now()).readySince()).isEmpty();
    assertThat(bench.scheduler.figures(bench.now()).waiting().oldest()).isPresent();
  }

  @Test
  void the_line_that_has_been_ready_for_longest_counts() {
    var bench = new Bench(Bench.with(10));
    bench.waits("t", "a", "k", 3, 5);
    var first = bench.now().wall();
    bench.pass(Duration.ofSeconds(60));
    bench.waits("t", "b", "k", 3, 5);

    assertThat(bench.scheduler.figures(bench.now()).readySince()).contains(first);
    bench.put("t", "a", Line.empty("k", 3));
    assertThat(bench.scheduler.figures(bench.now()).readySince()).contains(first.plusSeconds(60));
    bench.put("t", "b", Line.empty("k", 3));
    assertThat(bench.scheduler.figures(bench.now()).readySince()).isEmpty();
  }

  @Test
  void the_most_that_waited_and_ran_at_once_are_kept_when_nothing_waits_any_more() {
    var bench = new Bench(Bench.with(3));
    bench.waits("t", "a", "k", 3, 5);
    var choices = bench.decide();
    choices.forEach(bench::begin);
    bench.put("t", "a", Line.empty("k", 3));
    choices.forEach(bench::end);

    var figures = bench.scheduler.figures(bench.now());

    assertThat(figures.waiting().fetches()).isZero();
    assertThat(figures.running()).isZero();
    assertThat(figures.most().waiting()).isEqualTo(5);
    assertThat(figures.most().running()).isEqualTo(3);
  }

  @Test
  void a_queue_says_for_which_part_of_the_last_minute_each_limit_was_the_binding_one() {
    var bench = new Bench(Bench.with(1));
    bench.pass(Duration.ofSeconds(30));
    bench.waits("t", "a", "k", 3, 5);
    bench.begin(bench.decide().get(0));
    bench.pass(Duration.ofSeconds(12));
    bench.scheduler.pause(Optional.empty(), bench.now());
    bench.pass(Duration.ofSeconds(18));

    var limitedBy = bench.scheduler.figures(bench.now()).limitedBy();

    assertThat(limitedBy.get(Limit.IDLE)).isCloseTo(0.5, within(0.02));
    assertThat(limitedBy.get(Limit.CONCURRENCY)).isCloseTo(0.2, within(0.02));
    assertThat(limitedBy.get(Limit.PAUSED)).isCloseTo(0.3, within(0.02));
    bench.pass(Duration.ofHours(3));
    assertThat(bench.scheduler.figures(bench.now()).limitedBy())
        .containsOnlyKeys(Limit.PAUSED)
        .containsEntry(Limit.PAUSED, 1.0);
  }

  @Test
  void how_long_each_limit_was_binding_is_summed_for_good() {
    var bench = new Bench(Bench.with(1));
    bench.pass(Duration.ofSeconds(30));
    bench.waits("t", "a", "k", 3, 5);
    bench.scheduler.pause(Optional.empty(), bench.now());
    bench.pass(Duration.ofHours(3));

    var limited = bench.scheduler.figures(bench.now()).limited();

    assertThat(limited).containsOnlyKeys(Limit.IDLE, Limit.PAUSED);
    assertThat(limited.get(Limit.IDLE)).isEqualTo(Duration.ofSeconds(30));
    assertThat(limited.get(Limit.PAUSED)).isEqualTo(Duration.ofHours(3));
  }

  @Test
  void rates_and_the_time_to_drain_are_of_the_last_minute() {
    var bench = new Bench(Bench.with(10));
    bench.waits("t", "a", "k", 3, 10_000);
    assertThat(bench.scheduler.figures(bench.now()).drainsIn()).isEmpty();
    for (int i = 0; i < 120; i++) {
      var choices = bench.decide(5);
      choices.forEach(bench::begin);
      choices.forEach(bench::end);
      bench.pass(Duration.ofSeconds(1));
    }

    var figures = bench.scheduler.figures(bench.now());

    assertThat(figures.rates().granted()).isCloseTo(5, within(0.1));
    assertThat(figures.rates().ended()).isCloseTo(5, within(0.1));
    assertThat(figures.drainsIn().orElseThrow())
        .isCloseTo(Duration.ofSeconds(1_880), Duration.ofSeconds(40));
    bench.pass(Duration.ofMinutes(2));
    assertThat(bench.scheduler.figures(bench.now()).drainsIn()).isEmpty();
  }

  @Test
  void waits_are_shown_within_an_eighth() {
    var bench = new Bench(Bench.with(1_000));
    for (int i = 1; i <= 100; i++) {
      bench.waits("t", "o" + i, "k" + i, 3, 1, bench.now().wall().minusMillis(100L * i));
    }
    assertThat(bench.scheduler.figures(bench.now()).waitSeconds().p50()).isEmpty();
    bench.decide();

    var waits = bench.scheduler.figures(bench.now()).waitSeconds();

    assertThat(waits.p50().orElseThrow()).isBetween(5.0, 5.7);
    assertThat(waits.p99().orElseThrow()).isBetween(9.9, 11.2);
    bench.pass(Duration.ofMinutes(5));
    assertThat(bench.scheduler.figures(bench.now()).waitSeconds().p99()).isEmpty();
  }

  @Test
  void grants_are_counted_by_what_became_of_them() {
    var bench = new Bench(Bench.with(3));
    bench.waits("t", "a", "k", 3, 10);
    var choices = bench.decide();
    bench.begin(choices.get(0));
    bench.giveBack(choices.get(1), Why.NO_ROOM);
    bench.scheduler.free(choices.get(2).grantNo(), bench.now());

    var figures = bench.scheduler.figures(bench.now());

    assertThat(figures.grants().given()).isEqualTo(3);
    assertThat(figures.grants().returned()).isEqualTo(1);
    assertThat(figures.grants().expired()).isEqualTo(1);
    assertThat(figures.running()).isEqualTo(1);
    assertThat(figures.unanswered()).isZero();
  }

  @Test
  void keys_are_listed_most_first_in_pages() {
    var bench = new Bench(Bench.with(1));
    for (int i = 0; i < 25; i++) {
      bench.waits("t|" + i % 2, "o" + i, "k.:" + i, 3, 1 + i % 5);
    }
    bench.waits("t|0", "o0", "k.:0", 3, 50);

    var all = new ArrayList<KeyView>();
    Optional<String> after = Optional.empty();
    do {
      var page = bench.scheduler.keys(after, 4);
      all.addAll(page.items());
      after = page.next();
    } while (after.isPresent());

    assertThat(all).hasSize(25).doesNotHaveDuplicates();
    assertThat(all.get(0).waiting()).isEqualTo(50);
    assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(b.waiting(), a.waiting()));
  }

  @Test
  void lines_are_listed_oldest_first_in_pages() {
    var bench = new Bench(Bench.with(1));
    for (int i = 0; i < 10; i++) {
      bench.waits("t", "o|" + i, "k", 1 + i % 5, 1, Bench.START.plusNanos(37L * (i % 3)));
    }

    var all = new ArrayList<LineView>();
    Optional<String> after = Optional.empty();
    do {
      var page = bench.scheduler.lines(after, 3);
      all.addAll(page.items());
      after = page.next();
    } while (after.isPresent());

    assertThat(all).hasSize(10).doesNotHaveDuplicates();
    assertThat(all).isSortedAccordingTo((a, b) -> a.oldest().compareTo(b.oldest()));
  }

  @Test
  void a_cursor_of_something_else_is_refused() {
    var scheduler = new Bench(Bench.with(1)).scheduler;

    for (var cursor : new String[] {"", "x", "a.b.c", "%.%.%", "AA.AA.AA.AA.AA.AA"}) {
      assertThatThrownBy(() -> scheduler.keys(Optional.of(cursor), 5))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> scheduler.lines(Optional.of(cursor), 5))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void ahead_of_a_line_are_the_fetches_of_older_lines_under_its_key_and_priority() {
    var bench = new Bench(Bench.with(1));
    var last = bench.waits("t", "last", "k", 3, 9, Bench.START.plusSeconds(1_000));
    for (int i = 0; i < 300; i++) {
      bench.waits("t", "o" + i, "k", 3, 2, Bench.START.plusSeconds(i));
    }
    bench.waits("t", "x", "k", 1, 7, Bench.START);
    bench.waits("t", "y", "other", 3, 7, Bench.START);
    bench.waits("u", "z", "k", 3, 7, Bench.START);

    assertThat(bench.scheduler.explain(last, bench.now()).orElseThrow().ahead()).isEqualTo(600);
    for (int i = 0; i < 300; i += 3) {
      bench.put("t", "o" + i, Line.empty("k", 3));
    }
    bench.waits("t", "o1", "k", 3, 5, Bench.START.plusSeconds(1));

    assertThat(bench.scheduler.explain(last, bench.now()).orElseThrow().ahead()).isEqualTo(403);
    assertThat(
            bench
                .scheduler
                .explain(new LineId(new OriginId(Bench.TYPE, "o4"), "k", 3), bench.now())
                .orElseThrow()
                .ahead())
        .isEqualTo(5 + 2);
  }

  @Test
  void a_line_that_waits_for_the_rate_is_told_when_the_next_goes() {
    var bench = new Bench(Bench.with(new Rate(1, Duration.ofSeconds(10), 1)));
    var line = bench.waits("t", "a", "k", 3, 5);

    var explanation = bench.scheduler.explain(line, bench.now()).orElseThrow();

    assertThat(explanation.because()).isEqualTo(Limit.RATE);
    assertThat(explanation.until()).contains(bench.now().wall().plusSeconds(10));
    assertThat(bench.scheduler.explain(new LineId(line.origin(), "no", 3), bench.now())).isEmpty();
  }
}
