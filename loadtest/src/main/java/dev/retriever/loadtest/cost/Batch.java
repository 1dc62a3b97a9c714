package dev.retriever.loadtest.cost;

import java.util.List;

/**
 * Fetches that a caller made together, and the lines that the invocation log should have of them.
 *
 * @param dispatch the dispatch, such as {@code direct}
 * @param durationMs the time that the target took for each
 * @param calls at least one
 * @param untilMs when everything that belongs to them had ended, such as the time of their origins
 *     in memory
 * @param attempts the attempts made, by executors or directly
 * @param direct whether the origins made the attempts, so that no executor has lines
 */
public record Batch(
    String name,
    String dispatch,
    double durationMs,
    List<Call> calls,
    long untilMs,
    int attempts,
    boolean direct) {
  /**
   * One fetch.
   *
   * @param sentMs by the caller's clock
   * @param heardMs when the submission was answered, by the same clock
   * @param settledMs when there was an outcome: for a caller that waited as {@code heardMs}, for
   *     others by the clock of the origin's node
   */
  public record Call(String originId, String fetchId, long sentMs, long heardMs, long settledMs) {
    boolean waited() {
      return heardMs == settledMs;
    }

    /** The distance of a span of the caller's time from this call; 0 where they touch. */
    double distance(double fromMs, double toMs) {
      return Math.max(0, Math.max(sentMs - toMs, fromMs - settledMs));
    }

    /** The distance to the nearer end of the call, since an origin mostly works at both ends. */
    double distanceToItsEnds(double fromMs, double toMs) {
      return Math.min(Math.abs(fromMs - sentMs), Math.abs(settledMs - toMs));
    }
  }

  public Batch {
    calls = List.copyOf(calls);
    if (calls.isEmpty()) {
      throw new IllegalArgumentException("batch " + name + " has no calls");
    }
  }

  long fromMs() {
    return calls.stream().mapToLong(Call::sentMs).min().orElseThrow();
  }

  long toMs() {
    return Math.max(untilMs, calls.stream().mapToLong(Call::settledMs).max().orElseThrow());
  }
}
