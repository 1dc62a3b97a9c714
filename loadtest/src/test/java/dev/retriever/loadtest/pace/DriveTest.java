package dev.retriever.loadtest.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DriveTest {
  private final Progress progress =
      Progress.of("calls", 1_000, new PrintStream(OutputStream.nullOutputStream()), false);

  @Test
  void every_call_is_made_once_and_no_more_are_open_than_allowed() throws Exception {
    var made = new AtomicInteger();
    var open = new AtomicInteger();
    var most = new AtomicInteger();

    var driven =
        ClosedLoop.run(
            1_000,
            8,
            i -> {
              made.incrementAndGet();
              most.accumulateAndGet(open.incrementAndGet(), Math::max);
              return CompletableFuture.runAsync(open::decrementAndGet);
            },
            progress);

    assertThat(made).hasValue(1_000);
    assertThat(most.get()).isLessThanOrEqualTo(8);
    assertThat(driven.ended()).isEqualTo(1_000);
    assertThat(driven.failed()).isZero();
    assertThat(driven.firstFailure()).isEmpty();
  }

  @Test
  void a_run_that_keeps_failing_is_given_up_and_says_why() throws Exception {
    var made = new AtomicInteger();

    var driven =
        ClosedLoop.run(
            1_000,
            1,
            i -> {
              made.incrementAndGet();
              return CompletableFuture.failedFuture(new IllegalStateException("refused " + i));
            },
            progress);

    assertThat(made).hasValue(100);
    assertThat(driven.failed()).isEqualTo(100);
    assertThat(driven.firstFailure()).contains("refused 0");
  }
}
