package dev.retriever.origin.core;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Alarms;
import dev.retriever.executor.Report;
import dev.retriever.origin.Attempt;
import dev.retriever.origin.Firing;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.core.OwnAlarm.Kind;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.lines.WaitingLines;
import dev.retriever.origin.core.schedules.PlannedSchedule;
import dev.retriever.origin.core.schedules.ScheduleBook;
import dev.retriever.origin.core.specs.PendingUse;
import java.time.Instant;
import java.util.Optional;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;

/** The state while one row of the journal is applied. Made for one row. */
final class StateDraft implements OriginEvent.Draft {
  private final Optional<Unhandled> arisen;
  private long row;
  private long accepted;
  private PMap<String, Long> orders;
  private PSortedMap<Long, PendingFetch> pending;
  private SettledFetches settled;
  private PMap<String, Unhandled> unhandled;
  private Optional<Unhandled> arising = Optional.empty();
  private Alarms<OwnAlarm> ownAlarms;
  private Starts starts;
  private Alarms<PendingAlarm> alarms;
  private WaitingLines lines;
  private PendingUse use;
  private Optional<Instant> born;
  private ScheduleBook schedules;

  StateDraft(OriginState before) {
    arisen = before.arising();
    row = before.row() + 1;
    accepted = before.accepted();
    orders = before.orders();
    pending = before.pending();
    settled = before.settled();
    unhandled = before.unhandled();
    ownAlarms = before.ownAlarms();
    starts = before.starts();
    alarms = before.alarms();
    lines = before.lines();
    use = before.use();
    born = before.born();
    schedules = before.schedules();
  }

  /** The first event of a life, as far as it is known, says when it began. */
  StateDraft at(Instant time) {
    born = born.or(() -> Optional.of(time));
    return this;
  }

  OriginState done() {
    return new OriginState(
        row, accepted, orders, pending, settled, unhandled, arising, ownAlarms, starts, alarms,
        lines, use, born, schedules);
  }

  @Override
  public void accepted(OriginEvent.FetchAccepted event) {
    accepted++;
    var fetch = PendingFetch.accepted(event, accepted, row);
    // A fetch with that id was accepted before, and its retention is over.
    settledUnder(fetch.id()).ifPresent(former -> settled = settled.minus(former.order()));
    orders = orders.plus(fetch.id(), accepted);
    use = use.plus(fetch.spec(), fetch.bytes());
    schedule(Kind.DEADLINE, fetch.id(), fetch.guardAt());
    event
        .executor()
        .ifPresentOrElse(
            poolId -> open(fetch, Attempt.open(1, poolId, event.at(), event.lease())),
            () -> awaitStart(fetch, event.at()));
  }

  @Override
  public void scheduled(OriginEvent.FetchScheduled event) {
    var fetch = require(event.fetchId()).from(event.notBefore());
    leavesItsPlace(fetch);
    put(fetch);
    schedule(Kind.DEADLINE, fetch.id(), fetch.guardAt());
    fetch
        .spec()
        .queue()
        .ifPresentOrElse(
            choice -> {
              lines = lines.reserved(choice.name(), Spot.of(choice));
              schedule(Kind.DUE, fetch.id(), event.notBefore());
            },
            () -> starts = starts.schedule(fetch, event.notBefore()));
  }

  @Override
  public void due(OriginEvent.FetchDue event) {
    var fetch = require(event.fetchId());
    leavesItsPlace(fetch);
    var early = event.at().isBefore(fetch.mayBeginAt());
    var begins = early ? fetch.from(event.at()) : fetch;
    schedule(Kind.DEADLINE, fetch.id(), begins.guardAt());
    awaitStart(begins, begins.mayBeginAt());
  }

  /** Where it waits, or will wait, for its first attempt. */
  private void leavesItsPlace(PendingFetch fetch) {
    starts = starts.cancel(fetch);
    fetch
        .spec()
        .queue()
        .ifPresent(
            choice -> {
              if (ownAlarms.get(new OwnAlarm(Kind.DUE, fetch.id()).alarmId()).isPresent()) {
                cancel(Kind.DUE, fetch.id());
                lines = lines.unreserved(choice.name(), Spot.of(choice));
              } else {
                lines = lines.leaves(choice.name(), Spot.of(choice), fetch.order());
              }
            });
  }

