package dev.retriever.cluster.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class TimedWakeUpsTest {
  private static final Instant NOON = Instant.parse("2026-01-15T12:00:00Z");

  private final NodeMetrics metrics = new NodeMetrics(() -> 0);
  private final List<WakeUps.Entry> stored = new ArrayList<>();
  private final WakeUps wakeUps =
      metrics.timed(
          new WakeUps() {
            @Override
            public List<Entry> look(
                int slice,
                Instant until,
                int limit,
                Predicate<String> lives,
                Predicate<String> wanted) {
              return List.copyOf(stored);
            }

            @Override
            public void correct(String persistenceId, long row, WakeUp wakeUp) {}
          },
          Clock.fixed(NOON, ZoneOffset.UTC));

  private void finds(String id, long row, Instant at) throws Exception {
    stored.clear();
    stored.add(new WakeUps.Entry(id, "", at, row));
    wakeUps.look(0, NOON, 10, pool -> true, origin -> true);
  }

  private long measured() {
    return metrics.wakeUpLateness().count();
  }

  @Test
  void a_wake_up_that_is_found_again_and_again_is_measured_once() throws Exception {
    for (var n = 0; n < 50; n++) {
      finds("http|a", 7, NOON.minusSeconds(30));
    }
    assertThat(measured()).isEqualTo(1);

    finds("http|a", 8, NOON.minusSeconds(3));
    finds("http|b", 7, NOON.minusSeconds(30));

    assertThat(measured()).isEqualTo(3);
  }

  @Test
  void a_wake_up_that_was_corrected_is_another_one() throws Exception {
    finds("http|a", 7, NOON.minusSeconds(30));
    finds("http|a", 7, NOON.minusSeconds(2));

    assertThat(measured()).isEqualTo(2);
  }

  @Test
  void what_was_found_first_is_forgotten_first() throws Exception {
    for (var n = 0; n <= SeriesBounds.WAKE_UPS_FOUND; n++) {
      finds("http|" + n, 1, NOON);
    }
    finds("http|" + SeriesBounds.WAKE_UPS_FOUND, 1, NOON);
    assertThat(measured()).isEqualTo(SeriesBounds.WAKE_UPS_FOUND + 1);

    finds("http|0", 1, NOON);

    assertThat(measured()).isEqualTo(SeriesBounds.WAKE_UPS_FOUND + 2);
  }
}
