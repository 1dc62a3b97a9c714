package dev.retriever.origin.simulation;

import java.time.Duration;

/**
 * A promise that was broken.
 *
 * @param promise such as {@code P2}
 * @param subject the fetch or alarm, with its origin
 * @param at since the beginning of the run
 */
public record Breach(String promise, String subject, String what, Duration at) {
  @Override
  public String toString() {
    return "%s broken for %s after %.3f s: %s"
        .formatted(promise, subject, at.toMillis() / 1e3, what);
  }
}
