package dev.retriever.cluster.storage;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Whether a node has renewed its licence without a gap for so long that it may take those of nodes
 * which have not. A database that was away, or whose clock jumped, makes all nodes look gone at
 * once; then each waits for the whole time again. Not thread-safe.
 */
final class SteadyRenewals {
  /** A longer time between two renewals, or a negative one, is a gap. */
  static final Duration GAP = Duration.ofMinutes(1);

  private final Duration time;
  private OptionalLong first = OptionalLong.empty();
  private long last;

  SteadyRenewals(Duration time) {
    this.time = time;
  }

  /**
   * Another renewal.
   *
   * @param at milliseconds of the database's clock
   * @return whether the whole time is behind it, without a gap
   */
  boolean renewedAt(long at) {
    var since = at - last;
    if (first.isEmpty() || since < 0 || since > GAP.toMillis()) {
      first = OptionalLong.of(at);
    }
    last = at;
    return at - first.getAsLong() >= time.toMillis();
  }

  /** A renewal failed. */
  void failed() {
    first = OptionalLong.empty();
  }
}
