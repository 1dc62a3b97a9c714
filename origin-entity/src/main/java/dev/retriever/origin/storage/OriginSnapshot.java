package dev.retriever.origin.storage;

import dev.retriever.alarms.Alarm;
import dev.retriever.alarms.Alarms;
import dev.retriever.alarms.Schedule;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.core.Cause;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.OwnAlarm;
import dev.retriever.origin.core.PendingAlarm;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.SettledFetch;
import dev.retriever.origin.core.SettledFetches;
import dev.retriever.origin.core.StoredBody;
import dev.retriever.origin.core.Unhandled;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pcollections.PMap;

/**
 * The fetches and alarms of an origin as a snapshot holds them, in plain lists. Component names are
 * the on-disk format, those of {@link PendingFetch}, {@link SettledFetch}, {@link Unhandled} and
 * {@link Cause} too; a form that can no longer be read takes a new version in {@link
 * SnapshotSerializer}.
 *
 * <p>Left out is what follows from the rest: the places of ids, and which settled fetches are held.
 * Guards and starts are written down although many could be derived: in this order, alarms of the
 * same instant keep theirs. What arises in a row concerns the row behind it in the same write, and
 * snapshots are taken between writes.
 *
 * @param guards in the order in which they ring, as the next two
 * @param forgotten see {@link SettledFetches}; empty in what was written before this was kept
 */
public record OriginSnapshot(
    long row,
    long accepted,
    List<PendingFetch> pending,
    List<SettledFetch> settled,
    List<Unhandled> unhandled,
    List<StoredOwnAlarm> guards,
    List<Start> starts,
    List<UserAlarm> alarms,
    Optional<Long> forgotten) {

  /** One of the origin's own. */
  record StoredOwnAlarm(OwnAlarm.Kind kind, String id, Instant due) {
    private static StoredOwnAlarm of(Alarm<OwnAlarm> alarm) {
      return new StoredOwnAlarm(alarm.payload().kind(), alarm.payload().id(), alarm.due());
    }

    private Alarm<OwnAlarm> restored() {
      var alarm = new OwnAlarm(kind, id);
      return new Alarm<>(alarm.alarmId(), due, alarm);
    }
  }

  /** When the next attempt of a fetch may start. */
  record Start(String fetchId, Instant due) {
    private static Start of(Alarm<OwnAlarm> alarm) {
      return new Start(alarm.payload().id(), alarm.due());
    }
  }

  /** One of the users'. */
  record UserAlarm(String id, Instant due, Schedule schedule, StoredContinuation then, long row) {
    private static UserAlarm of(Alarm<PendingAlarm> alarm) {
      var pending = alarm.payload();
      return new UserAlarm(
          alarm.id(), alarm.due(), pending.schedule(), pending.then(), pending.row());
    }

    private Alarm<PendingAlarm> restored() {
      return new Alarm<>(id, due, new PendingAlarm(schedule, then, row));
    }
  }

  public static OriginSnapshot of(OriginState state) {
    return new OriginSnapshot(
        state.row(),
        state.accepted(),
        List.copyOf(state.pending().values()),
        List.copyOf(state.settled().values()),
        List.copyOf(state.unhandled().values()),
        all(state.ownAlarms()).stream().map(StoredOwnAlarm::of).toList(),
        state.starts().earliest(Integer.MAX_VALUE).stream().map(Start::of).toList(),
        all(state.alarms()).stream().map(UserAlarm::of).toList(),
        Optional.of(state.settled().forgotten()));
  }

  private static <P> List<Alarm<P>> all(Alarms<P> book) {
    return book.earliest(Integer.MAX_VALUE);
  }

  /**
   * Whether one is to be taken at that row: every so many rows, and in an origin with more fetches
   * and alarms than that, every so many as it has, doubled up to a power of two. An origin gains
   * one with a row at most, so what is written is bounded by the rows since the snapshot before,
   * whatever the size: at most two for each.
   *
   * @param state about as it is at that row
   * @param every 0 for never
   */
  static boolean isDue(OriginState state, long row, int every) {
    if (every == 0 || row % every != 0) {
      return false;
    }
    var size =
        (long) state.pending().size()
            + state.settled().size()
            + state.unhandled().size()
            + state.alarms().size();
    var period = (long) every;
    while (period < size) {
      period *= 2;
    }
    return row % period == 0;
  }

  /** The first row that it refers to, and that must stay in the journal therefore. */
  static Optional<Long> firstRow(OriginState state) {
    return state.pending().values().stream()
        .flatMap(fetch -> fetch.body().stream())
        .map(StoredBody::row)
        .min(Long::compare);
  }

  /** The state that it was taken of. */
  public OriginState restored() {
    var empty = OriginState.empty();
    var orders = empty.orders();
    var waiting = empty.pending();
    for (var fetch : pending) {
      orders = orders.plus(fetch.id(), fetch.order());
      waiting = waiting.plus(fetch.order(), fetch);
    }
    var begins = empty.starts();
    for (var start : starts) {
      begins = begins.schedule(waiting.get(orders.get(start.fetchId())), start.due());
    }
    var done = empty.settled();
    for (var fetch : settled) {
      orders = orders.plus(fetch.id(), fetch.order());
      done = done.plus(fetch);
    }
    var causes = empty.unhandled();
    for (var cause : unhandled) {
      causes = causes.plus(cause.key(), cause);
      done = held(done, orders, cause);
    }
    done = done.forgottenTo(forgotten.orElseGet(this::latestForgotten));
    return new OriginState(
        row,
        accepted,
        orders,
        waiting,
        done,
        causes,
        empty.arising(),
        book(guards.stream().map(StoredOwnAlarm::restored).toList()),
        begins,
        book(alarms.stream().map(UserAlarm::restored).toList()));
  }

  /** At the latest: everything before the first that is remembered, if any was forgotten. */
  private long latestForgotten() {
    if (accepted == pending.size() + settled.size()) {
      return 0;
    }
    return settled.stream().mapToLong(SettledFetch::row).min().orElse(row + 1) - 1;
  }

  private static SettledFetches held(
      SettledFetches settled, PMap<String, Long> orders, Unhandled cause) {
    return cause.fetchId().map(id -> settled.held(settled.get(orders.get(id)))).orElse(settled);
  }

  private static <P> Alarms<P> book(List<Alarm<P>> alarms) {
    var book = Alarms.<P>none();
    for (var alarm : alarms) {
      book = book.schedule(alarm);
    }
    return book;
  }
}
