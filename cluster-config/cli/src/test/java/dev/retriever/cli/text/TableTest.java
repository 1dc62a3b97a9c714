package dev.retriever.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableTest {
  private static Table table() {
    return new Table("id", "what it says", "n")
        .row("a", "a text that is longer than all others in this table", 1)
        .row("order-17", "short", 22);
  }

  @Test
  void columns_are_as_wide_as_what_they_hold() {
    assertThat(new Table("id", "n").row("order-17", 1).lines(80))
        .containsExactly("id        n", "order-17  1");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 41, 60, 100})
  void no_line_is_wider_than_it_may_be_and_narrow_columns_stay_whole(int width) {
    assertThat(table().lines(width))
        .allSatisfy(it -> assertThat(it.length()).isLessThanOrEqualTo(width))
        .anySatisfy(it -> assertThat(it).startsWith("order-17  short").endsWith("22"));
  }

  @Test
  void what_is_cut_says_so() {
    assertThat(table().lines(40).get(1)).contains("a text that").contains("…");
  }

  @Test
  void text_of_others_moves_no_cursor() {
    assertThat(new Table("t").row("a\u001b[2J\u202eb\nc").lines(80).get(1)).isEqualTo("a·[2J·b·c");
  }
}
