package dev.retriever.loadtest.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.pace.Progress;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OpenLoopTest {
  private final Progress progress =
      Progress.of("calls", 100_000, new PrintStream(OutputStream.nullOutputStream()), false);

  @Test
  void even_arrivals_are_as_far_apart_as_the_rate_says() {
    var arrivals = even(1_000);

    assertThat(LongStream.generate(arrivals::next).limit(4))
        .containsExactly(0L, 1_000_000L, 2_000_000L, 3_000_000L);
  }

  @Test
  void random_arrivals_follow_from_the_seed_and_have_the_rate() {
    var first = OpenLoop.Arrivals.random(1_000, 7);
    var second = OpenLoop.Arrivals.random(1_000, 7);
    var other = OpenLoop.Arrivals.random(1_000, 8);

    var times = LongStream.generate(first::next).limit(10_000).toArray();

    assertThat(LongStream.generate(second::next).limit(10_000)).containsExactly(boxed(times));
    assertThat(other.next()).isNotEqualTo(times[0]);
    assertThat(times).isSorted();
    assertThat(times[9_999] / 1e9).isBetween(9.5, 10.5);
  }

  private static OpenLoop.Arrivals even(double perSecond) {
    var count = new AtomicInteger();
    return () -> Math.round(count.getAndIncrement() * 1e9 / perSecond);
  }

  private static Long[] boxed(long[] times) {
    return LongStream.of(times).boxed().toArray(Long[]::new);
  }

  @Test
  void a_call_does_not_wait_for_those_before_it() throws Exception {
    var first = new CompletableFuture<Void>();
    var latency = Phase.histogram();

    var driven =
        OpenLoop.run(
            3,
            even(1_000_000),
            latency,
            i -> {
              if (i == 0) {
                return first;
              }
              if (i == 2) {
                first.complete(null);
              }
              return CompletableFuture.completedFuture(null);
            },
            progress);

    assertThat(driven.ended()).isEqualTo(3);
    assertThat(driven.failed()).isZero();
  }

  @Test
  void the_time_of_a_call_counts_from_when_it_was_due() throws Exception {
    var latency = Phase.histogram();
    var due = System.nanoTime() - TimeUnit.SECONDS.toNanos(2);

    // Those that are due before the beginning are late already.
    var driven =
        OpenLoop.run(
            10,
            () -> due - System.nanoTime(),
            latency,
            i -> CompletableFuture.completedFuture(null),
            progress);

    assertThat(driven.ended()).isEqualTo(10);
    assertThat(Phase.millis(latency, 0)).isGreaterThan(1_900);
  }

  @Test
  void failures_are_counted_and_the_first_is_told() throws Exception {
    var driven =
        OpenLoop.run(
            5,
            even(1_000_000),
            Phase.histogram(),
            i -> CompletableFuture.failedFuture(new IllegalStateException("refused " + i)),
            progress);

    assertThat(driven.failed()).isEqualTo(5);
    assertThat(driven.firstFailure()).contains("refused 0");
  }

  @Test
  void percentiles_are_in_milliseconds_and_unknown_without_a_call() {
    var histogram = Phase.histogram();
    LongStream.rangeClosed(1, 1_000).forEach(ms -> histogram.recordValue(ms * 1_000));

    assertThat(Phase.millis(histogram, 50)).isBetween(499.0, 501.0);
    assertThat(Phase.millis(histogram, 99)).isBetween(989.0, 991.0);
    assertThat(Phase.millis(Phase.histogram(), 50)).isNaN();
  }
}
