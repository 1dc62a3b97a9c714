package dev.retriever.origin.simulation.trace;

import java.time.Duration;
import java.util.Map;

/**
 * A promise that was broken.
 *
 * @param promise such as {@code P2}
 * @param subject the fetch or alarm, with its origin
 * @param at since the beginning of the run
 */
public record BrokenPromise(String promise, String subject, String what, Duration at) {
  private static final Map<String, String> PROMISES =
      Map.of(
          "P1", "Nothing accepted is lost.",
          "P2", "One outcome.",
          "P3", "Ambiguity is never hidden.",
          "P4", "No unsafe resend.",
          "P5", "Liveness is not the budget.",
          "P6", "Late answers are kept",
          "P7", "Cancel has one winner",
          "P8", "An alarm never fires early",
          "P9", "Waiting costs no memory",
          "P10", "A continuation that code no longer knows is parked");

  /** What is promised, in the words with which {@code docs/design.md} begins. */
  public String promised() {
    return PROMISES.getOrDefault(promise, promise);
  }

  @Override
  public String toString() {
    return "%s broken for %s after %.3f s: %s"
        .formatted(promise, subject, at.toMillis() / 1e3, what);
  }
}
