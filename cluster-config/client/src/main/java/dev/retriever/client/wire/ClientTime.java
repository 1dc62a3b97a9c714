package dev.retriever.client.wire;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** The time of a client, which tests replace. Used by several threads. */
public interface ClientTime {
  /** The machine's own. */
  ClientTime SYSTEM =
      new ClientTime() {
        private final Clock clock = Clock.systemUTC();

        @Override
        public Instant now() {
          return clock.instant();
        }

        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void pause(Duration length) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(length.toNanos());
        }
      };

  /** What the clock on the wall says. */
  Instant now();

  /** Of a clock that is never set; only differences mean something. */
  long nanos();

  /** Waits for that long. */
  void pause(Duration length) throws InterruptedException;
}
