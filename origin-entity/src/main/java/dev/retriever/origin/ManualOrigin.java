package dev.retriever.origin;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One origin run by hand: in the caller's thread, in the caller's time, on the caller's journal. It
 * decides as origins in a cluster do, and does nothing by itself. Meant for test kits and
 * simulations; services use {@link Origins}.
 *
 * <p>Each input gives {@link #rows}, and then either {@link #commit} or {@link #drop} is called,
 * before the next input. After a recovery, {@link #takeUp} comes first, until it gives false; and
 * {@link #ring} is due at {@link #nextAlarm}. An input before the last one was committed or dropped
 * is an {@link IllegalStateException}. Not thread-safe.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class ManualOrigin<C, E, S> {
  private final ManualNode node;
  private final OriginCore core;
  private final Machine<C, E, S> machine;
  private final Permits permits;
  private final Deque<Function<Machine.Moment, Turn<S>>> found = new ArrayDeque<>();
  private Whole<S> whole;
  private Optional<Turn<S>> turn = Optional.empty();
  private List<Object> rows = List.of();

  private ManualOrigin(Origin<C, E, S> origin, ManualNode node) {
    this.node = node;
    this.machine =
        new Machine<>(
            origin,
            Machine.Rules.of(
                node.settings(), node.executors().names(), node.storage()::row, this::context));
    this.core = machine.rules().core();
    this.permits = new Permits(node.executors(), node::key, bytes -> true);
    this.whole = machine.empty();
  }

  private void context(Continuation.Bound<?> then, Then persisted) {
    var type = then.continuation().context();
    node.storage().context(then.context(), ContextCodec.decode(type, persisted.context()));
  }

  /**
   * An origin as it comes out of its journal, which is empty for a new one.
   *
   * @param journal all rows in order
   * @throws IllegalArgumentException when the definition contradicts itself
   * @throws IllegalStateException when a row cannot be applied
   */
  public static <C, E, S> ManualOrigin<C, E, S> recover(
      Origin<C, E, S> origin, ManualNode node, List<?> journal) {
    var recovered = new ManualOrigin<>(origin, node);
    recovered.whole = recovered.replay(journal);
    recovered.findWhatToTakeUp();
    return recovered;
  }

  private Whole<S> replay(List<?> journal) {
    var replayed = machine.empty();
    for (var row : journal) {
      try {
        replayed = machine.apply(replayed, row);
      } catch (RuntimeException e) {
        throw new IllegalStateException(
            "row %d of the journal, a %s, cannot be applied: %s. apply(…) must accept every event that was ever persisted"
                .formatted(replayed.fetches().row() + 1, row.getClass().getName(), e),
            e);
      }
    }
    return replayed;
  }

  /** As {@code OriginEntity} does when it has recovered. */
  private void findWhatToTakeUp() {
    var state = whole.fetches();
    var findings =
        OpenAttempts.unheard(state, node.executors(), node::key).stream()
            .flatMap(finding -> finding.toCompletableFuture().join().stream())
            .toList();
    var batch = node.settings().alarmBatch();
    for (var part : parts(findings, batch)) {
      found.add(
          at -> machine.turn(whole, steps -> core.unheard(steps, part, at.now(), at.random()), at));
    }
    for (var part : parts(machine.nowKnown(state), batch)) {
      found.add(at -> machine.redrive(whole, part, at));
    }
  }

  private static <T> List<List<T>> parts(List<T> all, int size) {
    var parts = new ArrayList<List<T>>();
    for (var from = 0; from < all.size(); from += size) {
      parts.add(List.copyOf(all.subList(from, Math.min(from + size, all.size()))));
    }
    return parts;
  }

  /** The next part of what a crash may have left undone; false when nothing is left. */
  public boolean takeUp(Instant now) {
    if (found.isEmpty()) {
      return false;
    }
    input(found.remove(), now);
    return true;
  }

  /**
   * Handles a command.
   *
   * @throws RuntimeException what its handler throws, or that there is none. Nothing has changed
   */
  public void command(C command, Instant now) {
    input(at -> machine.command(whole, command, at), now);
  }

  /** Takes a fetch back. The verdict holds once committed. */
  public Verdict cancel(String fetchId, Instant now) {
    var decision = core.cancel(whole.fetches(), fetchId, now);
    input(at -> machine.turn(whole, decision, at), now);
    return decision.verdict();
  }

  /** Runs what is unhandled or parked of that fetch. */
  public void redrive(String fetchId, Instant now) {
    var causes = whole.fetches().unhandledOf(fetchId);
    input(at -> machine.redrive(whole, causes, at), now);
  }

  /** Runs what is unhandled or parked under that {@link UnhandledView#key}. */
  public void redriveUnhandled(String key, Instant now) {
    input(at -> machine.redrive(whole, List.of(key), at), now);
  }

  /** Takes an alarm of its handlers back, if there is one. Gone once committed. */
  public Optional<ScheduledAlarm> cancelAlarm(String alarmId, Instant now) {
    var alarm = whole.fetches().alarm(alarmId);
    var decision = machine.rules().alarms().cancel(whole.fetches(), alarmId, now);
    input(at -> machine.turn(whole, decision, at), now);
    return alarm;
  }

  /** Rings the earliest alarms, due or not; gives those that rang. */
  public List<AlarmView> trigger(int count, Instant now) {
    var rang = new ArrayList<AlarmView>();
    input(
        at -> {
          var starts = permits.reserve(whole.fetches(), Instant.MAX, count);
          return machine.turn(
              whole,
              steps -> rang.addAll(ringing().earliest(steps, at.now(), at.random(), count, starts)),
              at);
        },
        now);
    return rang;
  }

  /** Takes a report, which may be acknowledged once committed. */
  public void report(AttemptKey key, Report report, Instant now) {
    input(
        at ->
            machine.turn(
                whole, core.report(whole.fetches(), key, report, at.now(), at.random()), at),
        now);
  }

  /** Handles what is due, a bounded number of alarms at once. */
  public void ring(Instant now) {
    input(
        at -> {
          var batch = node.settings().alarmBatch();
          var starts = permits.reserve(whole.fetches(), at.now(), batch);
          return machine.turn(
              whole, steps -> ringing().due(steps, at.now(), at.random(), batch, starts), at);
        },
        now);
  }

  private Ringing ringing() {
    return machine.rules().ringing();
  }

  private void input(Function<Machine.Moment, Turn<S>> decide, Instant now) {
    if (turn.isPresent()) {
      throw new IllegalStateException("commit or drop what the last input gave, then go on");
    }
    try {
      var at = new Machine.Moment(node.originId(), now, node.random().getAsDouble(), this::room);
      var decided = decide.apply(at);
      rows = decided.rows().stream().map(node.storage()::row).toList();
      turn = Optional.of(decided);
    } catch (RuntimeException | Error e) {
      drop();
      throw e;
    }
  }

  private Optional<String> room(String fetchId, FetchSpec spec) {
    return permits.reserve(fetchId, 1, spec);
  }

  /**
   * What the input wants to be journaled in one atomic write, as it will be read again. Empty after
   * {@link #commit} and {@link #drop}.
   */
  public List<Object> rows() {
    return rows;
  }

  /** The rows are durable. Gives what is to be done now. */
  public List<ManualEffect> commit() {
    var done = turn.orElseThrow(() -> new IllegalStateException("give it an input first"));
    turn = Optional.empty();
    for (var row : rows) {
      whole = machine.apply(whole, row);
    }
    rows = List.of();
    @SuppressWarnings("unchecked") // it is a copy
    var own = (S) node.storage().state(whole.own());
    whole = new Whole<>(whole.fetches(), own);
    var effects = new ArrayList<ManualEffect>();
    done.effects().forEach(effect -> effects.add(effect(effect)));
    done.replies()
        .forEach(
            reply -> effects.add(new ManualEffect.Reply(reply.to(), reply.answer().apply(own))));
    permits.letGo();
    return effects;
  }

  private ManualEffect effect(Decision.Effect effect) {
    if (effect instanceof Decision.Effect.Dispatch dispatch) {
      permits.used(node.key(dispatch.fetchId(), dispatch.attempt()));
    }
    return node.effect(effect);
  }

  /**
   * Nothing of what the last input gave will be done. If its rows are durable all the same, this
   * origin is of no more use: recover it.
   */
  public void drop() {
    turn = Optional.empty();
    rows = List.of();
    permits.letGo();
  }

  /** When to ring next; empty when it waits for nothing but inputs. */
  public Optional<Instant> nextAlarm(Instant now) {
    var state = whole.fetches();
    return state.nextAlarm(permits.nextStart(state, now, node.settings().roomRecheck()));
  }

  /** Whether fetches that are due have found no room: {@link #ring} when there may be some. */
  public boolean awaitsRoom() {
    return permits.awaitsRoom();
  }

  /** Its users' state. */
  public S state() {
    return whole.own();
  }

  /** The ids of fetches that have not settled, in the order of their acceptance. */
  public List<String> pending() {
    return whole.fetches().pending().values().stream().map(PendingFetch::id).toList();
  }

  /** What has happened and whose continuation has not run yet. */
  public List<UnhandledView> unhandled() {
    var state = whole.fetches();
    return state.unhandled().values().stream()
        .map(it -> Views.unhandled(state, it))
        .sorted(Comparator.comparing(UnhandledView::key))
        .toList();
  }

  /** The alarms of its handlers, in the order in which they will ring. */
  public List<ScheduledAlarm> alarms() {
    return whole.fetches().scheduled(AlarmFilter.ALL);
  }

  /**
   * Its users' state as that journal gives it from the start.
   *
   * @throws IllegalStateException when a row cannot be applied, or what that gives of fetches and
   *     alarms is not what this origin has
   */
  public S replayed(List<?> journal) {
    var replayed = replay(journal);
    if (!replayed.fetches().equals(whole.fetches())) {
      throw new IllegalStateException(
          "the journal gives "
              + replayed.fetches()
              + ", but the origin has "
              + whole.fetches()
              + "; this is a mistake of the library");
    }
    return replayed.own();
  }
}
