package dev.retriever.origin.simulation.queue;

import dev.retriever.origin.simulation.trace.CoverageMark;

/** Where the checks of queues put what they find. */
public interface QueueFindings {
  /** The limits of a queue hold. */
  String LIMITS = "P11";

  /** No place in a queue is lost, and what may go goes. */
  String PLACES = "P12";

  /** A purge touches nothing else. */
  String PURGES = "P13";

  /**
   * @param subject a fetch with its origin, or a queue
   */
  void broken(String promise, String subject, String what);

  void saw(CoverageMark sight);
}
