package dev.retriever.origin.view;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.trace.TraceIds;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.FetchSummary;
import dev.retriever.origin.FetchView;
import dev.retriever.origin.FetchView.Erased;
import dev.retriever.origin.FetchView.LateReport;
import dev.retriever.origin.FetchWaiting;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginView;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.core.DueAlarms;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.OwnAlarm;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.SettledFetch;
import dev.retriever.origin.core.Unhandled;
import dev.retriever.origin.core.lines.InLine;
import dev.retriever.origin.span.FetchTrace;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Makes the views of an origin's state for callers and operators. */
public final class Views {
  private Views() {}

  static FetchSummary summary(String originId, OriginState state, PendingFetch fetch) {
    return new FetchSummary(
        originId,
        fetch.id(),
        fetch.acceptedAt(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        fetch.notBefore().filter(at -> state.isScheduled(fetch)));
  }

  static FetchSummary summary(String originId, SettledFetch fetch) {
    return new FetchSummary(
        originId,
        fetch.id(),
        fetch.acceptedAt(),
        Optional.of(fetch.settledAt()),
        Optional.of(fetch.type()),
        fetch.stage(),
        fetch.status(),
        fetch.reason(),
        fetch.exhausted(),
        Optional.empty());
  }

  public static FetchView pending(
      String originType,
      String originId,
      OriginState state,
      PendingFetch fetch,
      List<LateReport> late) {
    return new FetchView(
        originId,
        fetch.id(),
        fetch.acceptedAt(),
        Optional.empty(),
        Optional.empty(),
        false,
        made(fetch.shown(fetch.attempts())),
        late,
        state.standing(fetch).map(it -> waiting(fetch, it)),
        fetch.notBefore(),
        fetch.spec().redriveOf(),
        Erased.NO,
        fetch.told(),
        Optional.of(
            FetchTrace.id(
                new TraceIds(originType, originId, fetch.id(), fetch.acceptedAt()), fetch.spec())));
  }

  private static FetchWaiting waiting(PendingFetch fetch, InLine place) {
    var choice = fetch.spec().queue().orElseThrow();
    var since =
        fetch.ended().stream()
            .flatMap(it -> it.endedAt().stream())
            .reduce((earlier, later) -> later)
            .orElse(fetch.mayBeginAt());
    return new FetchWaiting(choice.name(), choice.key(), choice.priority(), since, place.readyAt());
  }

  /** One that has just settled. */
  public static FetchView settled(
      String originType, String originId, Instant acceptedAt, OriginEvent.FetchSettled event) {
    return settled(originType, originId, acceptedAt, event, List.of(), Erased.NO);
  }

  /**
   * @param erased the event and the reports must not have what is erased
   */
  public static FetchView settled(
      String originType,
      String originId,
      Instant acceptedAt,
      OriginEvent.FetchSettled event,
      List<LateReport> late,
      Erased erased) {
    return new FetchView(
        originId,
        event.fetchId(),
        acceptedAt,
        Optional.of(event.at()),
        Optional.of(event.outcome()),
        event.exhausted(),
        made(event.attempts()),
        late,
        Optional.empty(),
        event.notBefore(),
        event.redriveOf(),
        erased,
        event.told(),
        Optional.of(
            FetchTrace.id(new TraceIds(originType, originId, event.fetchId(), acceptedAt), event)));
  }

  /** Leaves out attempts that were refused for want of room, and what queues have let begin. */
  private static List<Attempt> made(List<Attempt> attempts) {
    return attempts.stream()
        .filter(attempt -> !attempt.wantedRoom())
        .map(Attempt::withoutLease)
        .toList();
  }

  /**
   * @param limit at most so many fetches, alarms and unhandled causes, of each
   */
  public static OriginView origin(
      String originType, String originId, OriginState state, int limit) {
    return new OriginView(
        originId,
        state.row(),
        state.pending().size(),
        state.settled().size(),
        state.alarms().size(),
        state.pending().values().stream()
            .limit(limit)
            .map(fetch -> pending(originType, originId, state, fetch, List.of()))
            .toList(),
        DueAlarms.list(state, AlarmFilter.ALL.atMost(limit), EnumSet.allOf(AlarmView.Kind.class)),
        state.unhandled().values().stream()
            .limit(limit)
            .map(unhandled -> unhandled(state, unhandled))
            .toList());
  }

  public static UnhandledView unhandled(OriginState state, Unhandled unhandled) {
    var retry = new OwnAlarm(OwnAlarm.Kind.HANDLE, unhandled.key());
    return new UnhandledView(
        unhandled.key(),
        unhandled.fetchId(),
        unhandled
            .cause()
            .fold(
                outcome -> Optional.empty(),
                late -> Optional.empty(),
                alarm -> Optional.of(alarm.firing().alarmId())),
        unhandled.then().name(),
        unhandled.tries(),
        unhandled.reason(),
        state.ownAlarms().get(retry.alarmId()).map(alarm -> alarm.due()));
  }
}
