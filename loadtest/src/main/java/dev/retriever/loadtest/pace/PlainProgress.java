package dev.retriever.loadtest.pace;

import java.io.PrintStream;

/** Progress for logs and pipes: whole lines without control characters, and few of them. */
final class PlainProgress implements Progress {
  private static final int STEPS = 10;

  private final String what;
  private final long max;
  private final PrintStream out;
  private long told;

  PlainProgress(String what, long max, PrintStream out) {
    this.what = what;
    this.max = max;
    this.out = out;
  }

  @Override
  public synchronized void to(long done, String more) {
    var step = max == 0 ? STEPS : done * STEPS / max;
    if (step > told) {
      told = step;
      out.printf("%s: %d of %d%s%n", what, done, max, more.isEmpty() ? "" : ", " + more);
    }
  }
}
