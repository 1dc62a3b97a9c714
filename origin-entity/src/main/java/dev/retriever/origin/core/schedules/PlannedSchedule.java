package dev.retriever.origin.core.schedules;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleSpec;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.TickNote;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A schedule as its origin has it. It is in snapshots, so its components are on-disk format.
 *
 * @param generation the row that gave it its contents
 * @param anchor from where on periods count
 * @param next the tick that follows; empty when there is none any more
 * @param last the latest tick that is decided or passed over, of this generation
 * @param runs fetches of this generation that count for {@code maxRuns}
 * @param done ticks of this generation that have made their fetch
 * @param running its latest fetch, which may have settled
 * @param waiting the tick that waits for it
 * @param filling the backfill that is under way
 * @param recent the last ticks, the latest first
 */
public record PlannedSchedule(
    String id,
    ScheduleSpec spec,
    long generation,
    Instant anchor,
    Instant createdAt,
    Instant changedAt,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<NextTick> next,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> last,
    boolean paused,
    int runs,
    ScheduleView.Counts counts,
    DoneTimes done,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Running> running,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> waiting,
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Filling> filling,
    List<TickNote> recent) {
  /**
   * A fetch of it.
   *
   * @param order its place among the fetches of its origin: its id may name another one later
   */
  public record Running(String fetchId, long order) {}

  /**
   * A backfill.
   *
   * @param next the tick that it goes on with
   * @param before the tick before that one, if it is of this backfill
   * @param to no tick after it
   * @param count how many ticks it has
   * @param decided how many of them are decided
   * @param since when it was asked for
   */
  public record Filling(
      Instant next,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> before,
      Instant to,
      long count,
      long decided,
      Instant since) {
    public Filling {
      before = before == null ? Optional.empty() : before;
    }
  }

  public PlannedSchedule {
    next = next == null ? Optional.empty() : next;
    last = last == null ? Optional.empty() : last;
    running = running == null ? Optional.empty() : running;
    waiting = waiting == null ? Optional.empty() : waiting;
    filling = filling == null ? Optional.empty() : filling;
  }

  /** When its origin must look at it next; empty if it has nothing to do by itself. */
  public Optional<Instant> dueAt() {
    return Stream.concat(
            next.filter(it -> !paused).map(NextTick::due).stream(),
            filling.map(Filling::since).stream())
        .min(Instant::compareTo);
  }

  /** Whether it has ticks to decide then, beside those of a backfill. */
  public boolean ticksBy(Instant now) {
    return !paused && next.filter(it -> !it.due().isAfter(now)).isPresent();
  }

  /** The next tick, if its time has come then and its jitter is not over. */
  Optional<NextTick> begun(Instant now) {
    return next.filter(it -> it.begunBy(now));
  }

  /** Its ticks. */
  SpecTicks ticks() {
    return SpecTicks.of(spec, anchor);
  }

  /** The bytes of its request in the state of its origin. */
  long bytes() {
    return FetchBatch.bytes(spec.fetch().request());
  }

  /** Whether it ticks. */
  public ScheduleView.State state() {
    if (next.isEmpty()) {
      return ScheduleView.State.ENDED;
    }
    return paused ? ScheduleView.State.PAUSED : ScheduleView.State.ACTIVE;
  }

  /** How many more ticks may make a fetch; those that wait count. */
  int runsLeft() {
    return spec.maxRuns().orElse(Integer.MAX_VALUE) - runs - (waiting.isPresent() ? 1 : 0);
  }

  /** The id of the fetch of that tick. */
  String fetchId(Instant nominal) {
    return id + suffix(nominal);
  }

  /** What tells the fetch of that tick from all others of the schedule. */
  String suffix(Instant nominal) {
    return "~" + generation + "~" + nominal;
  }
}
