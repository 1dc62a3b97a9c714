package dev.retriever.origin.core;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Alarms;
import dev.retriever.origin.Next;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.ScheduledAlarm;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * All that an origin knows of its fetches and alarms, rebuilt from its events. Immutable, in
 * persistent collections: a change costs a time logarithmic in their number.
 *
 * @param row the journal row of the latest event, counted from 1
 * @param accepted how many fetches were ever accepted
 * @param orders by fetch id, its place in {@code pending} or {@code settled}
 * @param unhandled by the key of its cause, what has happened and whose continuation has not run
 * @param arising what the latest row gives a continuation to do, for the row behind it: that failed
 * @param ownAlarms the time limits of fetches and attempts, and when failed continuations are tried
 *     again; derived, never journaled
 * @param starts when attempts may start; books of their own, because those due may have to wait for
 *     room, and the guards behind them must not
 * @param alarms those of the users
 */
public record OriginState(
    long row,
    long accepted,
    PMap<String, Long> orders,
    PSortedMap<Long, PendingFetch> pending,
    SettledFetches settled,
    PMap<String, Unhandled> unhandled,
    Optional<Unhandled> arising,
    Alarms<OwnAlarm> ownAlarms,
    Starts starts,
    Alarms<PendingAlarm> alarms)
    implements Next.Before {

  public static OriginState empty() {
    return new OriginState(
        0,
        0,
        HashTreePMap.empty(),
        TreePMap.empty(Comparator.<Long>naturalOrder()),
        SettledFetches.none(),
        HashTreePMap.empty(),
        Optional.empty(),
        Alarms.none(),
        Starts.none(),
        Alarms.none());
  }

  /** The state after the next row of the journal. */
  public OriginState apply(OriginEvent event) {
    var draft = new StateDraft(this);
    event.applyTo(draft);
    return draft.done();
  }

  /** The state after a row that is none of its own. */
  OriginState nextRow() {
    return new StateDraft(this).done();
  }

  /** Whether nothing will go on by itself: parked causes wait for somebody. */
  public boolean idle() {
    return pending.isEmpty()
        && alarms.isEmpty()
        && unhandled.values().stream().allMatch(Unhandled::parked);
  }

  public Optional<PendingFetch> pending(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(pending::get);
  }

  public Optional<SettledFetch> settled(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(settled::get);
  }

  /** The keys of what is unhandled of that fetch: its outcome before what came late. */
  public List<String> unhandledOf(String fetchId) {
    return unhandled.values().stream()
        .filter(it -> it.concerns(fetchId))
        .map(Unhandled::key)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /**
   * When to look for what is due.
   *
   * @param start when to look for attempts that may start, since those may wait for room
   */
  public Optional<Instant> nextAlarm(Optional<Instant> start) {
    return Stream.of(ownAlarms.next(), start, alarms.next())
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** When it has to be in memory, to go on. Starts that are due wait for room in memory. */
  public Optional<Instant> wakeAt(Instant now) {
    return nextAlarm(starts.nextAfter(now));
  }

  /** Whether an attempt may start, and waits for room. */
  public boolean awaitsRoom(Instant now) {
    return starts.next(Full.none()).filter(at -> !at.isAfter(now)).isPresent();
  }

  /** Whether something is parked that other code may be able to handle. */
  public boolean awaitsCode() {
    return unhandled.values().stream().anyMatch(Unhandled::awaitsCode);
  }

  @Override
  public boolean isPending(String fetchId) {
    return pending(fetchId).isPresent();
  }

  @Override
  public List<String> pendingIds() {
    return pending.values().stream().map(PendingFetch::id).toList();
  }

  @Override
  public Optional<ScheduledAlarm> alarm(String id) {
    return alarms.get(id).map(PendingAlarm::shown);
  }

  @Override
  public List<ScheduledAlarm> scheduled(AlarmFilter filter) {
    return alarms.list(filter).stream().map(PendingAlarm::shown).toList();
  }
}
