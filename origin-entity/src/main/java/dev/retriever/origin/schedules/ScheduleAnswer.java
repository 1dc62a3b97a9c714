package dev.retriever.origin.schedules;

import dev.retriever.origin.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a {@link ScheduleRequest}.
 *
 * @param view the schedule as it is then, where there is one
 * @param fetch why a triggered fetch was refused, or that it was accepted
 * @param fetchId of the triggered fetch
 * @param backfill what a backfill makes, or would make
 * @param list in short, with no more than were asked for
 */
public record ScheduleAnswer(
    Result result,
    Optional<ScheduleView> view,
    Optional<Verdict> fetch,
    Optional<String> fetchId,
    Optional<Backfilled> backfill,
    List<InShort> list) {
  /** What came of the request. */
  public enum Result {
    /** There was none, and now there is. */
    CREATED,
    /** It has other contents, and a new generation. */
    CHANGED,
    /** It is as it was asked for. */
    DONE,
    /** There is no schedule with that id. Nothing changed. */
    NO_SUCH_SCHEDULE,
    /** It has another generation than the condition asks for. Nothing changed. */
    OTHER_GENERATION,
    /** The origin has as many schedules as it may, or of as many bytes. Nothing changed. */
    TOO_MANY_SCHEDULES,
    /** It would have no tick within eight years, or before its end. Nothing changed. */
    NEVER_TICKS,
    /** The fetch was refused. Nothing changed. */
    REFUSED,
    /** A backfill of it is under way. Nothing changed. */
    BACKFILL_RUNS,
    /** More of its ticks are due than one write decides. Its contents stand; repeat it. */
    TICKS_DUE,
    /** More ticks are in the range than one backfill may make. Nothing changed. */
    TOO_MANY_TICKS,
    /** It is not known any more which ticks of the range were made. Nothing changed. */
    MAY_REPEAT,
    /** The range ends ahead. Nothing changed. */
    AHEAD
  }

  /**
   * The ticks of a backfill.
   *
   * @param count how many fetches it makes
   * @param before how many ticks of the range were made before
   * @param first the times of the first ones, at most {@link #SHOWN}
   */
  public record Backfilled(long count, long before, List<Instant> first) {
    /** Most times that are shown, inclusive. */
    public static final int SHOWN = 100;
  }

  /** A schedule in a list. */
  public record InShort(
      String id, long generation, ScheduleView.State state, Optional<NextTick> next) {}

  /** An answer without any part. */
  public static ScheduleAnswer of(Result result) {
    return of(result, Optional.empty());
  }

  /** An answer with a view. */
  public static ScheduleAnswer of(Result result, Optional<ScheduleView> view) {
    return new ScheduleAnswer(
        result, view, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
  }

  /** The same about a triggered fetch. */
  public ScheduleAnswer ofFetch(Verdict verdict, String id) {
    return new ScheduleAnswer(result, view, Optional.of(verdict), Optional.of(id), backfill, list);
  }

  /** The same about a backfill. */
  public ScheduleAnswer ofBackfill(Backfilled ticks) {
    return new ScheduleAnswer(result, view, fetch, fetchId, Optional.of(ticks), list);
  }

  /** A list. */
  public static ScheduleAnswer of(List<InShort> list) {
    return new ScheduleAnswer(
        Result.DONE,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.copyOf(list));
  }
}
