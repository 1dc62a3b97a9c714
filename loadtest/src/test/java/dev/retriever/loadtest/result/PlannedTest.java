package dev.retriever.loadtest.result;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Labels of sizes, and the digits of figures. */
class PlannedTest {
  @Test
  void a_run_is_full_only_if_each_size_is_that_of_its_plan() {
    var plan = Map.of("events", Planned.atLeast(8_640_000), "channels", Planned.atMost(1));

    assertThat(size(Map.of("events", "8640000", "channels", "1"), plan)).isEqualTo("full");
    assertThat(size(Map.of("events", "40000", "channels", "1"), plan))
        .isEqualTo("smaller: events 40,000 of 8,640,000 (0.463 %)");
    assertThat(size(Map.of("events", "8640000", "channels", "10"), plan))
        .isEqualTo("smaller: channels 10, at most 1 planned");
    assertThat(size(Map.of("only", "queue"), Map.of())).isEqualTo("only queue");
    assertThat(Planned.compare(true, Map.of("events", "1"), plan)).isEqualTo("quick");
  }

  private static String size(Map<String, String> settings, Map<String, Planned> plan) {
    return Planned.compare(false, settings, plan);
  }

  @Test
  void figures_have_as_many_digits_as_can_be_meant() {
    assertThat(List.of(0.1234, 1.234, 12.34, 123.4, 12.0, Double.NaN, 7, "ok"))
        .extracting(Figure::text)
        .containsExactly("0.123", "1.23", "12.3", "123", "12", "–", "7", "ok");
    assertThat(Figure.text(null)).isEqualTo("–");
  }
}
