package dev.retriever.loadtest.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PlainProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Progress progress(long max) {
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return Progress.of("settled", max, out, false);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_line_is_printed_for_every_tenth_without_control_characters() {
    try (var progress = progress(5_000)) {
      for (var done = 1; done <= 5_000; done++) {
        progress.to(done);
      }
    }

    assertThat(printed().lines()).hasSize(10).contains("settled: 500 of 5000");
    assertThat(printed().lines()).last().isEqualTo("settled: 5000 of 5000");
    assertThat(printed().replace(System.lineSeparator(), "")).doesNotMatch(".*\\p{Cntrl}.*");
  }

  @Test
  void steps_out_of_order_are_not_told_twice() {
    try (var progress = progress(10)) {
      progress.to(3);
      progress.to(2);
      progress.to(3);
    }

    assertThat(printed().lines()).containsExactly("settled: 3 of 10");
  }

  @Test
  void more_may_be_said_on_the_line() {
    try (var progress = progress(10)) {
      progress.to(5, "3 a second");
    }

    assertThat(printed().lines()).containsExactly("settled: 5 of 10, 3 a second");
  }

  @Test
  void nothing_to_do_is_done_at_once() {
    try (var progress = progress(0)) {
      progress.to(0);
    }

    assertThat(printed().lines()).containsExactly("settled: 0 of 0");
  }

  @Test
  void a_long_one_says_how_long_it_takes_and_is_not_silent_for_long() {
    var out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    var now = new AtomicLong();
    try (var progress = new PlainProgress("settled", 1_000, out, now::get)) {
      now.set(TimeUnit.SECONDS.toNanos(20));
      progress.to(10);
      now.set(TimeUnit.SECONDS.toNanos(31));
      progress.to(11);
      now.set(TimeUnit.SECONDS.toNanos(45));
      progress.to(100);
    }

    assertThat(printed().lines())
        .containsExactly(
            "settled: 11 of 1000, about 46 min left", "settled: 100 of 1000, about 6 min left");
  }
}
