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

  /** How many ticks each of several schedules may decide in a turn, so that none waits for all. */
  public static int share(long schedules) {
    return (int) Math.max(1, MOST_TICKS / Math.max(1, schedules));
  }

  /**
   * Decides the ticks of that schedule that are due, those of a backfill excepted. What does not
   * fit into the turn stays due.
   *
   * @param most so many
   */
  public void tick(String id, int most) {
    turn.schedules()
        .get(id)
        .filter(schedule -> schedule.ticksBy(turn.now()))
        .ifPresent(schedule -> onTime(schedule, most));
  }

  /**
   * The ticks whose waiting is over: the fetch before them has settled in this turn, or other
   * contents let them run beside it, or in its place.
   */
  public void startWaiting() {
    for (var id : turn.schedules().waiting()) {
      startWaiting(turn.schedules().get(id).orElseThrow());
    }
  }

  private void startWaiting(PlannedSchedule schedule) {
    var nominal = schedule.waiting().orElseThrow();
    var running = schedule.running().filter(turn::isRunning);
    if (running.isEmpty()) {
      fire(schedule, nominal, Via.WAIT, Optional.empty());
      return;
    }
    switch (schedule.spec().overlap()) {
      case SKIP, QUEUE_ONE -> {}
      case ALLOW -> fire(schedule, nominal, Via.WAIT, Optional.empty());
      case CANCEL -> {
        if (fire(schedule, nominal, Via.WAIT, Optional.empty())) {
          turn.cancel(running.get().fetchId());
        }
      }
    }
  }

  /**
   * Decides the tick whose time has come and whose jitter is not over, before other contents make
   * it disappear. Without room in the turn it stays.
   */
  void decideBegun(String id) {
    var schedule = turn.schedules().get(id);
    schedule
        .flatMap(it -> it.begun(turn.now()))
        .filter(tick -> turn.takesTick())
        .ifPresent(
            tick ->
                onTime(
                    schedule.get(),
                    tick.nominal(),
                    Via.TIME,
                    schedule.get().ticks().next(tick, key(id))));
  }

  /** Passes over the ticks of a pause, before other contents make them disappear. */
  void passOver(String id, DueTicks paused) {
    if (!paused.ticks().isEmpty()) {
      var count = paused.ticks().size();
      turn.add(
          new ScheduleMissed(
              id, paused.passedOver(count, Result.PAUSED, turn.now()), paused.next(), turn.now()));
    }
  }

  /** The key of the jitter. */
  String key(String scheduleId) {
    return turn.originId() + "|" + scheduleId;
  }

  private void onTime(PlannedSchedule schedule, int most) {
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
    var end = Math.min(due.ticks().size(), missed + most);
    for (var i = missed; i < end && turn.takesTick(); i++) {
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

  /**
   * The fetch of one tick. Without a key of its own, a target would take it for the one before.
   * Numbers of rows come again when an origin was forgotten, so the key also says since when the
   * contents stand.
   */
  static FetchSpec spec(PlannedSchedule schedule, String suffix) {
    var fetch = schedule.spec().fetch();
    var since = "~" + Long.toString(schedule.changedAt().toEpochMilli(), Character.MAX_RADIX);
    return fetch
        .request()
        .idempotencyKey()
        .map(key -> fetch.request(fetch.request().idempotencyKey(key + suffix + since)))
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

  /** Goes on with its backfill, if it has one, as far as the turn has room. */
  public void backfill(String id) {
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
