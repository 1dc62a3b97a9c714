package dev.retriever.origin.schedules;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.retriever.origin.OriginEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * An event of a schedule, which is one of its origin. Class and component names are the on-disk
 * format, as are those of what they hold.
 */
public sealed interface ScheduleEvent extends OriginEvent.OfSchedule {
  /** The schedules of an origin after an event, while they are computed. For the library only. */
  interface Change {
    /** It stands as the event says, under a generation of its own. */
    void set(ScheduleSet event);

    /** It is gone. */
    void removed(ScheduleRemoved event);

    /** It does not tick. */
    void paused(SchedulePaused event);

    /** It ticks again. */
    void resumed(ScheduleResumed event);

    /** One tick is decided. */
    void ticked(ScheduleTicked event);

    /** Late ticks are passed over. */
    void missed(ScheduleMissed event);

    /** A range of past ticks is under way. */
    void backfill(ScheduleBackfill event);
  }

  /** Calls the method for this kind of event. */
  void applyTo(Change change);

  /**
   * A schedule is made, or gets other contents. The row of this event is its generation.
   *
   * @param anchor from where on it ticks, and periods count
   * @param next its first tick
   */
  record ScheduleSet(
      String scheduleId, ScheduleSpec spec, Instant anchor, NextTick next, Instant at)
      implements ScheduleEvent {
    @Override
    public void applyTo(Change change) {
      change.set(this);
    }
  }

  /** A schedule is taken away. Its fetches go on. */
  record ScheduleRemoved(String scheduleId, Instant at) implements ScheduleEvent {
    @Override
    public void applyTo(Change change) {
      change.removed(this);
    }
  }

  /** A schedule does not tick until it is resumed. */
  record SchedulePaused(String scheduleId, Instant at) implements ScheduleEvent {
    @Override
    public void applyTo(Change change) {
      change.paused(this);
    }
  }

  /**
   * A schedule ticks again.
   *
   * @param passed the ticks of the pause, if they are passed over
   * @param next the tick that follows
   */
  record ScheduleResumed(
      String scheduleId,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TickNote> passed,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<NextTick> next,
      Instant at)
      implements ScheduleEvent {
    public ScheduleResumed {
      passed = passed == null ? Optional.empty() : passed;
      next = next == null ? Optional.empty() : next;
    }

    @Override
    public void applyTo(Change change) {
      change.resumed(this);
    }
  }

  /**
   * A tick is decided. The acceptance of its fetch is in the row before this one, in the same
   * write.
   *
   * @param next the tick that follows; of a backfill, the one that it goes on with
   */
  record ScheduleTicked(
      String scheduleId,
      TickNote tick,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<NextTick> next,
      Instant at)
      implements ScheduleEvent {
    public ScheduleTicked {
      next = next == null ? Optional.empty() : next;
    }

    @Override
    public void applyTo(Change change) {
      change.ticked(this);
    }
  }

  /**
   * Late ticks are passed over, one after the other, or those of a pause when the contents change.
   */
  record ScheduleMissed(
      String scheduleId,
      TickNote ticks,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<NextTick> next,
      Instant at)
      implements ScheduleEvent {
    public ScheduleMissed {
      next = next == null ? Optional.empty() : next;
    }

    @Override
    public void applyTo(Change change) {
      change.missed(this);
    }
  }

  /**
   * Past ticks are to be made, those between the two that were not made before.
   *
   * @param first the first of them
   * @param to no tick after it is made
   * @param count how many there are
   */
  record ScheduleBackfill(String scheduleId, Instant first, Instant to, long count, Instant at)
      implements ScheduleEvent {
    @Override
    public void applyTo(Change change) {
      change.backfill(this);
    }
  }
}