  @Override
  public void attemptStarted(OriginEvent.AttemptStarted event) {
    var attempt =
        Attempt.open(event.attempt(), event.executor(), event.at(), event.lease(), event.url());
    open(require(event.fetchId()), attempt);
  }

  @Override
  public void attemptEnded(OriginEvent.AttemptEnded event) {
    var fetch = require(event.fetchId());
    var open = fetch.open().orElseThrow();
    var attempt =
        event.heard()
            ? open.ended(event.report(), event.at())
            : open.endedUnheard(event.report(), event.at());
    cancel(Kind.BACKSTOP, fetch.id());
    awaitStart(fetch.withEnded(attempt, event.report(), event.redirect()), event.retryAt());
  }

  private void open(PendingFetch fetch, Attempt attempt) {
    var begun = fetch.withOpen(attempt);
    put(begun);
    starts = starts.cancel(fetch);
    begun.spec().queue().ifPresent(choice -> runs(begun, choice));
    schedule(Kind.BACKSTOP, fetch.id(), fetch.backstop(attempt.startedAt()));
  }

  private void awaitStart(PendingFetch fetch, Instant startAt) {
    put(fetch);
    fetch
        .spec()
        .queue()
        .ifPresentOrElse(
            choice -> waits(fetch, choice, startAt),
            () -> starts = starts.schedule(fetch, startAt));
  }

  private void waits(PendingFetch fetch, QueueChoice choice, Instant readyAt) {
    lines = fetch.in(lines, readyAt);
    guard(fetch, choice);
  }

  private void runs(PendingFetch fetch, QueueChoice choice) {
    lines = fetch.in(lines, fetch.acceptedAt());
    fetch
        .open()
        .flatMap(Attempt::lease)
        .filter(lease -> !lease.isPass())
        .ifPresent(lease -> lines = lines.used(choice.name(), lease.grantNo()));
    guard(fetch, choice);
  }

  /** The longest wait for the first attempt counts while the fetch waits for it. */
  private void guard(PendingFetch fetch, QueueChoice choice) {
    if (choice.waitAtMost().isPresent()) {
      schedule(Kind.DEADLINE, fetch.id(), fetch.guardAt());
    }
  }

  @Override
  public void settled(OriginEvent.FetchSettled event) {
    var fetch = require(event.fetchId());
    pending = pending.minus(fetch.order());
    settled = settled.plus(SettledFetch.of(fetch, event, row));
    cancel(Kind.DEADLINE, fetch.id());
    cancel(Kind.BACKSTOP, fetch.id());
    leavesItsPlace(fetch);
    use = use.minus(fetch.spec(), fetch.bytes());
    var cause = new Cause.OfOutcome(fetch.id(), event.outcome());
    arising = fetch.then().map(then -> Unhandled.of(cause, then));
  }

  @Override
  public void late(OriginEvent.LateAnswerKept event) {
    var done = settledUnder(event.fetchId());
    if (done.isEmpty()) {
      put(require(event.fetchId()).withLate(event.attempt(), event.report(), row));
      return;
    }
    var fetch = done.get();
    settled = settled.updated(fetch.withLate(event.attempt(), event.report(), row));
    if (event.report() instanceof Report.Answered answered) {
      var cause = new Cause.OfLateAnswer(fetch.id(), event.attempt(), answered.response());
      arising = fetch.then().map(then -> Unhandled.of(cause, then));
    }
  }

  @Override
  public void bodiesErased(OriginEvent.BodiesErased event) {
    var fetch = requireSettled(event.fetchId()).erasedAt(row, event.at());
    // It stays, however old, until its rows are overwritten.
    settled = settled.updated(fetch).held(fetch);
    schedule(Kind.ERASE, fetch.id(), Erasing.again(fetch, event.at()));
  }

  @Override
  public void erasureDone(OriginEvent.ErasureDone event) {
    var fetch = requireSettled(event.fetchId()).erasureDone();
    settled = settled.updated(fetch).released(fetch);
    cancel(Kind.ERASE, fetch.id());
  }

  private SettledFetch requireSettled(String fetchId) {
    return settledUnder(fetchId).orElseThrow(() -> inconsistent("fetch " + fetchId, "has settled"));
  }

