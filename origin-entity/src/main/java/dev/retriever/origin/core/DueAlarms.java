package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.core.schedules.Ticking;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Fires alarms, the origin's own and the users', and makes the decision that each leads to. */
public record DueAlarms(OriginCore core, AlarmCore userAlarms) {
  /** Numbers from [0, 1) that are well apart, so that the retries after one input do not bunch. */
  static final class Spread {
    private static final double GOLDEN = 0.6180339887498949;
    private final double first;
    private int given;

    Spread(double first) {
      this.first = first;
    }

    double next() {
      return (first + GOLDEN * given++) % 1;
    }
  }

  /**
   * Fires the alarms that are due.
   *
   * @param limit at most this many alarms, so that one journal write stays small
   * @param granted by fetch id, the pool that has room for the next attempt; a fetch that is due to
   *     start and is not in it waits
   */
  void fire(Steps step, Instant now, double random, int limit, Map<String, String> granted) {
    var spread = new Spread(random);
    var state = step.state();
    var all = earliestFirst(ownDue(state, now, limit), state.alarms().due(now, limit));
    var due = all.subList(0, Math.min(limit, all.size()));
    var ticks = Ticking.share(due.stream().filter(DueAlarms::isTick).count());
    for (var alarm : due) {
      fire(step, alarm, now, spread, granted, ticks);
    }
    granted.forEach((fetchId, poolId) -> start(step, fetchId, poolId, now));
    backfills(step.state(), now, limit).forEach(step::backfill);
  }

  /** Backfills go on behind everything else, so that nothing waits for thousands of past ticks. */
  private static List<Alarm<OwnAlarm>> ownDue(OriginState state, Instant now, int limit) {
    return state.ownAlarms().list(dueUntil(now, limit), own -> !isBackfill(state, own, now));
  }

  private static List<String> backfills(OriginState state, Instant now, int limit) {
    return state.ownAlarms().list(dueUntil(now, limit), own -> isBackfill(state, own, now)).stream()
        .map(alarm -> alarm.payload().id())
        .toList();
  }

  private static AlarmFilter dueUntil(Instant now, int limit) {
    return AlarmFilter.ALL.dueUntil(now).atMost(Math.max(limit, 0));
  }

  private static boolean isBackfill(OriginState state, OwnAlarm own, Instant now) {
    return own.kind() == OwnAlarm.Kind.TICK
        && state.schedules().get(own.id()).filter(it -> it.ticksBy(now)).isEmpty();
  }

  private static boolean isTick(DueAlarm alarm) {
    return alarm.fold(own -> own.kind() == OwnAlarm.Kind.TICK, user -> false);
  }

  /**
   * Fires the earliest alarms now, due or not. Only alarms of the state before this call fire, and
   * an alarm that another one has cancelled meanwhile does not count.
   *
   * @param granted as above; a start without room does not fire
   * @return the alarms that fired, in order
   */
  List<AlarmView> fireEarliest(
      Steps step, Instant now, double random, int count, Map<String, String> granted) {
    var spread = new Spread(random);
    var fired = new ArrayList<AlarmView>();
    for (var alarm : earliest(step.state(), Math.multiplyExact(count, 3))) {
      if (fired.size() < count && fire(step, alarm, now, spread, granted, Ticking.MOST_TICKS)) {
        fired.add(alarm.view());
      }
    }
    goOn(step, fired);
    return List.copyOf(fired);
  }

  private static void goOn(Steps step, List<AlarmView> fired) {
    fired.stream()
        .filter(alarm -> alarm.kind() == AlarmView.Kind.TICK)
        .forEach(alarm -> step.backfill(alarm.id()));
  }

  /** Whether that alarm is the earliest. Times are compared by milliseconds, as they are shown. */
  boolean isEarliest(OriginState state, AlarmView shown) {
    return earliest(state, 1).stream()
        .limit(1)
        .map(DueAlarm::view)
        .anyMatch(
            it ->
                it.kind() == shown.kind()
                    && it.id().equals(shown.id())
                    && it.due().toEpochMilli() == shown.due().toEpochMilli());
  }

