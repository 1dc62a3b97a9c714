package dev.retriever.origin.schedules;

import dev.retriever.alarms.calendar.TickTimes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A schedule as it stands.
 *
 * @param generation another one for each change of its contents; part of the ids of its fetches
 * @param createdAt when it was made
 * @param changedAt when it got its present contents
 * @param anchor from where on periods count
 * @param runs fetches of this generation that count for {@code maxRuns}
 * @param counts since it was made
 * @param upcoming the next ticks, at most {@link #UPCOMING}; of a paused one, those that would come
 *     if it were resumed now
 * @param tzdb the version of the tz database that they were computed with, such as {@code 2026a}:
 *     that of the Java runtime of the origin's node; empty for a rule without a zone of it
 * @param running the id of its latest fetch, while that has not settled
 * @param waiting the time of the tick that waits for it
 * @param backfill the backfill that is under way
 * @param recent its last ticks, at most {@link #RECENT}, the latest first
 */
public record ScheduleView(
    String id,
    long generation,
    ScheduleSpec spec,
    State state,
    Instant createdAt,
    Instant changedAt,
    Instant anchor,
    int runs,
    Counts counts,
    List<Upcoming> upcoming,
    Optional<String> tzdb,
    Optional<String> running,
    Optional<Instant> waiting,
    Optional<Progress> backfill,
    List<TickNote> recent) {
  public ScheduleView {
    // A node of a version that does not tell may have sent it.
    tzdb = tzdb == null ? Optional.empty() : tzdb;
  }

  /** Most ticks to come that are shown, inclusive. */
  public static final int UPCOMING = 10;

  /** Most past ticks that are kept, inclusive; those passed over together count as one. */
  public static final int RECENT = 20;

  /** Whether it ticks. */
  public enum State {
    /** It ticks. */
    ACTIVE,
    /** It does not tick until it is resumed. */
    PAUSED,
    /** It has no tick any more. */
    ENDED
  }

  /**
   * How many ticks there were. Its components are on-disk format.
   *
   * @param fired that made a fetch, with those of triggers and backfills
   * @param skipped that made none, each with a reason
   * @param missed late ones that were passed over
   * @param paused ones of pauses that were passed over
   */
  public record Counts(long fired, long skipped, long missed, long paused) {
    /** No tick. */
    public static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  /**
   * A tick that is to come.
   *
   * @param offset of the zone at its time, such as {@code +02:00}; {@code Z} for periods
   * @param clocks what the clocks do then
   */
  public record Upcoming(NextTick tick, String offset, TickTimes.Clocks clocks) {}

  /**
   * A backfill that is under way.
   *
   * @param next the tick that it goes on with
   * @param to it ends there
   * @param count how many ticks it has
   * @param done how many of them are decided
   */
  public record Progress(Instant next, Instant to, long count, long done) {}
}
