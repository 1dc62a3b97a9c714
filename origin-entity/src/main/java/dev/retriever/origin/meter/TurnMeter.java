package dev.retriever.origin.meter;

import dev.retriever.executor.Pools;
import dev.retriever.executor.trace.TraceContext;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.meter.OriginMeter.CallbackEnd;
import dev.retriever.origin.meter.OriginMeter.Way;
import dev.retriever.origin.schedules.ScheduleEvent;
import dev.retriever.origin.schedules.TickNote;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** Reads the rows of one turn for a meter. Made for one turn. */
public final class TurnMeter implements OriginEvent.Draft {
  private final OriginMeter meter;
  private final String originType;
  private final Function<PendingFetch, Optional<TraceContext>> traces;
  private final OriginState before;
  private final OriginState after;

  private TurnMeter(
      OriginMeter meter,
      String originType,
      Turn<?> turn,
      Function<PendingFetch, Optional<TraceContext>> traces) {
    this.meter = meter;
    this.originType = originType;
    this.traces = traces;
    this.before = turn.before().fetches();
    this.after = turn.after().fetches();
  }

  /**
   * Tells the meter of a turn whose rows are durable, of an origin of that type.
   *
   * @param traces of its fetches, where those who look at a measured time find more
   */
  public static void tell(
      OriginMeter meter,
      String originType,
      Turn<?> turn,
      Function<PendingFetch, Optional<TraceContext>> traces) {
    var reading = new TurnMeter(meter, originType, turn, traces);
    for (var row : turn.rows()) {
      if (row instanceof OriginEvent event) {
        event.applyTo(reading);
      }
    }
  }

  @Override
  public void accepted(OriginEvent.FetchAccepted event) {
    meter.accepted(originType, way(event.spec()));
    if (event.executor().isPresent() && event.lease().isEmpty()) {
      meter.began(Duration.ZERO);
    }
  }

  private static Way way(FetchSpec spec) {
    if (spec.queue().isPresent()) {
      return Way.QUEUE;
    }
    return spec.executor().filter(Pools.DIRECT::equals).isPresent() ? Way.DIRECT : Way.POOL;
  }

  @Override
  public void attemptStarted(OriginEvent.AttemptStarted event) {
    if (event.lease().isEmpty()) {
      before
          .pending(event.fetchId())
          .flatMap(fetch -> before.starts().dueOf(fetch))
          .ifPresent(due -> meter.began(between(due, event.at())));
    }
  }

  @Override
  public void settled(OriginEvent.FetchSettled event) {
    after
        .settled(event.fetchId())
        .ifPresent(
            fetch ->
                meter.settled(
                    originType,
                    event.outcome(),
                    between(fetch.acceptedAt(), event.at()),
                    before.pending(event.fetchId()).flatMap(traces)));
    event
        .told()
        .ifPresent(
            callback ->
                meter.called(
                    event
                        .outcome()
                        .fold(
                            answered ->
                                Callback.takes(answered.response().status())
                                    ? CallbackEnd.TAKEN
                                    : CallbackEnd.DEAD,
                            failed -> CallbackEnd.DEAD,
                            unknown -> CallbackEnd.DEAD,
                            cancelled -> CallbackEnd.CANCELLED)));
  }

  /** Clocks of two nodes may differ. */
  private static Duration between(Instant from, Instant to) {
    return from.isAfter(to) ? Duration.ZERO : Duration.between(from, to);
  }

  /** The endpoint is never told. */
  @Override
  public void callbackDropped(OriginEvent.CallbackDropped event) {
    meter.called(CallbackEnd.DEAD);
  }

  @Override
  public void ofSchedule(OriginEvent.OfSchedule event) {
    ((ScheduleEvent) event).applyTo(new Ticks());
  }

  private final class Ticks implements ScheduleEvent.Change {
    private void tell(TickNote note) {
      meter.ticked(note.result(), note.count());
    }

    @Override
    public void ticked(ScheduleEvent.ScheduleTicked event) {
      tell(event.tick());
    }

    @Override
    public void missed(ScheduleEvent.ScheduleMissed event) {
      tell(event.ticks());
    }

    @Override
    public void resumed(ScheduleEvent.ScheduleResumed event) {
      Optional.of(event).flatMap(ScheduleEvent.ScheduleResumed::passed).ifPresent(this::tell);
    }

    @Override
    public void set(ScheduleEvent.ScheduleSet event) {}

    @Override
    public void removed(ScheduleEvent.ScheduleRemoved event) {}

    @Override
    public void paused(ScheduleEvent.SchedulePaused event) {}

    @Override
    public void backfill(ScheduleEvent.ScheduleBackfill event) {}
  }

  @Override
  public void scheduled(OriginEvent.FetchScheduled event) {}

  @Override
  public void due(OriginEvent.FetchDue event) {}

  @Override
  public void attemptEnded(OriginEvent.AttemptEnded event) {}

  @Override
  public void late(OriginEvent.LateAnswerKept event) {}

  @Override
  public void bodiesErased(OriginEvent.BodiesErased event) {}

  @Override
  public void erasureDone(OriginEvent.ErasureDone event) {}

  @Override
  public void handlingFailed(OriginEvent.HandlingFailed event) {}

  @Override
  public void forgotten(OriginEvent.SettledForgotten event) {}

  @Override
  public void originForgotten(OriginEvent.OriginForgotten event) {}

  @Override
  public void handled(OriginEvent.ContinuationHandled event) {}

  @Override
  public void alarmScheduled(OriginEvent.AlarmScheduled event) {}

  @Override
  public void alarmCancelled(OriginEvent.AlarmCancelled event) {}

  @Override
  public void alarmFired(OriginEvent.AlarmFired event) {}
}