  @Override
  public void handlingFailed(OriginEvent.HandlingFailed event) {
    var key = event.cause();
    var failing =
        arisen
            .filter(latest -> latest.key().equals(key))
            .or(() -> Optional.ofNullable(unhandled.get(key)))
            .orElseThrow(() -> inconsistent("the cause " + key, "is unhandled"));
    cancel(Kind.HANDLE, key);
    unhandled = unhandled.plus(key, failing.failed(event.reason(), event.retryAt().isEmpty()));
    event.retryAt().ifPresent(at -> schedule(Kind.HANDLE, key, at));
    fetchOf(failing).ifPresent(fetch -> settled = settled.held(fetch));
  }

  @Override
  public void handled(OriginEvent.ContinuationHandled event) {
    var done = Optional.ofNullable(unhandled.get(event.cause()));
    forget(event.cause());
    done.flatMap(this::fetchOf)
        .filter(fetch -> fetch.causes().noneMatch(unhandled::containsKey))
        .ifPresent(fetch -> settled = settled.released(fetch));
  }

  private Optional<SettledFetch> fetchOf(Unhandled cause) {
    return cause.fetchId().flatMap(this::settledUnder);
  }

  @Override
  public void forgotten(OriginEvent.SettledForgotten event) {
    for (var order : event.orders()) {
      orders = orders.minus(settled.get(order).id());
      settled = settled.minus(order);
    }
  }

  @Override
  public void originForgotten(OriginEvent.OriginForgotten event) {
    var nothing = OriginState.empty();
    row = event.row();
    accepted = event.accepted();
    orders = nothing.orders();
    pending = nothing.pending();
    settled = nothing.settled().forgottenTo(event.forgotten());
    unhandled = nothing.unhandled();
    ownAlarms = nothing.ownAlarms();
    starts = nothing.starts();
    alarms = nothing.alarms();
    lines = nothing.lines();
    use = nothing.use();
    born = event.born();
    schedules = nothing.schedules();
  }

  @Override
  public void alarmScheduled(OriginEvent.AlarmScheduled event) {
    var alarm = new PendingAlarm(event.schedule(), event.then(), row);
    alarms = alarms.schedule(new Alarm<>(event.alarmId(), event.due(), alarm));
  }

  @Override
  public void alarmCancelled(OriginEvent.AlarmCancelled event) {
    alarms = alarms.cancel(event.alarmId());
  }

  @Override
  public void alarmFired(OriginEvent.AlarmFired event) {
    var alarm =
        alarms
            .get(event.alarmId())
            .orElseThrow(() -> inconsistent("alarm " + event.alarmId(), "is scheduled"))
            .payload();
    var firing = new Firing(event.alarmId(), event.due(), event.at());
    var cause = new Cause.OfAlarm(firing, alarm.row());
    // An earlier tick may be unhandled: this one stands for it too.
    forget(cause.key());
    arising = Optional.of(Unhandled.of(cause, alarm.then()));
    alarms =
        event
            .next()
            .map(next -> alarms.schedule(new Alarm<>(event.alarmId(), next, alarm)))
            .orElseGet(() -> alarms.cancel(event.alarmId()));
  }

  @Override
  public void ofSchedule(OriginEvent.OfSchedule event) {
    var id = event.scheduleId();
    schedules = schedules.apply(event, row, accepted);
    schedules
        .get(id)
        .flatMap(PlannedSchedule::dueAt)
        .ifPresentOrElse(due -> schedule(Kind.TICK, id, due), () -> cancel(Kind.TICK, id));
  }

  private void forget(String cause) {
    unhandled = unhandled.minus(cause);
    cancel(Kind.HANDLE, cause);
  }

  private void put(PendingFetch fetch) {
    pending = pending.plus(fetch.order(), fetch);
  }

  private void schedule(Kind kind, String id, Instant due) {
    var alarm = new OwnAlarm(kind, id);
    ownAlarms = ownAlarms.schedule(new Alarm<>(alarm.alarmId(), due, alarm));
  }

  private void cancel(Kind kind, String id) {
    ownAlarms = ownAlarms.cancel(new OwnAlarm(kind, id).alarmId());
  }

  private PendingFetch require(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId))
        .map(pending::get)
        .orElseThrow(() -> inconsistent("fetch " + fetchId, "is pending"));
  }

  private Optional<SettledFetch> settledUnder(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(settled::get);
  }

  private IllegalStateException inconsistent(String what, String standing) {
    return new IllegalStateException(
        "row %d of the journal is about %s, but no such thing %s".formatted(row, what, standing));
  }
}
