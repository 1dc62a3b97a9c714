package dev.retriever.origin.testkit;

import java.time.Duration;
import java.time.Instant;

/** The time of scripts: virtual, or that of an actor system. */
interface ScriptTime {
  Instant now();

  void after(Duration delay, Runnable action);
}
