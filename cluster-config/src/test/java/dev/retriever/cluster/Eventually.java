package dev.retriever.cluster;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.assertj.core.api.Assertions;

/** For what can only be seen by looking again. */
public final class Eventually {
  /** On a machine that is busy; a test that passes does not wait for it. */
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Eventually() {}

  /** Looks until it is as expected, for a bounded time. */
  public static <T> void becomes(T expected, Supplier<T> look) {
    becomes(expected, look, LONGEST);
  }

  public static <T> void becomes(T expected, Supplier<T> look, Duration longest) {
    var end = System.nanoTime() + longest.toNanos();
    var seen = look.get();
    while (!expected.equals(seen) && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE.toNanos());
      seen = look.get();
    }
    Assertions.assertThat(seen).isEqualTo(expected);
  }
}
