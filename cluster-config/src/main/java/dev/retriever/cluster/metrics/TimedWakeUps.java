package dev.retriever.cluster.metrics;

import dev.retriever.alarms.WakeUp;
import dev.retriever.alarms.WakeUps;
import io.prometheus.metrics.core.metrics.Histogram;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Stored wake-ups, with a measure of how late they are found. */
final class TimedWakeUps implements WakeUps {
  private static final double[] SECONDS = {0.1, 0.5, 1, 2, 5, 30, 300};
  private static final double MILLIS = 1e3;

  private final WakeUps wakeUps;
  private final Histogram lateness;
  private final Clock clock;

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
    var found = wakeUps.look(slice, until, limit, lives, wanted);
    var now = clock.instant();
    for (var entry : found) {
      lateness.observe(Math.max(0, Duration.between(entry.at(), now).toMillis() / MILLIS));
    }
    return found;
  }

  @Override
  public void correct(String persistenceId, long row, WakeUp wakeUp) throws Exception {
    wakeUps.correct(persistenceId, row, wakeUp);
  }
}
