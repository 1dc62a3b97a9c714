package dev.retriever.loadtest.pace;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Progress for logs and pipes: whole lines without control characters. A line for every tenth, and
 * one when half a minute has passed without any.
 */
final class PlainProgress implements Progress {
  private static final int STEPS = 10;

  /** The longest time without a line, if anything happens at all. */
  private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** Less is soon over, and needs no forecast. */
  private static final long FORECAST_SECONDS = 10;

  private final String what;
  private final long max;
  private final PrintStream out;
  private final LongSupplier clock;
  private final long from;
  private long told;
  private long toldAt;

  PlainProgress(String what, long max, PrintStream out) {
    this(what, max, out, System::nanoTime);
  }

  /**
   * @param clock in nanoseconds
   */
  PlainProgress(String what, long max, PrintStream out, LongSupplier clock) {
    this.what = what;
    this.max = max;
    this.out = out;
    this.clock = clock;
    from = clock.getAsLong();
    toldAt = from;
  }

  @Override
  public synchronized void to(long done, String more) {
    var step = max == 0 ? STEPS : done * STEPS / max;
    var now = clock.getAsLong();
    if (step > told || now - toldAt >= SILENT_NANOS && max != Long.MAX_VALUE) {
      told = Math.max(step, told);
      toldAt = now;
      out.printf(
          "%s: %d of %d%s%s%n", what, done, max, more.isEmpty() ? "" : ", " + more, left(done));
    }
  }

  /** The time that the rest takes if it goes on like this; nothing if that is soon over. */
  private String left(long done) {
    if (done <= 0 || done >= max) {
      return "";
    }
    var seconds = TimeUnit.NANOSECONDS.toSeconds(clock.getAsLong() - from);
    var left = Math.round((double) seconds * (max - done) / done);
    if (left < FORECAST_SECONDS) {
      return "";
    }
    return left < 120 ? ", about " + left + " s left" : ", about " + left / 60 + " min left";
  }
}
