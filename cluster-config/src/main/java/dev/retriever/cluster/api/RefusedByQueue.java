package dev.retriever.cluster.api;

import dev.retriever.cluster.http.Problem;
import dev.retriever.cluster.http.ProblemType;

/** How a submission is answered that its queue does not take. */
final class RefusedByQueue {
  private RefusedByQueue() {}

  static Problem.Found noSuch(String queue) {
    return Problem.of(
            ProblemType.NO_SUCH_QUEUE,
            "/queue",
            "/queue must be a queue that there is; an operator makes "
                + queue
                + " with PUT /admin/queues/"
                + queue)
        .found();
  }

  static Problem.Found draining(String queue) {
    return Problem.of(
            ProblemType.QUEUE_DRAINING,
            "/queue",
            "Queue "
                + queue
                + " is draining and takes no new fetches until an operator resumes it. Nothing was"
                + " changed.")
        .found();
  }

  /**
   * @param seconds after which it may have room
   */
  static Problem.Found full(String queue, int seconds) {
    return Problem.of(
            ProblemType.QUEUE_FULL,
            "/queue",
            "As many fetches wait in queue "
                + queue
                + ", or under the key, as may. Nothing was changed; repeat it later, with the same"
                + " id.")
        .after(seconds)
        .found();
  }

  static Problem.Found tooManyKeys(String queue, String originId) {
    return Problem.of(
            ProblemType.TOO_MANY_QUEUE_KEYS,
            "/queue/key",
            "Origin "
                + originId
                + " has fetches in queue "
                + queue
                + " under as many keys and priorities as it may. Nothing was changed; wait for some"
                + " to begin, or name a key that it has.")
        .found();
  }
}
