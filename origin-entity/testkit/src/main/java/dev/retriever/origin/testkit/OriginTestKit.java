package dev.retriever.origin.testkit;

import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.AlarmView;
import dev.retriever.origin.Later;
import dev.retriever.origin.Notice;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginOperations;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.ScheduledAlarm;
import dev.retriever.origin.UnhandledView;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.schedules.ScheduleAnswer;
import dev.retriever.origin.schedules.ScheduleRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Runs one origin in virtual time, against scripted targets and with scripted crashes. It needs no
 * sockets, database or sleeps.
 *
 * <pre>{@code
 * var kit = OriginTestKit.of(new Checkout());
 * kit.whenFetch("charge").breaks(Stage.SENT, "connection-closed");
 * kit.when(request -> request.method().equals("GET")).answers(404);
 *
 * var accepted = kit.ask(Accepted.class, replyTo -> new Pay(1299, replyTo));
 *
 * assertThat(kit.events()).containsExactly(new PaymentAsked(1299), new NotCharged());
 * }</pre>
 *
 * <p>Each call runs everything that is due: a fetch with an immediate answer has it when the call
 * returns. Later events happen in {@link #advance}. Backoffs, which are random in production, take
 * half of their bound. Settings and serializers are those of the configuration on the class path.
 * More than 10 000 events at one instant count as an endless loop.
 *
 * <p>Every command, reply, event and state is serialized by Pekko, and the kit continues with the
 * copy that is read again. After every write the journal is replayed and compared with the state. A
 * failed check throws an {@link AssertionError}.
 *
 * <p>Not thread-safe. Needs no closing.
 *
 * @param <C> the root of the origin's commands
 * @param <E> the root of its events
 * @param <S> its state
 */
public final class OriginTestKit<C, E, S> {
  private final Run<C, E, S> run;
  private Origin<C, E, S> definition;

  private OriginTestKit(Origin<C, E, S> definition, String originId) {
    this.definition = definition;
    this.run = new Run<>(definition, originId);
  }

  /** An origin that has journaled nothing yet, with the id {@code origin-1}, at 2030-01-01. */
  public static <C, E, S> OriginTestKit<C, E, S> of(Origin<C, E, S> definition) {
    return of(definition, "origin-1");
  }

  /** An origin of that id that has journaled nothing yet, at 2030-01-01T00:00:00Z. */
  public static <C, E, S> OriginTestKit<C, E, S> of(Origin<C, E, S> definition, String originId) {
    return new OriginTestKit<>(definition, originId);
  }

  /**
   * Sends a command. Addresses in it are to be those of {@link #ask}.
   *
   * @throws RuntimeException from its handler. Nothing has changed, as in production, where it is
   *     logged
   */
  public void tell(C command) {
    run.tell(command);
  }

  /**
   * Sends a command and gives the reply to it.
   *
   * @param command makes the command of the address that the reply is to go to
   * @throws NoReply when the command got no reply
   * @throws RuntimeException what its handler throws
   */
  public <R> R ask(Function<ActorRef<R>, ? extends C> command) {
    @SuppressWarnings("unchecked") // the address takes nothing else
    var reply = (R) run.ask(command);
    return reply;
  }

  /** As {@link #ask(Function)}, where the compiler cannot infer what the reply is. */
  public <R> R ask(Class<R> reply, Function<ActorRef<R>, ? extends C> command) {
    return reply.cast(run.ask(command));
  }

  /**
   * Cancels a fetch, as an operator would.
   *
   * @return {@code SETTLED} when it is cancelled, {@code SETTLED_OTHERWISE} when it had another
   *     outcome, or {@code NO_SUCH_FETCH}
   */
  public Verdict cancelFetch(String fetchId) {
    var verdict = new AtomicReference<Verdict>();
    run.input(origin -> verdict.set(origin.cancel(fetchId, now())));
    return verdict.get();
  }

  /** Moves the time of a fetch of which no attempt has begun, as a caller would. */
  public Verdict move(String fetchId, Later later) {
    var verdict = new AtomicReference<Verdict>();
    run.input(origin -> verdict.set(origin.move(fetchId, later, now())));
    return verdict.get();
  }

  /** Lets a scheduled fetch begin now, as a caller would. */
  public Verdict bringForward(String fetchId) {
    var verdict = new AtomicReference<Verdict>();
    run.input(origin -> verdict.set(origin.bringForward(fetchId, now())));
    return verdict.get();
  }

  /** Changes or shows a schedule, as a caller would. It ticks as the kit's time goes on. */
  public ScheduleAnswer schedules(ScheduleRequest request) {
    var answer = new AtomicReference<ScheduleAnswer>();
    run.input(origin -> answer.set(origin.onSchedules(request, now())));
    return answer.get();
  }

  /**
   * Redrives the unhandled continuations of that fetch, as an operator would.
   *
   * @throws AssertionError when there is nothing
   */
  public void redrive(String fetchId) {
    run.mustBeUnhandled(it -> it.fetchId().equals(Optional.of(fetchId)), "fetch " + fetchId);
    run.input(origin -> origin.redrive(fetchId, now()));
  }

  /**
   * Redrives one unhandled continuation, such as that of an alarm, as an operator would.
   *
   * @param key from {@link UnhandledView#key}
   * @throws AssertionError when there is nothing
   */
  public void redriveUnhandled(String key) {
    run.mustBeUnhandled(it -> it.key().equals(key), key);
    run.input(origin -> origin.redriveUnhandled(key, now()));
  }

  /** Cancels an alarm, as an operator would. Empty when there is none with that id. */
  public Optional<ScheduledAlarm> cancelAlarm(String alarmId) {
    var taken = new AtomicReference<Optional<ScheduledAlarm>>();
    run.input(origin -> taken.set(origin.cancelAlarm(alarmId, now())));
    return taken.get();
  }

  /**
   * Fires the earliest alarms now, due or not: those of the handlers and the origin's own, which
   * give up fetches and attempts.
   *
   * @return the alarms that fired, in order; fewer when there are no more
   * @throws IllegalArgumentException if the count is not 1 to {@link OriginOperations#MAX_TRIGGER}
   */
  public List<AlarmView> trigger(int count) {
    if (count < 1 || count > OriginOperations.MAX_TRIGGER) {
      throw new IllegalArgumentException(
          "count must be 1 to " + OriginOperations.MAX_TRIGGER + ", not " + count);
    }
    var fired = new ArrayList<AlarmView>();
    run.input(origin -> fired.addAll(origin.trigger(count, now())));
    return fired;
  }

  /** The time that the origin sees. */
  public Instant now() {
    return run.time.now();
  }

  /**
   * Lets time pass, and runs everything that is due until then, inclusive and in order.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back, and " + duration + " is negative");
    }
    run.advanceTo(now().plus(duration));
  }

  /**
   * Scripts the attempts of that fetch. This script takes precedence over all others, and replaces
   * an earlier one for that fetch.
   */
  public Script whenFetch(String fetchId) {
    return run.scripts.whenFetch(fetchId);
  }

  /** Scripts such requests. If two scripts match, the later one is followed. */
  public Script when(Predicate<FetchRequest> request) {
    return run.scripts.when(request);
  }

  /** Scripts all requests that match no other script. */
  public Script otherwise() {
    return run.scripts.otherwise();
  }

  /** There is a queue of that name from now on, with the usual settings. */
  public OriginTestKit<C, E, S> queue(String name) {
    return queue(name, QueueSettings.DEFAULT);
  }

  /**
   * There is a queue, or a template such as {@code host:*}, from now on. If there is one already,
   * it gets these settings. It decides as in production, in virtual time, and for this origin
   * alone. A handler that asks for a fetch in another queue fails.
   *
   * @throws IllegalArgumentException if that cannot be the name of a queue or template
   */
  public OriginTestKit<C, E, S> queue(String name, QueueSettings settings) {
    if (!QueueChoice.isName(name)) {
      throw new IllegalArgumentException("'" + name + "' cannot be the name of a queue");
    }
    run.queues.put(name, settings);
    run.advanceTo(now());
    return this;
  }

  /** The origin crashes before its next write; nothing of it is journaled. */
  public void crashBeforePersist() {
    crashBeforePersist(1);
  }

  /**
   * The origin crashes before a later write; nothing of it is journaled. It recovers at once. The
   * executors survive and repeat their reports, but commands are not repeated.
   *
   * @param nth counted from 1, the next write
   * @throws IllegalArgumentException if it is less than 1
   */
  public void crashBeforePersist(int nth) {
    run.crashes.script(Crashes.Side.BEFORE, nth);
  }

  /** The origin crashes after its next write; none of its effects is carried out. */
  public void crashAfterPersist() {
    crashAfterPersist(1);
  }

  /**
   * The origin crashes after a later write: it is journaled, but none of its effects is carried
   * out, neither requests nor replies nor acknowledgements. It recovers at once.
   *
   * @param nth counted from 1, the next write
   * @throws IllegalArgumentException if it is less than 1
   */
  public void crashAfterPersist(int nth) {
    run.crashes.script(Crashes.Side.AFTER, nth);
  }

  /**
   * New executors replace the old ones, whose attempts and unacknowledged reports are lost. An
   * origin that survives gets no report and gives the attempts up at their time limits; to kill a
   * whole node, {@link #restart} the origin too.
   */
  public void executorsLost() {
    run.executors.lost();
  }

  /** The origin leaves memory and recovers. */
  public void restart() {
    deploy(definition);
  }

  /** The origin recovers with that definition. */
  public void deploy(Origin<C, E, S> newDefinition) {
    definition = newDefinition;
    run.recoverWith(newDefinition);
  }

  /** How many atomic writes were tried so far: for tests that crash at each of them. */
  public long writes() {
    return run.crashes.writes();
  }

  /** The origin's state as its last write left it, serialized and read again. */
  public S state() {
    return run.origin().state();
  }

  /** The origin's own events, in order. */
  @SuppressWarnings("unchecked") // what is no event of ours was journaled as one of theirs
  public List<E> events() {
    return (List<E>) run.journal.users();
  }

  /** All rows in order: its own events, and {@link dev.retriever.origin.OriginEvent}s. */
  public List<Object> journal() {
    return run.journal.all();
  }

  /** The outcome of the fetch; empty while it is pending, or when there is no such fetch. */
  public Optional<Outcome> outcome(String fetchId) {
    return run.journal.outcome(fetchId);
  }

  /** The ids of fetches that have not settled, in the order of their acceptance. */
  public List<String> pending() {
    return run.origin().pending();
  }

  /** The requests that were sent, in order; without attempts that were scripted to fail unsent. */
  public List<WireRequest> requests() {
    return run.scripts.sent();
  }

  /** The causes whose continuations have not run, and why; parked or not. */
  public List<UnhandledView> unhandled() {
    return run.origin().unhandled();
  }

  /** The causes that are parked: not tried again by themselves. */
  public List<UnhandledView> parked() {
    return unhandled().stream().filter(it -> it.retryAt().isEmpty()).toList();
  }

  /** The alarms of the handlers, in the order in which they will fire. */
  public List<ScheduledAlarm> alarms() {
    return run.origin().alarms();
  }

  /** The count of that notice, as in {@link OriginOperations#stats()}. */
  public long noticed(Notice notice) {
    return run.noticed(notice);
  }
}
