package dev.retriever.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "wait=7",
        " wait = 7 ",
        "Wait=7",
        "wait=\"7\"",
        "wait=7; x=1",
        "respond-async, wait=7",
        "wait=7, respond-async",
        "handling=lenient,wait=7,return=minimal",
        "wait=7, wait=8",
      })
  void a_wait_is_read_wherever_it_stands(String header) {
    assertThat(Prefer.wait(List.of(header), LONGEST)).contains(Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "wait",
        "wait=",
        "wait=0",
        "wait=-7",
        "wait=7.5",
        "wait=7s",
        "wait=PT7S",
        "wait=0x7",
        "wait=9999999999",
        "await=7",
        "x-wait=7",
        "respond-async; wait=7",
        "wait=7 8",
      })
  void a_preference_that_makes_no_sense_is_ignored(String header) {
    assertThat(Prefer.wait(List.of(header), LONGEST)).isEmpty();
  }

  @Test
  void preferences_may_come_in_several_headers() {
    assertThat(Prefer.wait(List.of("respond-async", "wait=7"), LONGEST))
        .contains(Duration.ofSeconds(7));
    assertThat(Prefer.wait(List.of(), LONGEST)).isEmpty();
  }

  @Test
  void no_wait_is_longer_than_the_longest() {
    assertThat(Prefer.wait(List.of("wait=60"), LONGEST)).contains(LONGEST);
    assertThat(Prefer.wait(List.of("wait=61"), LONGEST)).contains(LONGEST);
    assertThat(Prefer.wait(List.of("wait=999999999"), LONGEST)).contains(LONGEST);
  }
}
