package dev.retriever.origin.queue.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.origin.queue.QueueSettings.PerKey;
import dev.retriever.origin.queue.QueueSettings.Rate;
import dev.retriever.origin.queue.wire.Line;
import dev.retriever.origin.queue.wire.Told.How;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ManyLinesTest {
  private static final Instant LONG_AGO = Bench.START.minusSeconds(100_000);

  private static Line line(String key, int priority, Instant oldest) {
    return new Line(
        key, priority, 1, 1, oldest, oldest, Optional.empty(), oldest.plusSeconds(10_000_000));
  }

  @Test
  void a_hundred_thousand_lines_go_one_by_one_and_leave_nothing_behind() {
    var bench = new Bench(Bench.with(100));
    for (int i = 0; i < 100_000; i++) {
      bench.scheduler.line(
          new OriginId(Bench.TYPE, "o" + i % 20_000),
          "t" + i % 50,
          line("k" + i, 1 + i % 5, LONG_AGO.plusMillis(i)),
          1,
          bench.now());
    }
    assertThat(bench.scheduler.figures(bench.now()).waiting().fetches()).isEqualTo(100_000);

    int given = 0;
    for (long row = 2; given < 100_000; row++) {
      var chosen = bench.scheduler.decide(given + 1, 16, bench.now());
      assertThat(chosen.choices()).isNotEmpty();
      for (var choice : chosen.choices()) {
        given++;
        var id = choice.line();
        var key = new KeyId("t", id.key());
        bench.scheduler.running(choice.lease("q"), key, bench.now());
        bench.scheduler.line(
            id.origin(), "t", Line.empty(id.key(), id.priority()), row, bench.now());
        bench.scheduler.ended(choice.grantNo(), How.ANSWERED, Optional.of(200), 0, bench.now());
      }
    }

    var figures = bench.scheduler.figures(bench.now());
    assertThat(figures.waiting().fetches()).isZero();
    assertThat(figures.waiting().origins()).isZero();
    assertThat(figures.waiting().keys()).isZero();
  }

  @Test
  void what_is_remembered_of_keys_and_origins_that_are_gone_is_bounded() {
    var rate = new Rate(1, Duration.ofDays(1), 2);
    var settings = Bench.with(Bench.OPEN, new PerKey(Optional.empty(), Optional.of(rate)));
    var backlog = new Backlog(settings);
    var now = new Now(0, Bench.START);
    for (int i = 0; i < Backlog.MOST_IDLE_KEYS + 20_000; i++) {
      var origin = new OriginId(Bench.TYPE, "o" + i);
      backlog.told(origin, "t" + i % 3_000, 1, List.of(line("k" + i, 3, LONG_AGO)), now);
      var turn = backlog.candidates.next();
      backlog.caps().take(backlog.key(turn), now);
      backlog.candidates.take(turn);
      backlog.told(origin, "t" + i % 3_000, 2, List.of(), now);
    }

    assertThat(backlog.knownKeys()).isEqualTo(Backlog.MOST_IDLE_KEYS);
    assertThat(backlog.origins.size()).isEqualTo(KnownOrigins.MOST_WITHOUT_LINES);
    assertThat(backlog.candidates.remembered()).isLessThanOrEqualTo(FairShares.MOST_AWAY + 1);
    backlog.pass(new Now(Duration.ofDays(2).toMillis() * 1_000, Bench.START));
    assertThat(backlog.knownKeys()).isZero();
  }

  @Test
  void an_origin_that_counts_anew_after_a_long_time_is_heard() {
    var backlog = new Backlog(Bench.OPEN);
    var origin = new OriginId(Bench.TYPE, "o");
    var line = List.of(line("k", 3, LONG_AGO));
    backlog.told(origin, "t", 57, List.of(), new Now(0, Bench.START));

    var soon = new Now(Duration.ofMinutes(59).toMillis() * 1_000, Bench.START);
    assertThat(backlog.told(origin, "t", 2, line, soon)).as("an old message").isFalse();
    assertThat(backlog.origins.withLines()).isZero();

    var late = new Now(Duration.ofHours(2).toMillis() * 1_000, Bench.START);
    backlog.read(origin, "t", line.get(0), 2, late);
    assertThat(backlog.origins.withLines()).as("read").isOne();
    backlog.told(origin, "t", 58, List.of(), late);
    var later = new Now(Duration.ofHours(4).toMillis() * 1_000, Bench.START);
    assertThat(backlog.told(origin, "t", 2, line, later)).as("told").isTrue();
    assertThat(backlog.origins.withLines()).isOne();
  }
}
