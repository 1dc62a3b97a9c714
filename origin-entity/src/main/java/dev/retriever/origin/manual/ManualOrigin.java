package dev.retriever.origin.manual;

import dev.retriever.alarms.AlarmFilter;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Report;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.Continuation;
import dev.retriever.origin.FetchBatch;
import dev.retriever.origin.Later;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Origins;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.StoredContinuation;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.context.ContextCodec;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.entity.OpenAttempts;
import dev.retriever.origin.entity.Permits;
import dev.retriever.origin.queue.wire.Granted.Grant;
import dev.retriever.origin.queue.wire.Told.Why;
import dev.retriever.origin.queued.QueueVoice;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import dev.retriever.origin.view.Views;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One origin that its caller runs: in the caller's thread, time and journal. It decides as origins
 * in a cluster do, and does nothing by itself. Meant for test kits and simulations; services use
 * {@link Origins}.
 *
 * <p>Each input gives {@link #rows}; the caller then calls {@link #commit} or {@link #drop} before
 * the next input. After a recovery, call {@link #takeUp} until it gives false. Call {@link #fire}
 * at {@link #nextAlarm}. An input before the last one was committed or dropped throws an {@link
 * IllegalStateException}. Not thread-safe.
 *
 * @param <C> the root of its commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class ManualOrigin<C, E, S> {
  private final ManualNode node;
  private final Machine<C, E, S> machine;
  private final Permits permits;
  private final AttemptRoom room;
  private final QueueVoice voice;
  private final Deque<Input<?>> found = new ArrayDeque<>();
  private FullState<S> fullState;
  private Optional<Turn<S>> turn = Optional.empty();
  private List<Object> rows = List.of();

  private ManualOrigin(Origin<C, E, S> origin, ManualNode node) {
    this.node = node;
    this.machine =
        new Machine<>(
            origin,
            Machine.Rules.of(
                node.settings(), node.pools().names(), node.storage()::row, this::context));
    this.permits = new Permits(node.pools(), node::key, bytes -> true, fetch -> true);
    this.room = node.room(permits);
    this.voice = node.voice();
    this.fullState = machine.empty();
  }

  private void context(Continuation.Bound<?> then, StoredContinuation persisted) {
    var type = then.continuation().context();
    node.storage().context(then.context(), ContextCodec.decode(type, persisted.context()));
  }

  /**
   * Recovers an origin from its journal, which is empty for a new one.
   *
   * @param journal all rows in order
   * @throws IllegalArgumentException when the definition contradicts itself
   * @throws IllegalStateException when a row cannot be applied
   */
  public static <C, E, S> ManualOrigin<C, E, S> recover(
      Origin<C, E, S> origin, ManualNode node, List<?> journal) {
    var recovered = new ManualOrigin<>(origin, node);
    recovered.fullState = recovered.replay(journal);
    recovered.findWhatToTakeUp();
    return recovered;
  }

  private FullState<S> replay(List<?> journal) {
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

  /** Finds the work under way, as {@code OriginEntity} does after recovery. */
  private void findWhatToTakeUp() {
    var state = fullState.fetches();
    var findings =
        OpenAttempts.unheard(state, node.pools(), node::key).stream()
            .flatMap(finding -> finding.toCompletableFuture().join().stream())
            .toList();
    var batch = node.settings().alarmBatch();
    Input.parts(findings, batch).forEach(part -> found.add(new Input.Unheard(part)));
    Input.parts(machine.nowKnown(state), batch)
        .forEach(part -> found.add(new Input.RedriveCauses(part)));
  }

  /**
   * Takes up the next part of the work that a crash may have left undone; false when nothing is
   * left.
   */
  public boolean takeUp(Instant now) {
    if (found.isEmpty()) {
      return false;
    }
    take(found.remove(), now);
    return true;
  }

  /**
   * Handles a command.
   *
   * @throws RuntimeException from its handler, or because there is none. Nothing has changed
   */
  public void command(C command, Instant now) {
    take(new Input.Command(command), now);
  }

  /** Cancels a fetch. The verdict holds once committed. */
  public Verdict cancel(String fetchId, Instant now) {
    return take(new Input.Cancel(fetchId), now);
  }

  /** Accepts all fetches of a batch, or none. The verdicts hold once committed. */
  public List<Verdict> submitAll(FetchBatch batch, Instant now) {
    return take(new Input.SubmitAll(batch), now);
  }

  /** Moves the time of a fetch of which no attempt has begun. The verdict holds once committed. */
  public Verdict move(String fetchId, Later later, Instant now) {
    return take(new Input.Move(fetchId, later), now);
  }

  /** Lets a scheduled fetch begin now. The verdict holds once committed. */
  public Verdict bringForward(String fetchId, Instant now) {
    return take(new Input.BringForward(fetchId), now);
  }

  /** Changes or shows a schedule. The answer holds once committed. */
  public ScheduleAnswer onSchedules(ScheduleRequest request, Instant now) {
    return take(new Input.OnSchedules(request), now);
  }

  /** Runs the unhandled and parked continuations of that fetch. */
  public void redrive(String fetchId, Instant now) {
    take(new Input.Redrive(fetchId), now);
  }

  /** Runs the unhandled or parked continuation with that {@link UnhandledView#key}. */
  public void redriveUnhandled(String key, Instant now) {
    take(new Input.RedriveCauses(List.of(key)), now);
  }

  /** Cancels an alarm of its handlers, if there is one. It is gone once committed. */
  public Optional<ScheduledAlarm> cancelAlarm(String alarmId, Instant now) {
    return take(new Input.CancelAlarm(alarmId), now);
  }

  /** Fires the earliest alarms, due or not, and gives those that fired. */
  public List<AlarmView> trigger(int count, Instant now) {
    return take(new Input.Trigger(count), now);
  }

  /** Takes a report, which may be acknowledged once committed. */
  public void report(AttemptKey key, Report report, Instant now) {
    take(new Input.Reported(key, report), now);
  }

  /** Fires the due alarms, a bounded number at once. */
  public void fire(Instant now) {
    take(new Input.FireDue(node.settings().alarmBatch()), now);
  }

  /**
   * Attempts begin with grants of queues. Gives the grants that are not used, and why; that holds
   * once committed.
   */
  public Map<Grant, Why> use(List<Grant> grants, Instant now) {
    return take(new Input.UseGrants(grants), now);
  }

  /** Tells its queues what it has in them. To be called once after a recovery. */
  public void tellQueues(Instant now) {
    voice.recovered(fullState.fetches(), now);
  }

  private <R> R take(Input<R> input, Instant now) {
    if (turn.isPresent()) {
      throw new IllegalStateException("commit or drop what the last input gave, then go on");
    }
    try {
      var random = node.random().getAsDouble();
      var at = new Machine.Moment(node.originId(), now, random, room);
      var decided = machine.turn(fullState, input, at);
      rows = decided.turn().rows().stream().map(node.storage()::row).toList();
      turn = Optional.of(decided.turn());
      return decided.answer();
    } catch (RuntimeException | Error e) {
      drop();
      throw e;
    }
  }

  /**
   * The rows to journal in one atomic write, as they will be read again. Empty after {@link
   * #commit} and {@link #drop}.
   */
  public List<Object> rows() {
    return rows;
  }

  /** The rows are durable: carries out the effects. */
  public void commit(ManualEffects effects) {
    var done = turn.orElseThrow(() -> new IllegalStateException("give it an input first"));
    turn = Optional.empty();
    for (var row : rows) {
      fullState = machine.apply(fullState, row);
    }
    rows = List.of();
    @SuppressWarnings("unchecked") // it is a copy
    var own = (S) node.storage().state(fullState.own());
    fullState = new FullState<>(fullState.fetches(), own);
    var carrier = node.carrier(effects, permits);
    done.effects().forEach(effect -> effect.carryOut(carrier));
    permits.letGo();
    voice.durable(done);
    done.replies().forEach(reply -> effects.reply(reply.to(), reply.answer().apply(own)));
  }

  /**
   * Drops the result of the last input. If its rows are durable all the same, this origin must be
   * recovered anew.
   */
  public void drop() {
    turn = Optional.empty();
    rows = List.of();
    permits.letGo();
  }

  /** When to call {@link #fire} next; empty when no alarm is pending. */
  public Optional<Instant> nextAlarm(Instant now) {
    var state = fullState.fetches();
    return state.nextAlarm(permits.nextStart(state, now, node.settings().roomRecheck()));
  }

  /** Whether due fetches have found no room: call {@link #fire} when there may be room. */
  public boolean awaitsRoom() {
    return permits.awaitsRoom();
  }

  /** Its users' state. */
  public S state() {
    return fullState.own();
  }

  /** The ids of fetches that have not settled, in the order of their acceptance. */
  public List<String> pending() {
    return fullState.fetches().pending().values().stream().map(PendingFetch::id).toList();
  }

  /** The causes whose continuations have not run yet. */
  public List<UnhandledView> unhandled() {
    var state = fullState.fetches();
    return state.unhandled().values().stream()
        .map(it -> Views.unhandled(state, it))
        .sorted(Comparator.comparing(UnhandledView::key))
        .toList();
  }

  /** The alarms of its handlers, in the order in which they will fire. */
  public List<ScheduledAlarm> alarms() {
    return fullState.fetches().scheduled(AlarmFilter.ALL);
  }

  /**
   * Its users' state, replayed from that journal.
   *
   * @throws IllegalStateException when a row cannot be applied, or the replayed fetches and alarms
   *     differ from those of this origin
   */
  public S replayed(List<?> journal) {
    var replayed = replay(journal);
    if (!replayed.fetches().equals(fullState.fetches())) {
      throw new IllegalStateException(
          "the journal gives "
              + replayed.fetches()
              + ", but the origin has "
              + fullState.fetches()
              + "; this is a mistake of the library");
    }
    return replayed.own();
  }
}
