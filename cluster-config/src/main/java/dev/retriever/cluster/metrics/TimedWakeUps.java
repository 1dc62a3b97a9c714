package dev.retriever.cluster.metrics;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Stored wake-ups, with a measure of how late they are found. A wake-up is measured when it is
 * found for the first time: until its origin journals a row, each look finds it again.
 */
final class TimedWakeUps implements WakeUps {
  private static final double[] SECONDS = {0.1, 0.5, 1, 2, 5, 30, 300};
  private static final double MILLIS = 1e3;

  private final WakeUps wakeUps;
  private final Histogram lateness;
  private final Clock clock;

  /** What was found last for an origin; that which was found first is forgotten first. */
  private final Map<String, Found> found =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Found> eldest) {
          return size() > SeriesBounds.WAKE_UPS_FOUND;
        }
      };

  /** A wake-up that is corrected has another time, and the same row. */
  private record Found(long row, Instant at) {}

  TimedWakeUps(WakeUps wakeUps, Histogram lateness, Clock clock) {
    this.wakeUps = wakeUps;
    this.lateness = lateness;
    this.clock = clock;
  }

  static Histogram histogram(Instruments instruments) {
    return instruments.histogram(
        "retriever_wake_up_lateness_seconds",
        "Time from when a sleeping origin was due to when an alarm clock found it. 0 if it was found"
            + " before.",
        SECONDS);
  }

  @Override
  public List<Entry> look(
      int slice, Instant until, int limit, Predicate<String> lives, Predicate<String> wanted)
      throws Exception {
    var entries = wakeUps.look(slice, until, limit, lives, wanted);
    var now = clock.instant();
    for (var entry : entries) {
      if (isNew(entry)) {
        lateness.observe(Math.max(0, Duration.between(entry.at(), now).toMillis() / MILLIS));
      }
    }
    return entries;
  }

  private boolean isNew(Entry entry) {
    var it = new Found(entry.row(), entry.at());
    synchronized (found) {
      return !it.equals(found.put(entry.persistenceId(), it));
    }
  }

  @Override
  public void correct(String persistenceId, long row, WakeUp wakeUp) throws Exception {
    wakeUps.correct(persistenceId, row, wakeUp);
  }
}
