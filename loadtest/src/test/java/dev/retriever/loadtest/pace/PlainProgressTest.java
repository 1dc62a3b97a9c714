package dev.retriever.loadtest.pace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
}
