package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.AlarmFilter;
import dev.retriever.origin.AlarmView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which alarms ring, the origin's own and the users', and what each comes to. */
public record DueAlarms(OriginCore core, AlarmCore alarms) {
  /**
   * Alarms are due.
   *
   * @param limit look at so many at most, so that one journal write stays small
   * @param granted by fetch id, the executor that has room for its next attempt, for those that are
   *     due to start. The others go on waiting
   */
  public void due(Steps step, Instant now, double random, int limit, Map<String, String> granted) {
    var spread = new Spread(random);
    var state = step.state();
    var bells = earliestFirst(state.guards().due(now, limit), state.alarms().due(now, limit));
    for (var bell : bells.subList(0, Math.min(limit, bells.size()))) {
      ring(step, bell, now, spread, granted);
    }
    granted.forEach((fetchId, executor) -> start(step, fetchId, executor, now));
  }

  /**
   * The earliest alarms ring now, due or not: those that stood when this began, and as many of them
   * as asked for unless others took them away.
   *
   * @param granted as above; a start without room does not ring
   * @return those that rang, in order
   */
  public List<AlarmView> earliest(
      Steps step, Instant now, double random, int count, Map<String, String> granted) {
    var spread = new Spread(random);
    var rang = new ArrayList<AlarmView>();
    for (var bell : earliest(step.state(), Math.multiplyExact(count, 3))) {
      if (rang.size() < count && ring(step, bell, now, spread, granted)) {
        rang.add(bell.view());
      }
    }
    return List.copyOf(rang);
  }

  private static List<DueAlarm> earliest(OriginState state, int count) {
    var starts = state.starts().earliest(count);
    var guards = new ArrayList<>(state.guards().earliest(count));
    guards.addAll(starts);
    return earliestFirst(guards, state.alarms().earliest(count));
  }

  /** Of those due at the same instant, the origin's own first. */
  private static List<DueAlarm> earliestFirst(
      List<Alarm<OwnAlarm>> guards, List<Alarm<PendingAlarm>> users) {
    var bells = new ArrayList<DueAlarm>();
    guards.forEach(alarm -> bells.add(new DueAlarm.OfGuard(alarm)));
    users.forEach(alarm -> bells.add(new DueAlarm.OfUser(alarm)));
    bells.sort(Comparator.comparing(DueAlarm::due));
    return bells;
  }

  /** False when it is not there any more: what rang with it may have settled what it is for. */
  private boolean ring(
      Steps step, DueAlarm bell, Instant now, Spread spread, Map<String, String> granted) {
    if (!bell.stands(step.state())) {
      return false;
    }
    return bell.fold(
        guard -> {
          if (guard.kind() == OwnAlarm.Kind.START) {
            var executor = granted.get(guard.id());
            return executor != null && start(step, guard.id(), executor, now);
          }
          guarded(step, guard, now, spread.next());
          return true;
        },
        user -> {
          step.take(alarms.fire(user, now));
          return true;
        });
  }

  private void guarded(Steps step, OwnAlarm guard, Instant now, double random) {
    switch (guard.kind()) {
      case DEADLINE -> step.take(core.timeIsUp(pending(step, guard), now));
      case BACKSTOP -> step.take(core.lost(pending(step, guard), now, random));
      case HANDLE -> step.handle(guard.id());
      case START -> throw new IllegalStateException("starts need room: " + guard);
    }
  }

  private static PendingFetch pending(Steps step, OwnAlarm guard) {
    return step.state().pending(guard.id()).orElseThrow();
  }

  private boolean start(Steps step, String fetchId, String executor, Instant now) {
    var fetch = step.state().pending(fetchId).filter(pending -> pending.open().isEmpty());
    fetch.ifPresent(pending -> step.take(core.start(pending, now, executor)));
    return fetch.isPresent();
  }

  /**
   * Those of these kinds that the filter lets through, in the order in which they would ring. The
   * filter's id is what {@link AlarmView#id} says.
   */
  public static List<AlarmView> list(
      OriginState state, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    var anyId = filter.withIdPrefix("");
    var guards = new ArrayList<>(state.guards().list(anyId, guard -> wanted(guard, filter, kinds)));
    guards.addAll(state.starts().list(anyId, guard -> wanted(guard, filter, kinds)));
    var users =
        kinds.contains(AlarmView.Kind.USER)
            ? state.alarms().list(filter)
            : List.<Alarm<PendingAlarm>>of();
    return earliestFirst(guards, users).stream().limit(filter.limit()).map(DueAlarm::view).toList();
  }

  private static boolean wanted(OwnAlarm guard, AlarmFilter filter, Set<AlarmView.Kind> kinds) {
    return guard.id().startsWith(filter.idPrefix())
        && kinds.contains(AlarmView.Kind.valueOf(guard.kind().name()));
  }
}
