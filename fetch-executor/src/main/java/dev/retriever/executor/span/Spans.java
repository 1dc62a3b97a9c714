package dev.retriever.executor.span;

/**
 * Takes the spans that a node makes. Each is complete: nothing is held open. Implementations are
 * thread-safe, never block and never throw; what they cannot keep they drop and count.
 */
@FunctionalInterface
public interface Spans {
  /** Takes a span of a recorded trace. */
  void take(SpanRecord span);
}
