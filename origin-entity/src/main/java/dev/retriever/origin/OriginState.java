package dev.retriever.origin;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Alarms;
import dev.retriever.origin.Guard.Kind;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All that an origin knows of its fetches, rebuilt from its events. Immutable, in persistent
 * collections: a change costs a time logarithmic in the number of fetches.
 *
 * @param row the journal row of the latest event, counted from 1
 * @param accepted how many fetches were ever accepted
 * @param orders by fetch id, its place in {@code pending} or {@code settled}
 * @param unhandled by fetch id, those that have settled and whose continuation has not run yet
 * @param settling what the latest row settled, for the row behind it: its continuation failed
 * @param guards the time limits of fetches and attempts; derived, never journaled
 * @param starts when attempts may start; a book of its own, because those due may have to wait for
 *     room, and the guards behind them must not
 */
public record OriginState(
    long row,
    long accepted,
    PMap<String, Long> orders,
    PSortedMap<Long, PendingFetch> pending,
    SettledFetches settled,
    PMap<String, Unhandled> unhandled,
    Optional<Unhandled> settling,
    Alarms<Guard> guards,
    Alarms<Guard> starts) {

  static OriginState empty() {
    return new OriginState(
        0,
        0,
        HashTreePMap.empty(),
        TreePMap.empty(Comparator.<Long>naturalOrder()),
        SettledFetches.none(),
        HashTreePMap.empty(),
        Optional.empty(),
        Alarms.none(),
        Alarms.none());
  }

  /** The state after the next row of the journal. */
  OriginState apply(OriginEvent event) {
    return event.applyTo(nextRow());
  }

  /** The state after a row that is none of its own. */
  OriginState nextRow() {
    return new OriginState(
        row + 1, accepted, orders, pending, settled, unhandled, settling, guards, starts);
  }

  /** Whether nothing will go on by itself: parked fetches wait for somebody. */
  boolean idle() {
    return pending.isEmpty() && unhandled.values().stream().allMatch(Unhandled::parked);
  }

  Optional<PendingFetch> pending(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(pending::get);
  }

  Optional<SettledFetch> settled(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(settled::get);
  }

  OriginState accepted(OriginEvent.FetchAccepted event) {
    var fetch = PendingFetch.accepted(event, accepted + 1);
    var due = fetch.deadline().plus(event.spec().grace());
    var base =
        new OriginState(
            row,
            fetch.order(),
            orders.plus(fetch.id(), fetch.order()),
            pending,
            withoutFormer(fetch.id()),
            unhandled,
            Optional.empty(),
            schedule(guards, Kind.DEADLINE, fetch.id(), due),
            starts);
    return event
        .executor()
        .map(executor -> base.withOpen(fetch, Attempt.open(1, executor, event.at())))
        .orElseGet(() -> base.awaitingStart(fetch, event.at()));
  }

  /** A fetch that was accepted under that id before, and whose retention is over. */
  private SettledFetches withoutFormer(String fetchId) {
    return settled(fetchId).map(former -> settled.minus(former.order())).orElse(settled);
  }

  OriginState attemptStarted(OriginEvent.AttemptStarted event) {
    var fetch = require(event.fetchId());
    return withOpen(fetch, Attempt.open(event.attempt(), event.executor(), event.at()));
  }

  OriginState attemptEnded(OriginEvent.AttemptEnded event) {
    var fetch = require(event.fetchId());
    var open = fetch.open().orElseThrow();
    var attempt =
        event.heard()
            ? open.ended(event.report(), event.at())
            : open.endedUnheard(event.report(), event.at());
    return awaitingStart(fetch.withEnded(attempt, event.report()), event.retryAt());
  }

  OriginState settled(OriginEvent.FetchSettled event) {
    var fetch = require(event.fetchId());
    return new OriginState(
        row,
        accepted,
        orders,
        pending.minus(fetch.order()),
        settled.plus(SettledFetch.of(fetch, event, row)),
        unhandled,
        fetch.then().map(then -> Unhandled.of(fetch.id(), then, event.outcome())),
        cancel(cancel(guards, Kind.DEADLINE, fetch.id()), Kind.BACKSTOP, fetch.id()),
        cancel(starts, Kind.START, fetch.id()));
  }

  OriginState late(OriginEvent.LateAnswerKept event) {
    var waiting = pending(event.fetchId());
    if (waiting.isPresent()) {
      return with(waiting.get().withLate(event.attempt(), event.report(), row), guards, starts);
    }
    var done = settled(event.fetchId()).orElseThrow();
    var updated = done.withLate(event.attempt(), event.report(), row);
    return new OriginState(
        row,
        accepted,
        orders,
        pending,
        settled.updated(updated),
        unhandled,
        Optional.empty(),
        guards,
        starts);
  }

  OriginState handlingFailed(OriginEvent.HandlingFailed event) {
    var id = event.fetchId();
    var failing =
        Optional.ofNullable(unhandled.get(id))
            .or(() -> settling.filter(latest -> latest.fetchId().equals(id)))
            .orElseThrow()
            .failed(event.reason(), event.retryAt().isEmpty());
    var unguarded = cancel(guards, Kind.HANDLE, id);
    return with(
        unhandled.plus(id, failing),
        settled.held(orders.get(id)),
        event.retryAt().map(at -> schedule(unguarded, Kind.HANDLE, id, at)).orElse(unguarded));
  }

  OriginState handled(OriginEvent.ContinuationHandled event) {
    var id = event.fetchId();
    return with(
        unhandled.minus(id), settled.released(orders.get(id)), cancel(guards, Kind.HANDLE, id));
  }

  OriginState forgotten(OriginEvent.SettledForgotten event) {
    var left = settled;
    var known = orders;
    for (var order : event.orders()) {
      known = known.minus(settled.get(order).id());
      left = left.minus(order);
    }
    return new OriginState(
        row, accepted, known, pending, left, unhandled, Optional.empty(), guards, starts);
  }

  private OriginState with(
      PMap<String, Unhandled> newUnhandled, SettledFetches newSettled, Alarms<Guard> newGuards) {
    return new OriginState(
        row,
        accepted,
        orders,
        pending,
        newSettled,
        newUnhandled,
        Optional.empty(),
        newGuards,
        starts);
  }

  private OriginState withOpen(PendingFetch fetch, Attempt attempt) {
    var due = fetch.backstop(attempt.startedAt());
    return with(
        fetch.withOpen(attempt),
        schedule(guards, Kind.BACKSTOP, fetch.id(), due),
        cancel(starts, Kind.START, fetch.id()));
  }

  private OriginState awaitingStart(PendingFetch fetch, Instant startAt) {
    return with(
        fetch,
        cancel(guards, Kind.BACKSTOP, fetch.id()),
        schedule(starts, Kind.START, fetch.id(), startAt));
  }

  private OriginState with(PendingFetch fetch, Alarms<Guard> newGuards, Alarms<Guard> newStarts) {
    return new OriginState(
        row,
        accepted,
        orders,
        pending.plus(fetch.order(), fetch),
        settled,
        unhandled,
        Optional.empty(),
        newGuards,
        newStarts);
  }

  private static Alarms<Guard> schedule(
      Alarms<Guard> book, Kind kind, String fetchId, Instant due) {
    var guard = new Guard(kind, fetchId);
    return book.schedule(new Alarm<>(guard.alarmId(), due, guard));
  }

  private static Alarms<Guard> cancel(Alarms<Guard> book, Kind kind, String fetchId) {
    return book.cancel(new Guard(kind, fetchId).alarmId());
  }

  private PendingFetch require(String fetchId) {
    return pending(fetchId)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the journal has an event on fetch "
                        + fetchId
                        + " at row "
                        + row
                        + ", but no such fetch is pending"));
  }
}
