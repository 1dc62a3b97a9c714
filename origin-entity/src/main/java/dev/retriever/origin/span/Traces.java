package dev.retriever.origin.span;

import dev.retriever.executor.span.Spans;
import java.util.Optional;

/**
 * What a node does about traces. Immutable.
 *
 * @param spans takes the spans; empty for a node that makes none
 * @param ratio of the traces that begin here and are recorded, 0 to 1. A trace that comes with a
 *     submission says itself whether it is
 * @param toTargets whether attempts send a {@code traceparent}, unless their fetch says no
 */
public record Traces(Optional<Spans> spans, double ratio, boolean toTargets) {
  /** Makes no spans, and hands on to targets what comes with submissions. */
  public static final Traces HANDED_ON = new Traces(Optional.empty(), 0, true);

  /**
   * @throws IllegalArgumentException if the ratio is out of its range
   */
  public Traces {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("the ratio of traces must be 0 to 1, not " + ratio);
    }
  }
}
