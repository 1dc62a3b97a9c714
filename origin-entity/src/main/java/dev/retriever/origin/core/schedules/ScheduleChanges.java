package dev.retriever.origin.core.schedules;

import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleAnswer.InShort;
import dev.retriever.origin.schedules.ScheduleAnswer.Result;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleBackfill;
import dev.retriever.origin.schedules.ScheduleEvent.SchedulePaused;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleRemoved;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleResumed;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleSet;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleTicked;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.schedules.ScheduleView;
import dev.retriever.origin.schedules.Schedules;
import dev.retriever.origin.schedules.TickNote;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;

/** Decides about requests for schedules, and answers them. Made for one turn. */
public final class ScheduleChanges implements ScheduleRequest.Answers<ScheduleAnswer> {
  private final ScheduleTurn turn;
  private final Ticking ticking;

  public ScheduleChanges(ScheduleTurn turn) {
    this.turn = turn;
    this.ticking = new Ticking(turn);
  }

  private Optional<PlannedSchedule> schedule(String id) {
    return turn.schedules().get(id);
  }

  private ScheduleAnswer shown(Result result, String id) {
    return ScheduleAnswer.of(result, schedule(id).map(this::view));
  }

  private ScheduleView view(PlannedSchedule schedule) {
    return ScheduleViews.of(
        schedule,
        ticking.key(schedule.id()),
        turn.now(),
        schedule.running().filter(turn::isRunning).map(PlannedSchedule.Running::fetchId));
  }

  private ScheduleAnswer ifThere(String id, Function<PlannedSchedule, ScheduleAnswer> answer) {
    return schedule(id).map(answer).orElseGet(() -> ScheduleAnswer.of(Result.NO_SUCH_SCHEDULE));
  }

  private static boolean holds(
      ScheduleRequest.Condition condition, Optional<PlannedSchedule> schedule) {
    return condition.onlyNew()
        ? schedule.isEmpty()
        : condition.generation().isEmpty()
            || condition.generation().equals(schedule.map(PlannedSchedule::generation));
  }

  @Override
  public ScheduleAnswer put(ScheduleRequest.Put request) {
    var before = schedule(request.id());
    // First: a repeat of a change that was made has a condition that no longer holds.
    if (before.filter(it -> it.spec().equals(request.spec())).isPresent()) {
      return shown(Result.DONE, request.id());
    }
    if (!holds(request.condition(), before)) {
      return shown(Result.OTHER_GENERATION, request.id());
    }
    var planned = planned(request, before);
    if (planned.isEmpty()) {
      return ScheduleAnswer.of(Result.NEVER_TICKS);
    }
    if (isTooMuch(request, before)) {
      return ScheduleAnswer.of(Result.TOO_MANY_SCHEDULES);
    }
    if (before.flatMap(PlannedSchedule::filling).isPresent()) {
      return shown(Result.BACKFILL_RUNS, request.id());
    }
    if (!settlesTicks(planned.get(), before)) {
      return shown(Result.TICKS_DUE, request.id());
    }
    turn.add(planned.get());
    return shown(before.isPresent() ? Result.CHANGED : Result.CREATED, request.id());
  }

  /**
   * Ticks of the contents before whose time has come are not lost: they are decided with the
   * change, except one that waits for its jitter and is a tick of the new contents, too.
   *
   * @return whether none is left
   */
  private boolean settlesTicks(ScheduleSet planned, Optional<PlannedSchedule> before) {
    var id = planned.scheduleId();
    var now = turn.now();
    var isKept = !planned.next().nominal().isAfter(now);
    if (before.filter(PlannedSchedule::paused).isPresent()) {
      var key = ticking.key(id);
      ticking.passOver(
          id,
          isKept ? DueTicks.of(before.get(), key, now) : DueTicks.begun(before.get(), key, now));
      return true;
    }
    ticking.tick(id, Ticking.MOST_TICKS);
    if (!isKept && schedule(id).filter(it -> it.ticksBy(now)).isEmpty()) {
      ticking.decideBegun(id);
    }
    return schedule(id)
        .filter(it -> it.ticksBy(now) || !isKept && it.begun(now).isPresent())
        .isEmpty();
  }

  private Optional<ScheduleSet> planned(
      ScheduleRequest.Put request, Optional<PlannedSchedule> before) {
    var spec = request.spec();
    var anchor =
        spec.start()
            .or(
                () ->
                    before
                        .filter(it -> it.spec().ticks().equals(spec.ticks()))
                        .filter(it -> it.spec().start().isEmpty())
                        .map(PlannedSchedule::anchor))
            // Ids of fetches have the times of ticks, so these are of whole seconds.
            .orElse(turn.now().truncatedTo(ChronoUnit.SECONDS));
    var ticks = SpecTicks.of(spec, anchor);
    var key = ticking.key(request.id());
    return ticks
        .firstAfter(turn.now(), key)
        .map(next -> before.flatMap(it -> begun(it, ticks, key)).orElse(next))
        .map(next -> new ScheduleSet(request.id(), spec, anchor, next, turn.now()));
  }

