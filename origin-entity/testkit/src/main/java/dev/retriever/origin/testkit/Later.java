package dev.retriever.origin.testkit;

import java.time.Duration;
import java.time.Instant;

/** Time as scripts see it, virtual or an actor system's. */
interface Later {
  Instant now();

  void after(Duration delay, Runnable action);
}
