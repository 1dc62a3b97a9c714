package dev.retriever.loadtest.pace;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what sends no event, by looking again and again. */
public final class Polling {
  private Polling() {}

  /** True as soon as the condition holds; false when it does not in time. */
  public static boolean until(Duration limit, int everyMs, BooleanSupplier holds)
      throws InterruptedException {
    var end = System.nanoTime() + limit.toNanos();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(everyMs);
    }
    return true;
  }
}