  /** The tick whose jitter is not over, if it is one of the new contents, and their latest. */
  private Optional<NextTick> begun(PlannedSchedule before, SpecTicks ticks, String key) {
    var now = turn.now();
    var begun = DueTicks.of(before, key, now).next().filter(it -> it.begunBy(now));
    var nominal = begun.map(NextTick::nominal);
    return nominal
        .flatMap(it -> ticks.firstAfter(it.minusNanos(1), key))
        .filter(it -> nominal.equals(Optional.of(it.nominal())))
        .filter(it -> ticks.after(it.nominal()).filter(later -> !later.isAfter(now)).isEmpty());
  }

  private boolean isTooMuch(ScheduleRequest.Put request, Optional<PlannedSchedule> before) {
    var all = turn.schedules();
    var bytes = FetchBatch.bytes(request.spec().fetch().request());
    var others = all.bytes() - before.map(PlannedSchedule::bytes).orElse(0L);
    return before.isEmpty() && all.size() >= Schedules.MOST || others + bytes > turn.mostBytes();
  }

  @Override
  public ScheduleAnswer remove(ScheduleRequest.Remove request) {
    return ifThere(
        request.id(),
        it -> {
          if (!holds(request.condition(), Optional.of(it))) {
            return shown(Result.OTHER_GENERATION, it.id());
          }
          turn.add(new ScheduleRemoved(it.id(), turn.now()));
          return ScheduleAnswer.of(Result.DONE);
        });
  }

  @Override
  public ScheduleAnswer read(ScheduleRequest.Read request) {
    return ifThere(request.id(), it -> shown(Result.DONE, it.id()));
  }

  @Override
  public ScheduleAnswer list(ScheduleRequest.ListAll request) {
    var all = turn.schedules().byId();
    var from = request.after().map(it -> all.tailMap(it, false)).orElse(all);
    return ScheduleAnswer.of(
        from.values().stream()
            .limit(request.limit())
            .map(it -> new InShort(it.id(), it.generation(), it.state(), it.next()))
            .toList());
  }

  @Override
  public ScheduleAnswer pause(ScheduleRequest.Pause request) {
    return ifThere(
        request.id(),
        it -> {
          if (!it.paused()) {
            ticking.tick(it.id(), Ticking.MOST_TICKS);
            turn.add(new SchedulePaused(it.id(), turn.now()));
          }
          return shown(Result.DONE, it.id());
        });
  }

  @Override
  public ScheduleAnswer resume(ScheduleRequest.Resume request) {
    return ifThere(
        request.id(),
        it -> {
          if (it.paused()) {
            turn.add(request.catchUp() ? resumedLate(it) : resumedNow(it));
          }
          return shown(Result.DONE, it.id());
        });
  }

  private ScheduleResumed resumedLate(PlannedSchedule schedule) {
    return new ScheduleResumed(schedule.id(), Optional.empty(), schedule.next(), turn.now());
  }

  private ScheduleResumed resumedNow(PlannedSchedule schedule) {
    var key = ticking.key(schedule.id());
    var due = DueTicks.of(schedule, key, turn.now());
    var passed =
        Optional.of(due.ticks().size())
            .filter(count -> count > 0)
            .map(count -> due.passedOver(count, TickNote.Result.PAUSED, turn.now()));
    var next = due.more() ? schedule.ticks().firstAfter(turn.now(), key) : due.next();
    return new ScheduleResumed(schedule.id(), passed, next, turn.now());
  }

  @Override
  public ScheduleAnswer trigger(ScheduleRequest.Trigger request) {
    return ifThere(request.id(), this::triggered);
  }

  private ScheduleAnswer triggered(PlannedSchedule schedule) {
    var suffix = "~t" + (turn.row() + 1);
    var fetchId = schedule.id() + suffix;
    var verdict = turn.submit(fetchId, Ticking.spec(schedule, suffix));
    if (verdict != Verdict.ACCEPTED) {
      return shown(Result.REFUSED, schedule.id()).ofFetch(verdict, fetchId);
    }
    var tick =
        TickNote.of(
            turn.now(),
            turn.now(),
            TickNote.Via.TRIGGER,
            TickNote.Result.FIRED,
            Optional.of(fetchId),
            Optional.empty());
    turn.add(new ScheduleTicked(schedule.id(), tick, Optional.<NextTick>empty(), turn.now()));
    return shown(Result.DONE, schedule.id()).ofFetch(verdict, fetchId);
  }

  @Override
  public ScheduleAnswer backfill(ScheduleRequest.Backfill request) {
    return ifThere(request.id(), it -> backfilled(it, request));
  }

  private ScheduleAnswer backfilled(PlannedSchedule before, ScheduleRequest.Backfill request) {
    if (request.to().isAfter(turn.now())) {
      return shown(Result.AHEAD, before.id());
    }
    if (before.filling().isPresent() && !request.dryRun()) {
      return shown(Result.BACKFILL_RUNS, before.id());
    }
    var range = Backfilling.of(before, request);
    var refusal = range.refusal(request.allowRepeat());
    if (refusal.isPresent()) {
      return shown(refusal.get(), before.id()).ofBackfill(range.shown());
    }
    if (!request.dryRun() && !range.undone().isEmpty()) {
      begin(before.id(), range, request.to());
    }
    return shown(Result.DONE, before.id()).ofBackfill(range.shown());
  }

  private void begin(String id, Backfilling range, Instant to) {
    turn.add(
        new ScheduleBackfill(id, range.undone().get(0), to, range.undone().size(), turn.now()));
  }
}
