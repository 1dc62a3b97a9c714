package dev.retriever.origin;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;

/**
 * What lets one attempt of a queued fetch begin, granted by its queue. Journaled with the attempt.
 * The database refuses a start when its grant is stale, or its slot is taken. Immutable.
 *
 * @param queue the name of the queue
 * @param slot from 1 to the queue's concurrency; 0 when the queue has no limit, and {@link #PASS}
 *     when its node has not even asked; then nothing stands for the attempt
 * @param grantNo unique in its queue; the larger, the later
 * @param probe whether the attempt's end alone judges the target, while the breaker is half open
 * @param strict whether the key is held until the fetch settles
 */
public record Lease(
    String queue,
    int slot,
    long grantNo,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean probe,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean strict) {
  /** The slot of an attempt of a queue without limits. */
  public static final int NO_SLOT = 0;

  /** The slot of an attempt that its node began with a pass, without asking the queue. */
  public static final int PASS = -1;

  /** Only attempts that take at most this long begin with a pass. */
  public static final Duration LONGEST_WITH_PASS = Duration.ofSeconds(60);

  /** A pass of that queue. */
  public static Lease pass(String queue, long grantNo) {
    return new Lease(queue, PASS, grantNo, false, false);
  }

  /** Whether a row stands for the attempt. */
  public boolean hasSlot() {
    return slot > NO_SLOT;
  }

  /** Whether the node has begun it without asking the queue. */
  @JsonIgnore
  public boolean isPass() {
    return slot == PASS;
  }

  /** The name of the floor that decides whether the grant is stale. */
  public String fence() {
    return isPass() ? passes(queue) : queue;
  }

  /** The name of the floor of a queue's passes. It is no name of a queue. */
  public static String passes(String queue) {
    return queue + "|pass";
  }
}