  /**
   * Fires the earliest alarm now, due or not, and no other one in its place.
   *
   * @param granted as above
   * @return the alarm if it fired
   */
  List<AlarmView> fireFirst(Steps step, Instant now, double random, Map<String, String> granted) {
    var spread = new Spread(random);
    var fired =
        earliest(step.state(), 1).stream()
            .limit(1)
            .filter(alarm -> fire(step, alarm, now, spread, granted, Ticking.MOST_TICKS))
            .map(DueAlarm::view)
            .toList();
    goOn(step, fired);
    return fired;
  }

  private static List<DueAlarm> earliest(OriginState state, int count) {
    var starts = state.starts().earliest(count);
    var own = new ArrayList<>(state.ownAlarms().earliest(count));
    own.addAll(starts);
    return earliestFirst(own, state.alarms().earliest(count));
  }

  /** Of alarms due at the same instant, the origin's own come first. */
  private static List<DueAlarm> earliestFirst(
      List<Alarm<OwnAlarm>> own, List<Alarm<PendingAlarm>> users) {
    var all = new ArrayList<DueAlarm>();
    own.forEach(alarm -> all.add(new DueAlarm.Own(alarm)));
    users.forEach(alarm -> all.add(new DueAlarm.User(alarm)));
    all.sort(Comparator.comparing(DueAlarm::due));
    return all;
  }

  /**
   * False when an alarm that fired before has cancelled this one, or a start has no room.
   *
   * @param ticks most of one schedule
   */
  private boolean fire(
      Steps step,
      DueAlarm alarm,
      Instant now,
      Spread spread,
      Map<String, String> granted,
      int ticks) {
    if (!alarm.stands(step.state())) {
      return false;
    }
    return alarm.fold(
        own -> {
          if (own.kind() == OwnAlarm.Kind.START) {
            var poolId = granted.get(own.id());
            return poolId != null && start(step, own.id(), poolId, now);
          }
          if (own.kind() == OwnAlarm.Kind.TICK && alarm.due().isAfter(now)) {
            // Its ticks have ids of their time; a fetch before it is what a schedule's trigger is
            // for.
            return false;
          }
          fireOwn(step, own, now, spread.next(), ticks);
          return true;
        },
        user -> {
          step.take(userAlarms.fire(user, now));
          return true;
        });
  }

  private void fireOwn(Steps step, OwnAlarm own, Instant now, double random, int ticks) {
    switch (own.kind()) {
      case DEADLINE -> step.take(core.deadlinePassed(pending(step, own), now));
      case DUE -> step.take(Scheduling.due(pending(step, own), now));
      case BACKSTOP -> step.take(core.lost(pending(step, own), now, random));
      case HANDLE -> step.handle(own.id());
      case TICK -> step.tick(own.id(), ticks);
      case ERASE -> step.take(Erasing.asked(own.id(), now));
      case START -> throw new IllegalStateException("starts need room: " + own);
    }
  }

  private static PendingFetch pending(Steps step, OwnAlarm own) {
    return step.state().pending(own.id()).orElseThrow();
  }

  private boolean start(Steps step, String fetchId, String poolId, Instant now) {
    step.state()
        .pending(fetchId)
        .filter(pending -> step.state().isScheduled(pending) && pending.mayBeginAt().isAfter(now))
        // Fired before its time: its time limits count from now.
        .ifPresent(pending -> step.take(Scheduling.due(pending, now)));
    return step.state()
        .pending(fetchId)
        .filter(pending -> pending.open().isEmpty())
        .filter(pending -> step.begin(pending, poolId, Optional.empty()))
        .isPresent();
  }

  /**
   * Lists the alarms of these kinds that the filter lets through, in the order in which they fire.
   * The filter compares its id prefix with {@link AlarmView#id}.
   */
  public static List<AlarmView> list(
      OriginState state, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    var anyId = filter.withIdPrefix("");
    var own = new ArrayList<>(state.ownAlarms().list(anyId, it -> wanted(it, filter, kinds)));
    own.addAll(state.starts().list(anyId, it -> wanted(it, filter, kinds)));
    var users =
        kinds.contains(AlarmView.Kind.USER)
            ? state.alarms().list(filter)
            : List.<Alarm<PendingAlarm>>of();
    return earliestFirst(own, users).stream().limit(filter.limit()).map(DueAlarm::view).toList();
  }

  private static boolean wanted(OwnAlarm own, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    return own.id().startsWith(filter.idPrefix())
        && kinds.contains(AlarmView.Kind.valueOf(own.kind().name()));
  }
}
