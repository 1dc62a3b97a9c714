package dev.retriever.origin.queue.wire;

import dev.retriever.origin.Lease;
import java.util.List;

/**
 * Attempts may begin, one with each grant. At most {@link #MOST}. An origin has no right to them:
 * the database refuses those that are stale.
 *
 * @param row of its journal that the queue knows of. An origin that does not know it is to recover
 */
public record Granted(String queue, long row, List<Grant> grants) implements OriginMessage {
  /** Most grants in one message. */
  public static final int MOST = 16;

  /** For a fetch of that key and priority, which the origin chooses, and for no other. */
  public record Grant(Lease lease, String key, int priority) {}
}
