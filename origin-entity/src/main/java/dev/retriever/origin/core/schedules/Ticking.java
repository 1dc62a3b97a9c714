package dev.retriever.origin.core.schedules;

import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.schedules.NextTick;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleMissed;
import dev.retriever.origin.schedules.ScheduleEvent.ScheduleTicked;
import dev.retriever.origin.schedules.TickNote;
import dev.retriever.origin.schedules.TickNote.Result;
import dev.retriever.origin.schedules.TickNote.Via;
import java.time.Instant;
import java.util.Optional;

/** Decides what ticks do. A tick and its fetch are rows of one write. */
public record Ticking(ScheduleTurn turn) {
  /** Most ticks that are decided in one write, inclusive. */
  public static final int MOST_TICKS = 64;

  private static final String OVERLAP = "overlap";
  private static final String DONE = "done";

  /** Whether anything of it is due. */
  boolean isDue(PlannedSchedule schedule) {
    return schedule.dueAt().filter(it -> !it.isAfter(turn.now())).isPresent();
  }

  /**
   * Decides the ticks of that schedule that are due, and goes on with its backfill. What does not
   * fit into the turn stays due.
   */
  public void tick(String id) {
    turn.schedules().get(id).filter(this::isDue).ifPresent(this::decide);
  }

  private void decide(PlannedSchedule schedule) {
    if (!schedule.paused() && schedule.next().filter(this::isDue).isPresent()) {
      onTime(schedule);
    }
    fill(schedule.id());
  }

  private boolean isDue(NextTick tick) {
    return !tick.due().isAfter(turn.now());
  }

  /** The ticks whose waiting is over, because the fetch before them has settled in this turn. */
  public void startWaiting() {
    for (var id : turn.schedules().waiting()) {
      var schedule = turn.schedules().get(id).orElseThrow();
      if (schedule.running().filter(turn::isRunning).isEmpty()) {
        fire(schedule, schedule.waiting().orElseThrow(), Via.WAIT, Optional.empty());
      }
    }
  }

  /** The key of the jitter. */
  String key(String scheduleId) {
    return turn.originId() + "|" + scheduleId;
  }

  private void onTime(PlannedSchedule schedule) {
    var due = DueTicks.of(schedule, key(schedule.id()), turn.now());
    var missed = due.missed(schedule.spec().catchUp(), turn.now());
    if (missed > 0) {
      if (!turn.takesTick()) {
        return;
      }
      turn.add(
          new ScheduleMissed(
              schedule.id(),
              due.passedOver(missed, Result.MISSED, turn.now()),
              due.following(missed - 1),
              turn.now()));
    }
    if (due.more()) {
      return;
    }
    for (var i = missed; i < due.ticks().size() && turn.takesTick(); i++) {
      var now = turn.schedules().get(schedule.id()).orElseThrow();
      if (now.next().isEmpty()) {
        return;
      }
      var via = due.isLate(i, turn.now()) ? Via.CATCH_UP : Via.TIME;
      onTime(now, due.ticks().get(i).nominal(), via, due.following(i));
    }
  }

  private void onTime(
      PlannedSchedule schedule, Instant nominal, Via via, Optional<NextTick> following) {
    var running = schedule.running().filter(turn::isRunning);
    if (schedule.done().contains(nominal)) {
      skip(schedule, nominal, via, DONE, following);
      return;
    }
    if (running.isEmpty()) {
      fire(schedule, nominal, via, following);
      return;
    }
    switch (schedule.spec().overlap()) {
      case SKIP -> skip(schedule, nominal, via, OVERLAP, following);
      case QUEUE_ONE -> {
        if (schedule.waiting().isPresent()) {
          skip(schedule, nominal, via, OVERLAP, following);
        } else {
          decided(schedule, note(nominal, via, Result.WAITS), left(schedule, following));
        }
      }
      case CANCEL -> {
        // Not before: when this one is refused, the one before goes on.
        if (fire(schedule, nominal, via, following)) {
          turn.cancel(running.get().fetchId());
        }
      }
      case ALLOW -> fire(schedule, nominal, via, following);
    }
  }

  /** The tick after the one that makes a fetch or waits for it. */
  private static Optional<NextTick> left(PlannedSchedule schedule, Optional<NextTick> following) {
    return following.filter(it -> schedule.runsLeft() > 1);
  }

  /** Whether its fetch was accepted; else the tick is skipped. */
  private boolean fire(
      PlannedSchedule schedule, Instant nominal, Via via, Optional<NextTick> following) {
    var fetchId = schedule.fetchId(nominal);
    var verdict = turn.submit(fetchId, spec(schedule, schedule.suffix(nominal)));
    if (verdict != Verdict.ACCEPTED) {
      skip(schedule, nominal, via, reason(verdict), following);
      return false;
    }
    var counts = via != Via.BACKFILL && via != Via.WAIT;
    var tick =
        TickNote.of(nominal, turn.now(), via, Result.FIRED, Optional.of(fetchId), Optional.empty());
    decided(schedule, tick, counts ? left(schedule, following) : following);
    return true;
  }

  /** The fetch of one tick. Without a key of its own, a target would take it for the one before. */
  static FetchSpec spec(PlannedSchedule schedule, String suffix) {
    var fetch = schedule.spec().fetch();
    return fetch
        .request()
        .idempotencyKey()
        .map(key -> fetch.request(fetch.request().idempotencyKey(key + suffix)))
        .orElse(fetch);
  }

  private static String reason(Verdict verdict) {
    return verdict == Verdict.EXISTING ? "fetch-exists" : verdict.label();
  }

  private void skip(
      PlannedSchedule schedule,
      Instant nominal,
      Via via,
      String reason,
      Optional<NextTick> following) {
    var tick =
        TickNote.of(
            nominal, turn.now(), via, Result.SKIPPED, Optional.empty(), Optional.of(reason));
    decided(schedule, tick, following);
  }

  private TickNote note(Instant nominal, Via via, Result result) {
    return TickNote.of(nominal, turn.now(), via, result, Optional.empty(), Optional.empty());
  }

  private void decided(PlannedSchedule schedule, TickNote tick, Optional<NextTick> following) {
    turn.add(new ScheduleTicked(schedule.id(), tick, following, turn.now()));
  }

  private void fill(String id) {
    var schedule = turn.schedules().get(id);
    while (schedule.flatMap(PlannedSchedule::filling).isPresent() && turn.takesTick()) {
      fillOne(schedule.get());
      schedule = turn.schedules().get(id);
    }
  }

  private void fillOne(PlannedSchedule schedule) {
    var filling = schedule.filling().orElseThrow();
    var following =
        Backfilling.undone(schedule, filling.next(), filling.to())
            .map(nominal -> new NextTick(nominal, turn.now()));
    if (schedule.done().contains(filling.next())) {
      skip(schedule, filling.next(), Via.BACKFILL, DONE, following);
    } else {
      fire(schedule, filling.next(), Via.BACKFILL, following);
    }
  }
}
