package dev.retriever.cluster.fleet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Remembers the figures of a node: the last seconds for rates, and a quarter of an hour in steps.
 * Immutable; told once a second.
 *
 * @param recent readings of the last seconds, the latest last
 * @param steps that have ended, the latest last
 * @param base what was read when the current step began
 * @param step the number of the current step since 1970
 */
record Recorder(List<Reading> recent, List<Step> steps, Figures base, long step) {
  static final Duration STEP = Duration.ofSeconds(10);

  /** A quarter of an hour. */
  static final int MOST_STEPS = 90;

  /** Rates are those of about ten seconds. */
  static final int MOST_RECENT = 11;

  /**
   * What was read.
   *
   * @param at in milliseconds since 1970
   */
  record Reading(long at, Figures figures) {}

  /** Of a node that has just started, so that what it counts is counted in its first step. */
  static Recorder begin(Instant now) {
    return new Recorder(List.of(), List.of(), Figures.NONE, number(now));
  }

  private static long number(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), STEP.toSeconds());
  }

  /** The same with a later reading. After the clock was set back, it begins anew. */
  Recorder with(Instant now, Figures figures) {
    var reading = new Reading(now.toEpochMilli(), figures);
    var number = number(now);
    if (!recent.isEmpty() && reading.at() < latest().at()) {
      return new Recorder(List.of(reading), List.of(), figures, number);
    }
    var read = last(appended(recent, reading), MOST_RECENT);
    return number == step
        ? new Recorder(read, steps, base, step)
        : new Recorder(read, last(appended(steps, ended(figures)), MOST_STEPS), figures, number);
  }

  private Step ended(Figures figures) {
    return new Step(
        step * STEP.toSeconds(),
        figures.total().minus(base.total()),
        figures.pending(),
        figures.inFlight(),
        figures.journal().minus(base.journal()),
        figures.wakeUps().minus(base.wakeUps()),
        1);
  }

  private Reading latest() {
    return recent.get(recent.size() - 1);
  }

  /** What happened lately; nothing in no time before the second reading. */
  Lately lately() {
    if (recent.size() < 2) {
      return Lately.NOTHING;
    }
    var first = recent.get(0);
    return new Lately(
        latest().figures().total().minus(first.figures().total()), latest().at() - first.at());
  }

  private static <T> List<T> appended(List<T> list, T next) {
    var longer = new ArrayList<T>(list.size() + 1);
    longer.addAll(list);
    longer.add(next);
    return longer;
  }

  private static <T> List<T> last(List<T> list, int most) {
    return List.copyOf(list.subList(Math.max(0, list.size() - most), list.size()));
  }
}
