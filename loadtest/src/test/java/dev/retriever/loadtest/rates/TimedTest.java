package dev.retriever.loadtest.rates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.loadtest.rates.Timed.Part;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimedTest {
  /** Its call takes so long, and everything else a millisecond each. */
  private static Timed of(long due, long calledMs) {
    var ended = due + 3_000 + calledMs * 1_000;
    return new Timed(
        due, due + 1_000, due + 2_000, due + 3_000, ended, ended + 1_000, ended + 2_000);
  }

  @Test
  void the_parts_are_the_whole_time_together() {
    var fetch = of(0, 40);
    var sum = 0L;
    for (var part : Part.values()) {
      sum += fetch.micros(part);
    }

    assertThat(sum).isEqualTo(fetch.micros()).isEqualTo(45_000);
  }

  @Test
  void the_parts_of_a_percentile_are_those_of_the_fetches_around_it() {
    var fetches = new ArrayList<Timed>();
    for (var i = 0; i < 1_000; i++) {
      fetches.add(of(i, i < 980 ? 10 : 500));
    }

    assertThat(Timed.near(99, fetches)).hasSize(10);
    assertThat(Timed.around(50, fetches).get(Part.CALLED)).isEqualTo(10.0);
    assertThat(Timed.around(99, fetches).get(Part.CALLED)).isEqualTo(500.0);
    assertThat(Timed.around(99, List.of()).get(Part.CALLED)).isNaN();
  }

  @Test
  void pauses_of_the_collector_count_as_far_as_a_fetch_met_them() {
    var pauses =
        Pauses.parse(
            List.of(
                "[1970-01-01T00:00:00.010+0000] GC(1) Pause Young (Allocation Failure) 9M->7M(12M) 4.000ms",
                "[1970-01-01T00:00:00.012+0000] GC(2) Concurrent Mark Cycle 2.000ms",
                "[1970-01-01T00:00:01.000+0000] GC(3) Pause Full (Allocation Failure) 9M->7M(12M) 200.000ms"));

    assertThat(pauses.all()).hasSize(2);
    assertThat(pauses.meanMillis(List.of(of(8_000, 0)))).isEqualTo(2.0);
    assertThat(pauses.longestMillis(0, 500_000)).isEqualTo(4.0);
    assertThat(pauses.longestMillis(0, 2_000_000)).isEqualTo(200.0);
  }
}
