package dev.retriever.origin.storage;

import com.fasterxml.jackson.annotation.JsonInclude;
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
import dev.retriever.origin.core.Unhandled;
import dev.retriever.origin.core.lines.Spot;
import dev.retriever.origin.core.lines.WaitingLines;
import dev.retriever.origin.core.schedules.PlannedSchedule;
import dev.retriever.origin.core.schedules.ScheduleBook;
import dev.retriever.origin.core.specs.PendingUse;
import dev.retriever.origin.core.specs.StoredBody;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pcollections.PMap;

/**
 * The fetches and alarms of an origin as a snapshot holds them, in plain lists. Component names are
 * the on-disk format, those of {@link PendingFetch}, {@link SettledFetch}, {@link Unhandled} and
 * {@link Cause} too; a form that can no longer be read takes a new version in {@link
 * SnapshotSerializer}.
 *
 * <p>Places of ids and held fetches are left out, since they follow from the rest. The origin's own
 * alarms and starts are stored although many could be derived: their order keeps the order of
 * alarms at the same instant. The cause that a row gives rise to is left out: it concerns the next
 * row of the same write, and snapshots are taken between writes.
 *
 * @param guards the origin's own alarms, in the order in which they fire, like the next two
 * @param forgotten see {@link SettledFetches}; empty in snapshots of versions without it
 * @param retries when the next attempts may begin of fetches that wait in queues and were tried
 *     before
 * @param grants by the name of the queue, the highest number of a grant that was used
 * @param born as {@link OriginState#born}
 * @param schedules in the order of their ids
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
    Optional<Long> forgotten,
    // Left out when empty, as in snapshots from before there were queues; the next one too.
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Start> retries,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> grants,
    // Left out when empty, as in snapshots of versions without it; the next one too.
    @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Instant> born,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<PlannedSchedule> schedules) {
  /** Accepts snapshots of versions without queues, callbacks or schedules. */
  public OriginSnapshot {
    born = born == null ? Optional.empty() : born;
    retries = retries == null ? List.of() : retries;
    grants = grants == null ? Map.of() : grants;
    schedules = schedules == null ? List.of() : schedules;
  }

  /** An alarm of the origin itself. */
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

  /** An alarm of the users. */
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

  /** The snapshot of that state; {@link #restored} gives an equal one. */
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
        Optional.of(state.settled().forgotten()),
        retries(state),
        new TreeMap<>(state.lines().used()),
        state.born(),
        List.copyOf(state.schedules().byId().values()));
  }

  private static List<Start> retries(OriginState state) {
    return state.pending().values().stream()
        .filter(fetch -> !fetch.ended().isEmpty())
        .flatMap(fetch -> state.standing(fetch).stream())
        .map(it -> new Start(state.pending().get(it.order()).id(), it.readyAt()))
        .toList();
  }

  private static <P> List<Alarm<P>> all(Alarms<P> book) {
    return book.earliest(Integer.MAX_VALUE);
  }

  /**
   * Whether to take a snapshot at that row. The period is {@code every} rows, doubled until it
   * reaches the number of fetches and alarms. An origin gains at most one of them with a row, so a
   * snapshot writes at most two for each row since the last one, whatever its size.
   *
   * @param state the state about at that row
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
            + state.alarms().size()
            + state.schedules().size();
    var period = (long) every;
    while (period < size) {
      period *= 2;
    }
    return row % period == 0;
  }

  /** Whether a fetch was scheduled that has not settled. */
  static boolean hasScheduled(OriginState state) {
    return state.pending().values().stream().anyMatch(fetch -> fetch.notBefore().isPresent());
  }

  /** Whether a fetch is pending that is a callback, or is to have one. */
  static boolean hasCallbacks(OriginState state) {
    return state.pending().values().stream()
        .map(PendingFetch::spec)
        .anyMatch(spec -> spec.callback().isPresent() || spec.delivers().isPresent());
  }

  /** The first row that the snapshot refers to. The journal must keep it. */
  static Optional<Long> firstRow(OriginState state) {
    return state.pending().values().stream()
        .flatMap(fetch -> fetch.body().stream())
        .map(StoredBody::row)
        .min(Long::compare);
  }

  /** The state of which the snapshot was taken. */
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
      done = fetch.isBeingErased() ? done.held(fetch) : done;
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
        book(alarms.stream().map(UserAlarm::restored).toList()),
        lines(),
        use(),
        born,
        ScheduleBook.of(schedules));
  }

  private PendingUse use() {
    var use = PendingUse.NONE;
    for (var fetch : pending) {
      use = use.plus(fetch.spec(), fetch.bytes());
    }
    return use;
  }

  private WaitingLines lines() {
    var readyAt = retries.stream().collect(Collectors.toMap(Start::fetchId, Start::due));
    var later =
        guards.stream()
            .filter(guard -> guard.kind() == OwnAlarm.Kind.DUE)
            .map(StoredOwnAlarm::id)
            .collect(Collectors.toSet());
    var lines = WaitingLines.none();
    for (var fetch : pending) {
      lines =
          later.contains(fetch.id())
              ? reserved(lines, fetch)
              : fetch.in(lines, readyAt.getOrDefault(fetch.id(), fetch.mayBeginAt()));
    }
    for (var grant : grants.entrySet()) {
      lines = lines.used(grant.getKey(), grant.getValue());
    }
    return lines;
  }

  private static WaitingLines reserved(WaitingLines lines, PendingFetch fetch) {
    var choice = fetch.spec().queue().orElseThrow();
    return lines.reserved(choice.name(), Spot.of(choice));
  }

  /**
   * The upper bound: all rows before the first remembered settlement, if any fetch was forgotten.
   */
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
