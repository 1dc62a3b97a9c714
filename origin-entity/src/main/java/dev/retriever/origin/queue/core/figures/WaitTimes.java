package dev.retriever.origin.queue.core.figures;

import dev.retriever.origin.queue.QueueView.Quantiles;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How long it took, of the last two to four minutes. Times are counted in classes whose bounds are
 * at most an eighth apart; the upper bound is shown. Not thread-safe.
 */
public final class WaitTimes {
  private static final int IN_EIGHTHS = 3;
  private static final int CLASSES = 64 << IN_EIGHTHS;
  private static final long PART = TimeUnit.MINUTES.toMicros(2);
  private static final double MICROS = TimeUnit.SECONDS.toMicros(1);

  private int[] former = new int[CLASSES];
  private int[] present = new int[CLASSES];
  private long part;

  /** Nothing was measured. Times are in microseconds, from any zero, and must not go back. */
  public WaitTimes(long now) {
    part = Math.floorDiv(now, PART);
  }

  /** It took so long; less than 0 counts as 0. */
  public void add(long micros, long now) {
    pass(now);
    present[classOf(Math.max(0, micros))]++;
  }

  private void pass(long now) {
    long to = Math.floorDiv(now, PART);
    if (to <= part) {
      return;
    }
    var cleared = former;
    former = present;
    present = cleared;
    Arrays.fill(present, 0);
    if (to > part + 1) {
      Arrays.fill(former, 0);
    }
    part = to;
  }

  /** The median and the 99th percentile; empty when nothing was measured lately. */
  public Quantiles quantiles(long now) {
    pass(now);
    return new Quantiles(quantile(500), quantile(990));
  }

  private Optional<Double> quantile(int permille) {
    long all = 0;
    for (int at = 0; at < CLASSES; at++) {
      all += former[at] + present[at];
    }
    if (all == 0) {
      return Optional.empty();
    }
    long left = (all * permille + 999) / 1_000;
    int at = -1;
    while (left > 0) {
      at++;
      left -= former[at] + present[at];
    }
    return Optional.of(upperBound(at) / MICROS);
  }

  static int classOf(long micros) {
    int power = 63 - Long.numberOfLeadingZeros(micros | 1);
    if (power < IN_EIGHTHS) {
      return (int) micros;
    }
    int shift = power - IN_EIGHTHS;
    return (shift + 1 << IN_EIGHTHS) + (int) (micros >>> shift & 7);
  }

  static long upperBound(int at) {
    if (at < 1 << IN_EIGHTHS) {
      return at;
    }
    int shift = (at >> IN_EIGHTHS) - 1;
    return ((at & 7) + 9L << shift) - 1;
  }
}
