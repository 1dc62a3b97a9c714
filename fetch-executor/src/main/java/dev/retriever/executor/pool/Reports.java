package dev.retriever.executor.pool;

/**
 * Delivers reports to origins by their address in the cluster, on whichever node they live.
 * Delivery may fail silently, because the executor sends the report again. Called from many
 * threads.
 */
@FunctionalInterface
public interface Reports {
  /** Sends the report without waiting. Must not throw. */
  void deliver(AttemptReport report);
}
