package dev.retriever.origin.core;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.alarms.Alarms;
import dev.retriever.origin.Next;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.core.lines.InLine;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.lines.WaitingLines;
import dev.retriever.origin.core.room.Full;
import dev.retriever.origin.core.schedules.ScheduleBook;
import dev.retriever.origin.core.specs.PendingUse;
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
 * The fetches and alarms of an origin, rebuilt from its events. Immutable, in persistent
 * collections: a change takes time logarithmic in their number.
 *
 * @param row the journal row of the latest event, counted from 1
 * @param accepted how many fetches were ever accepted
 * @param orders by fetch id, its place in {@code pending} or {@code settled}
 * @param unhandled causes whose continuations have not run, by key
 * @param arising the cause that the latest row gives a continuation; the next row may say that it
 *     failed
 * @param ownAlarms time limits of fetches and attempts, and retries of failed continuations;
 *     derived, never journaled
 * @param starts when attempts may start. They have books of their own: a due start may have to wait
 *     for room, and must not hold up other alarms
 * @param alarms the users' alarms
 * @param lines fetches with queues, which start by grants of these and not by {@code starts}
 * @param use what the pending fetches take of the limits; derived
 * @param born the time of row 1, in milliseconds, since which rows are counted. Those of an origin
 *     of which nothing was left are counted anew. Empty before the first row, and where a version
 *     that did not note it wrote that row
 * @param schedules that make fetches by themselves
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
    Alarms<PendingAlarm> alarms,
    WaitingLines lines,
    PendingUse use,
    Optional<Instant> born,
    ScheduleBook schedules)
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
        Alarms.none(),
        WaitingLines.none(),
        PendingUse.NONE,
        Optional.empty(),
        ScheduleBook.none());
  }

  /** The state after the next row of the journal. */
  public OriginState apply(OriginEvent event) {
    var draft = new StateDraft(this).at(event.at());
    event.applyTo(draft);
    return draft.done();
  }

  /** The state after an event of the users. */
  OriginState nextRow() {
    return new StateDraft(this).done();
  }

  /** Whether nothing continues by itself; parked causes wait for an operator. */
  public boolean idle() {
    return pending.isEmpty()
        && alarms.isEmpty()
        && schedules.byId().values().stream().allMatch(it -> it.dueAt().isEmpty())
        && unhandled.values().stream().allMatch(Unhandled::parked);
  }

  /** Whether the fetch that has that id now is the one that was accepted in that place. */
  boolean isInPlace(String fetchId, long place) {
    return Long.valueOf(place).equals(orders.get(fetchId));
  }

  public Optional<PendingFetch> pending(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(pending::get);
  }

  public Optional<SettledFetch> settled(String fetchId) {
    return Optional.ofNullable(orders.get(fetchId)).map(settled::get);
  }

  /** Its place in the line of its queue, while it waits there. */
  public Optional<InLine> standing(PendingFetch fetch) {
    return fetch
        .spec()
        .queue()
        .map(it -> lines.of(it.name()).lines().get(Spot.of(it)))
        .flatMap(line -> line.get(fetch.order()));
  }

  /**
   * Whether no attempt of it has begun and its time has not come. One without a queue whose time
   * has come counts until its first attempt has begun.
   */
  public boolean isScheduled(PendingFetch fetch) {
    return fetch.notBefore().isPresent() && fetch.attempts().isEmpty() && standing(fetch).isEmpty();
  }

  /** The keys of the unhandled causes of that fetch: its outcome before late answers. */
  List<String> unhandledOf(String fetchId) {
    return unhandled.values().stream()
        .filter(it -> it.concerns(fetchId))
        .map(Unhandled::key)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /**
   * When the next alarm is due.
   *
   * @param start when to look for starts, which may wait for room
   */
  public Optional<Instant> nextAlarm(Optional<Instant> start) {
    return Stream.of(ownAlarms.next(), start, alarms.next())
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  /** When the origin must be in memory to continue. Due starts wait for room in memory. */
  public Optional<Instant> wakeAt(Instant now) {
    return nextAlarm(starts.nextAfter(now));
  }

  /** Whether a due start waits for room. */
  public boolean awaitsRoom(Instant now) {
    return starts.next(Full.none()).filter(at -> !at.isAfter(now)).isPresent();
  }

  /** Whether a cause is parked that other code may handle. */
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
