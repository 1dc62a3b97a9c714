package dev.retriever.loadtest;

import dev.retriever.origin.simulation.Totals;
import java.time.Duration;

/** Measures how many seeds are run in a second since its creation. Thread-safe. */
final class SimulationSpeed {
  private final long begin = System.nanoTime();

  String words(Totals totals) {
    return words(totals, Duration.ofNanos(System.nanoTime() - begin));
  }

  static String words(Totals totals, Duration took) {
    var seconds = Math.max(took.toNanos() / 1e9, 1e-3);
    return "%.1f seeds/s, %.0f events/s, %.1f virtual hours"
        .formatted(
            totals.seeds() / seconds,
            totals.steps() / seconds,
            totals.virtual().toMillis() / 3_600e3);
  }
}
