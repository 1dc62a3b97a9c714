package dev.retriever.origin.schedules;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.alarms.calendar.TickTimes;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.InvalidSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a schedule does and when. Begin with {@link #of}, and change what differs from the defaults.
 * Immutable; its components are on-disk format. All bounds are inclusive.
 *
 * @param ticks when it ticks
 * @param jitter each tick is later by up to this, 0 to {@link #MAX_JITTER}, and before the time of
 *     the next one: by how much follows from the ids and the tick, so that it is the same after a
 *     crash
 * @param start no tick is before it, and periods count from it; empty for when it was set
 * @param end no tick is after it
 * @param maxRuns after so many fetches it has ended, at least 1; those of triggers and backfills do
 *     not count
 * @param overlap what a tick does while the latest fetch has not settled
 * @param catchUp what becomes of late ticks
 * @param note for people, at most {@link #MAX_NOTE} characters
 * @param fetch what each tick submits, at once. The idempotency key of its request gets the
 *     generation, the time of the tick, and since when these contents stand behind it, so that it
 *     is another one for each fetch, also when the origin was forgotten meanwhile
 */
public record ScheduleSpec(
    TickRule ticks,
    Duration jitter,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> start,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> end,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Integer> maxRuns,
    WhileRunning overlap,
    CatchUp catchUp,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> note,
    FetchSpec fetch) {
  /** The longest jitter. */
  public static final Duration MAX_JITTER = Duration.ofDays(1);

  /** The longest note, in characters. */
  public static final int MAX_NOTE = 256;

  /** The longest idempotency key, in characters: what is put behind it must have room. */
  public static final int MAX_KEY = 192;

  /**
   * Most bytes of the URL, headers and body of its request together. All of it is in the state of
   * the origin, and so in each snapshot.
   */
  public static final long MAX_REQUEST = 64 * 1024;

  /** The earliest instant that bounds ticks. */
  public static final Instant EARLIEST = Instant.EPOCH;

  /**
   * @throws InvalidSpec naming the field and its range
   */
  public ScheduleSpec {
    start = start == null ? Optional.empty() : start;
    end = end == null ? Optional.empty() : end;
    maxRuns = maxRuns == null ? Optional.empty() : maxRuns;
    note = note == null ? Optional.empty() : note;
    require(
        !jitter.isNegative() && jitter.compareTo(MAX_JITTER) <= 0, "/jitter", "must be 0 to 1 day");
    require(isPossible(start), "/start", "must be in the years 1970 to 9999");
    require(isPossible(end), "/end", "must be in the years 1970 to 9999");
    require(
        start.isEmpty() || end.isEmpty() || !end.get().isBefore(start.get()),
        "/end",
        "must not be before start");
    require(maxRuns.filter(it -> it < 1).isEmpty(), "/maxRuns", "must be at least 1");
    require(
        note.filter(it -> it.length() > MAX_NOTE).isEmpty(),
        "/note",
        "must have at most " + MAX_NOTE + " characters");
    check(fetch);
  }

  private static boolean isPossible(Optional<Instant> time) {
    return time.filter(it -> it.isBefore(EARLIEST) || it.isAfter(TickTimes.LATEST)).isEmpty();
  }

  private static void check(FetchSpec fetch) {
    require(fetch.later().isEmpty(), "/fetch", "must have neither delay nor notBefore");
    require(fetch.redriveOf().isEmpty(), "/fetch", "must not be a redrive");
    require(
        FetchBatch.bytes(fetch.request()) <= MAX_REQUEST,
        "/fetch",
        "must have at most 64 KiB of URL, headers and body");
    require(
        fetch.request().idempotencyKey().filter(it -> it.length() > MAX_KEY).isEmpty(),
        "/fetch/idempotencyKey",
        "must have at most " + MAX_KEY + " characters in a schedule");
  }

  private static void require(boolean holds, String pointer, String rule) {
    if (!holds) {
      throw new InvalidSpec(pointer, rule);
    }
  }

  /** One that makes that fetch at each tick, with every other part at its default. */
  public static ScheduleSpec of(TickRule ticks, FetchSpec fetch) {
    return new ScheduleSpec(
        ticks,
        Duration.ZERO,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        WhileRunning.SKIP,
        CatchUp.LATEST,
        Optional.empty(),
        fetch);
  }

  /**
   * The same with that jitter.
   *
   * @throws InvalidSpec if it is out of its range, as in the next ones
   */
  public ScheduleSpec jitter(Duration longest) {
    return new ScheduleSpec(ticks, longest, start, end, maxRuns, overlap, catchUp, note, fetch);
  }

  /** The same with ticks between these two. */
  public ScheduleSpec between(Optional<Instant> first, Optional<Instant> last) {
    return new ScheduleSpec(ticks, jitter, first, last, maxRuns, overlap, catchUp, note, fetch);
  }

  /** The same with at most so many runs. */
  public ScheduleSpec maxRuns(int runs) {
    return new ScheduleSpec(
        ticks, jitter, start, end, Optional.of(runs), overlap, catchUp, note, fetch);
  }

  /** The same with that rule for ticks while a fetch runs. */
  public ScheduleSpec overlap(WhileRunning rule) {
    return new ScheduleSpec(ticks, jitter, start, end, maxRuns, rule, catchUp, note, fetch);
  }

  /** The same with that rule for late ticks. */
  public ScheduleSpec catchUp(CatchUp rule) {
    return new ScheduleSpec(ticks, jitter, start, end, maxRuns, overlap, rule, note, fetch);
  }
}
