package dev.retriever.executor.pool;

/**
 * Where reports go: the origin's address in the cluster, so that they find it wherever it lives by
 * then. Delivery may fail silently: the executor sends again. Called from many threads.
 */
@FunctionalInterface
public interface Reports {
  /** Sends the report on its way, without waiting for anything. Must not throw. */
  void deliver(AttemptReport report);
}
