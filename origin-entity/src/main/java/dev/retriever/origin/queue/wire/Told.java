package dev.retriever.origin.queue.wire;

import dev.retriever.origin.Lease;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that one origin has in one queue, as of a journal row; and what has ended or comes
 * back, repeated until it is {@link Heard}. It replaces everything that was told with a lower row.
 *
 * @param originType of the origin's id, for the answer
 * @param tenant the owner of the origin
 * @param telling the number of this message among those of the origin, for {@link Heard}
 * @param lines all of its lines that are not empty
 * @param uses all of its open attempts that have a lease of this queue
 * @param held all keys of a strict queue that its fetches hold until they settle
 * @param purged the highest mark of a purge that the origin has carried out; 0 for none
 */
public record Told(
    String queue,
    String originType,
    String originId,
    String tenant,
    long row,
    long telling,
    List<Line> lines,
    List<Use> uses,
    List<Held> held,
    List<Ended> ended,
    List<Returned> returned,
    long purged)
    implements QueueMessage {
  /** An open attempt. */
  public record Use(Lease lease, String key, String fetchId, int attempt, Instant timeUp) {}

  /** A key, and the fetch that holds it. */
  public record Held(String key, String fetchId) {}

  /**
   * An attempt is over.
   *
   * @param status of the answer
   * @param retryAfter until when its target asked to wait, and not what the queue makes of it
   * @param row of the journal that ended it
   */
  public record Ended(
      Lease lease,
      String key,
      String fetchId,
      int attempt,
      How how,
      Optional<Integer> status,
      Optional<Instant> retryAfter,
      long row) {}

  /** How an attempt ended. Only the first three say something about its target. */
  public enum How {
    ANSWERED,
    FAILED,
    UNKNOWN,
    TIMED_OUT,
    /** With its executor; it may still run. */
    LOST,
    /** It may still run, until its abort has arrived. */
    CANCELLED,
    /** The executor that was to make it had no room, or never heard of it. */
    NEVER_BEGAN,
    /** The report of an attempt that had been given up: it runs no longer. */
    LATE
  }

  /** A grant that the origin does not use. */
  public record Returned(int slot, long grantNo, Why why) {}

  /** Why a grant is not used. */
  public enum Why {
    NOTHING_WAITS,
    NO_ROOM,
    NOT_READY,
    LEAVING,
    /** It is older than one that was used, or was revoked, or the write of its start failed. */
    STALE
  }
}
