package dev.retriever.origin.schedules;

import dev.retriever.origin.InvalidSpec;
import java.time.Duration;

/**
 * What becomes of ticks that are late, because no node ran at their time. A tick of which {@link
 * #LATE} has not passed is not late, and always runs.
 *
 * @param within ticks of more than this ago are missed, 1 s to 366 days, inclusive
 * @param max with {@link Policy#ALL}, so many of the latest run, 1 to {@link #MOST}, inclusive
 */
public record CatchUp(Policy policy, Duration within, int max) {
  /** A tick is late when more than this has passed since it was due. */
  public static final Duration LATE = Duration.ofMinutes(1);

  /** The largest {@code max}, inclusive. */
  public static final int MOST = 1_000;

  /** The {@code max} of a schedule that does not say another. */
  public static final int MAX = 100;

  /** The {@code within} of a schedule that does not say another, and the longest one. */
  public static final Duration WITHIN = Duration.ofDays(366);

  /** One run stands for all late ticks. */
  public static final CatchUp LATEST = new CatchUp(Policy.LATEST, WITHIN, MAX);

  /** Which late ticks run. Names are on-disk format. */
  public enum Policy {
    /** The latest one, and it only if no tick that is not late is due with it. */
    LATEST,
    /** All, but at most {@code max}. */
    ALL,
    /** None. */
    NONE
  }

  /**
   * @throws InvalidSpec naming the field and its range
   */
  public CatchUp {
    if (within.compareTo(Duration.ofSeconds(1)) < 0 || within.compareTo(WITHIN) > 0) {
      throw new InvalidSpec("/catchUp/within", "must be 1s to 366 days");
    }
    if (max < 1 || max > MOST) {
      throw new InvalidSpec("/catchUp/max", "must be 1 to " + MOST);
    }
  }
}
