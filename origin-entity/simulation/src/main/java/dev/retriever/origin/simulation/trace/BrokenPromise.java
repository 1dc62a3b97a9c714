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
      Map.ofEntries(
          Map.entry("P1", "Nothing accepted is lost."),
          Map.entry("P2", "One outcome."),
          Map.entry("P3", "Ambiguity is never hidden."),
          Map.entry("P4", "No unsafe resend."),
          Map.entry("P5", "Liveness is not the budget."),
          Map.entry("P6", "Late answers are kept"),
          Map.entry("P7", "Cancel has one winner"),
          Map.entry("P8", "An alarm never fires early"),
          Map.entry("P9", "Waiting costs no memory"),
          Map.entry("P10", "A continuation that code no longer knows is parked"),
          Map.entry("P11", "The limits of a queue hold"),
          Map.entry("P12", "A place in a queue is not lost."),
          Map.entry("P13", "A purge touches only what was not sent"),
          Map.entry("P14", "No tick of a schedule is early, lost or made twice."),
          Map.entry("P15", "An outcome is told by one callback, or a row says why not."));

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
