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
 * All that an origin knows, rebuilt from its events. Immutable, in persistent collections: a change
 * costs a time logarithmic in the number of fetches.
 *
 * @param row the journal row of the latest event, counted from 1
 * @param accepted how many fetches were ever accepted
 * @param orders by fetch id, its place in {@code pending} or {@code settled}
 * @param guards the time limits of fetches and attempts; derived, never journaled
 * @param starts when attempts may start; a book of its own, because those due may have to wait for
 *     room, and the guards behind them must not
 */
public record OriginState(
    long row,
    long accepted,
    PMap<String, Long> orders,
    PSortedMap<Long, PendingFetch> pending,
    PSortedMap<Long, SettledFetch> settled,
    Alarms<Guard> guards,
    Alarms<Guard> starts) {

  static OriginState empty() {
    return new OriginState(
        0,
        0,
        HashTreePMap.empty(),
        TreePMap.empty(Comparator.<Long>naturalOrder()),
        TreePMap.empty(Comparator.<Long>naturalOrder()),
        Alarms.none(),
        Alarms.none());
  }

  /** The state after the next row of the journal. */
  OriginState apply(OriginEvent event) {
    return event.applyTo(
        new OriginState(row + 1, accepted, orders, pending, settled, guards, starts));
  }

  boolean knows(String fetchId) {
    return orders.containsKey(fetchId);
  }

  Optional<PendingFetch> pending(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(pending::get);
  }

  Optional<SettledFetch> settled(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(settled::get);
  }

  OriginState accepted(OriginEvent.FetchAccepted event) {
    var order = accepted + 1;
    var fetch = PendingFetch.accepted(event.fetchId(), order, event.spec(), event.at());
    var guarded =
        schedule(guards, Kind.DEADLINE, fetch, fetch.deadline().plus(event.spec().grace()));
    var base =
        new OriginState(
            row, order, orders.plus(fetch.id(), order), pending, settled, guarded, starts);
    return event
        .executor()
        .map(executor -> base.withOpen(fetch, Attempt.open(1, executor, event.at())))
        .orElseGet(() -> base.awaitingStart(fetch, event.at()));
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
        settled.plus(fetch.order(), SettledFetch.of(fetch, event, row)),
        cancel(cancel(guards, Kind.DEADLINE, fetch), Kind.BACKSTOP, fetch),
        cancel(starts, Kind.START, fetch));
  }

  OriginState late(OriginEvent.LateAnswerKept event) {
    var waiting = pending(event.fetchId());
    if (waiting.isPresent()) {
      return with(waiting.get().withLate(event.attempt(), event.report(), row), guards, starts);
    }
    var done = settled(event.fetchId()).orElseThrow();
    var updated = done.withLate(event.attempt(), event.report(), row);
    return new OriginState(
        row, accepted, orders, pending, settled.plus(done.order(), updated), guards, starts);
  }

  private OriginState withOpen(PendingFetch fetch, Attempt attempt) {
    return with(
        fetch.withOpen(attempt),
        schedule(guards, Kind.BACKSTOP, fetch, fetch.backstop(attempt.startedAt())),
        cancel(starts, Kind.START, fetch));
  }

  private OriginState awaitingStart(PendingFetch fetch, Instant startAt) {
    return with(
        fetch, cancel(guards, Kind.BACKSTOP, fetch), schedule(starts, Kind.START, fetch, startAt));
  }

  private OriginState with(PendingFetch fetch, Alarms<Guard> newGuards, Alarms<Guard> newStarts) {
    return new OriginState(
        row, accepted, orders, pending.plus(fetch.order(), fetch), settled, newGuards, newStarts);
  }

  private static Alarms<Guard> schedule(
      Alarms<Guard> book, Kind kind, PendingFetch fetch, Instant due) {
    var guard = new Guard(kind, fetch.id());
    return book.schedule(new Alarm<>(guard.alarmId(), due, guard));
  }

  private static Alarms<Guard> cancel(Alarms<Guard> book, Kind kind, PendingFetch fetch) {
    return book.cancel(new Guard(kind, fetch.id()).alarmId());
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
