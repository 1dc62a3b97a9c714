package dev.retriever.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "0s, PT0S",
    "0ms, PT0S",
    "250ms, PT0.25S",
    "30s, PT30S",
    "5m, PT5M",
    "24h, PT24H",
    "30d, PT720H",
    "007s, PT7S",
    "999999999999d, PT23999999999976H",
    "PT1M30S, PT90S",
    "pt0.5s, PT0.5S",
    "P1DT2H, PT26H",
    "PT0S, PT0S",
  })
  void a_duration_is_read_in_its_spellings(String text, Duration expected) {
    assertThat(Durations.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "5",
        "s",
        "-1s",
        "+1s",
        "1.5s",
        "5 s",
        " 5s",
        "5s ",
        "5s\n",
        "5S",
        "5sec",
        "1h30m",
        "1w",
        "1e3s",
        "0x5s",
        "\u0663s",
        "1000000000000s",
        "P",
        "PT",
        "P1Y",
        "P1M",
        "PT-1S",
        "-PT1S",
        "PT99999999999999999999H",
        "P999999999999999D",
        "forever"
      })
  void anything_else_is_none(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
