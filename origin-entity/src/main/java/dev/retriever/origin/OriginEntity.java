package dev.retriever.origin;

import dev.retriever.alarms.AlarmTimer;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.ExecutorPool;
import dev.retriever.executor.ReportAck;
import dev.retriever.origin.Decision.Effect;
import dev.retriever.origin.OriginCommand.Await;
import dev.retriever.origin.OriginCommand.Cancel;
import dev.retriever.origin.OriginCommand.Idle;
import dev.retriever.origin.OriginCommand.KnownAgain;
import dev.retriever.origin.OriginCommand.ListFetches;
import dev.retriever.origin.OriginCommand.Read;
import dev.retriever.origin.OriginCommand.Redrive;
import dev.retriever.origin.OriginCommand.ReportArrived;
import dev.retriever.origin.OriginCommand.Ring;
import dev.retriever.origin.OriginCommand.RoomMade;
import dev.retriever.origin.OriginCommand.Stop;
import dev.retriever.origin.OriginCommand.Submit;
import dev.retriever.origin.OriginCommand.Unheard;
import dev.retriever.origin.OriginCommand.Wake;
import dev.retriever.origin.OriginEvent.FetchSettled;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * An origin as an actor: receives, asks {@link OriginCore}, persists, and then carries out what was
 * decided. Decides nothing itself.
 */
final class OriginEntity<S>
    extends EventSourcedBehaviorWithEnforcedReplies<Object, Object, Whole<S>> {

  /** What the origins of one node share. {@code random} gives numbers evenly from [0, 1). */
  record Node<S>(
      Machine<?, ?, S> machine,
      OriginCore core,
      OriginSettings settings,
      ExecutorPool pool,
      Clock clock,
      DoubleSupplier random,
      OriginCounters counters) {}

  /** Where this origin lives. */
  private record Home(String type, String id, ActorRef<ClusterSharding.ShardCommand> shard) {}

  private final ActorContext<Object> ctx;
  private final Home home;
  private final Node<S> node;
  private final OriginCore core;
  private final AlarmTimer<Object> timer;
  private final Waiters waiters;

  private final Permits permits;
  private final Replies replies;
  private final Notes notes;

  /** Fetches are due to start, and the pool had no room. */
  private boolean starved;

  private int pendingCounted;

  static <S> Behavior<Object> create(EntityContext<Object> entity, Node<S> node) {
    var home = new Home(entity.getEntityTypeKey().name(), entity.getEntityId(), entity.getShard());
    var origin =
        Behaviors.<Object>setup(
            ctx -> Behaviors.withTimers(timers -> new OriginEntity<>(ctx, timers, home, node)));
    return Behaviors.supervise(origin).onFailure(restarting(node.settings()));
  }

  private OriginEntity(
      ActorContext<Object> ctx, TimerScheduler<Object> timers, Home home, Node<S> node) {
    super(PersistenceId.of(home.type(), home.id()), restarting(node.settings()));
    this.ctx = ctx;
    this.home = home;
    this.node = node;
    this.core = node.core();
    this.timer = new AlarmTimer<>(timers, new Ring(), node.clock());
    this.waiters = new Waiters(node.settings().maxWaiters());
    this.permits = new Permits(node.pool());
    this.replies = new Replies(home.id(), node.settings().maxReplyBody(), core);
    ctx.setLoggerName(OriginEntity.class);
    this.notes = new Notes(ctx.getLog(), node.counters());
    ctx.setReceiveTimeout(node.settings().idle(), new Idle());
  }

  private static BackoffSupervisorStrategy restarting(OriginSettings settings) {
    return SupervisorStrategy.restartWithBackoff(settings.restartMin(), settings.restartMax(), 0.2);
  }

  @Override
  public Whole<S> emptyState() {
    return node.machine().empty();
  }

  @Override
  public EventHandler<Whole<S>, Object> eventHandler() {
    return node.machine()::apply;
  }

  @Override
  public CommandHandlerWithReply<Object, Object, Whole<S>> commandHandler() {
    return newCommandHandlerWithReplyBuilder()
        .forAnyState()
        .onCommand(Submit.class, this::onSubmit)
        .onCommand(Read.class, this::onRead)
        .onCommand(Await.class, this::onAwait)
        .onCommand(Cancel.class, this::onCancel)
        .onCommand(ListFetches.class, this::onListFetches)
        .onCommand(ReportArrived.class, this::onReport)
        .onCommand(Unheard.class, this::onUnheard)
        .onCommand(Ring.class, this::onRing)
        .onCommand(RoomMade.class, this::onRoomMade)
        .onCommand(Wake.class, this::onWake)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Redrive.class, this::onRedrive)
        .onCommand(KnownAgain.class, this::onKnownAgain)
        .onCommand(Stop.class, stop -> Effect().stop().thenNoReply())
        .onAnyCommand(this::onCommand);
  }

  @Override
  public SignalHandler<Whole<S>> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(PreRestart.instance(), state -> letGo())
        .onSignal(PostStop.instance(), state -> letGo())
        .build();
  }

  private ReplyEffect<Object, Whole<S>> onSubmit(Whole<S> state, Submit submit) {
    var id = submit.fetchId();
    var now = now();
    var known = core.knows(state.fetches(), id, now);
    var executor = known ? Optional.<String>empty() : room(id, 1);
    var decision = core.submit(state.fetches(), id, submit.spec(), now, executor);
    return carryOut(state, decision)
        .thenReply(
            submit.replyTo(), after -> replies.fetch(after.fetches(), decision.verdict(), id, now));
  }

  private ReplyEffect<Object, Whole<S>> onRead(Whole<S> state, Read read) {
    return Effect().reply(read.replyTo(), noted(state, read.fetchId()));
  }

  private ReplyEffect<Object, Whole<S>> onAwait(Whole<S> state, Await await) {
    if (state.fetches().pending(await.fetchId()).isPresent() && waiters.add(await, now())) {
      return Effect().noReply();
    }
    return Effect().reply(await.replyTo(), noted(state, await.fetchId()));
  }

  private ReplyEffect<Object, Whole<S>> onCancel(Whole<S> state, Cancel cancel) {
    var id = cancel.fetchId();
    var now = now();
    var decision = core.cancel(state.fetches(), id, now);
    return carryOut(state, decision)
        .thenReply(
            cancel.replyTo(), after -> replies.fetch(after.fetches(), decision.verdict(), id, now));
  }

  private ReplyEffect<Object, Whole<S>> onRedrive(Whole<S> state, Redrive redrive) {
    var turn = node.machine().redrive(state, List.of(redrive.fetchId()), moment());
    return carryOut(turn).thenReply(redrive.replyTo(), after -> noted(after, redrive.fetchId()));
  }

  private OriginReply.Fetch noted(Whole<S> state, String fetchId) {
    return replies.fetch(state.fetches(), Verdict.NOTED, fetchId, now());
  }

  private ReplyEffect<Object, Whole<S>> onListFetches(Whole<S> state, ListFetches list) {
    var at = now();
    var page =
        Listing.page(home.id(), state.fetches(), list, f -> core.remembers(state.fetches(), f, at));
    return Effect().reply(list.replyTo(), page);
  }

  private ReplyEffect<Object, Whole<S>> onReport(Whole<S> state, ReportArrived arrived) {
    var report = arrived.report();
    var decision = core.report(state.fetches(), report.key(), report.report(), now(), random());
    return carryOut(state, decision)
        .thenReply(report.ackTo(), after -> new ReportAck(report.key()));
  }

  private ReplyEffect<Object, Whole<S>> onUnheard(Whole<S> state, Unheard unheard) {
    var at = moment();
    return carryOut(
            node.machine()
                .turn(
                    state,
                    steps -> core.unheard(steps, unheard.findings(), at.now(), at.random()),
                    at))
        .thenNoReply();
  }

  private ReplyEffect<Object, Whole<S>> onKnownAgain(Whole<S> state, KnownAgain known) {
    return carryOut(node.machine().redrive(state, known.fetchIds(), moment())).thenNoReply();
  }

  private ReplyEffect<Object, Whole<S>> onRoomMade(Whole<S> state, RoomMade made) {
    return starved ? onRing(state, new Ring()) : Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> onRing(Whole<S> state, Ring ring) {
    timer.rang();
    var at = moment();
    var batch = node.settings().alarmBatch();
    starved = false;
    var granted = new LinkedHashMap<String, String>();
    for (var start : state.fetches().starts().due(at.now(), batch)) {
      var id = start.payload().fetchId();
      var executor = room(id, state.fetches().pending(id).orElseThrow().nextNumber());
      if (executor.isEmpty()) {
        starved = true;
        node.pool()
            .awaitRoom(home.type() + "/" + home.id(), () -> ctx.getSelf().tell(new RoomMade()));
        break;
      }
      granted.put(id, executor.get());
    }
    return carryOut(
            node.machine()
                .turn(state, steps -> core.ring(steps, at.now(), at.random(), batch, granted), at))
        .thenNoReply();
  }

  private ReplyEffect<Object, Whole<S>> onWake(Whole<S> state, Wake wake) {
    return Effect().reply(wake.replyTo(), new OriginReply.Awake());
  }

  /** An origin with work pending stays: its alarms live in its memory. */
  private ReplyEffect<Object, Whole<S>> onIdle(Whole<S> state, Idle idle) {
    if (state.fetches().idle()) {
      home.shard().tell(new ClusterSharding.Passivate<>(ctx.getSelf()));
    }
    return Effect().noReply();
  }

  /** Whatever is no message of ours is a command of the users. */
  private ReplyEffect<Object, Whole<S>> onCommand(Whole<S> state, Object command) {
    try {
      return carryOut(node.machine().command(state, command, moment())).thenNoReply();
    } catch (RuntimeException e) {
      permits.letGo();
      var type = command.getClass().getName();
      ctx.getLog()
          .error("{} refuses {}: nothing is changed", home.type() + "/" + home.id(), type, e);
      return Effect().noReply();
    }
  }

  /** Effects are not replayed, so what was under way is looked at here. */
  private void onRecovered(Whole<S> whole) {
    var state = whole.fetches();
    countPending(state);
    var findings = OpenAttempts.unheard(state, node.pool(), this::key);
    var batch = node.settings().alarmBatch();
    inParts(findings, batch, part -> ctx.getSelf().tell(new Unheard(part)));
    var known = node.machine().nowKnown(state);
    inParts(known, batch, part -> ctx.getSelf().tell(new KnownAgain(part)));
    // What it was armed for may have rung while nobody was there to hear it.
    timer.rang();
    timer.arm(nextAlarm(state));
  }

  private static <T> void inParts(List<T> all, int size, Consumer<List<T>> each) {
    for (var from = 0; from < all.size(); from += size) {
      each.accept(List.copyOf(all.subList(from, Math.min(from + size, all.size()))));
    }
  }

  private EffectBuilder<Object, Whole<S>> carryOut(Whole<S> state, Decision decision) {
    return carryOut(node.machine().turn(state, decision, moment()));
  }

  private EffectBuilder<Object, Whole<S>> carryOut(Turn<S> turn) {
    var effect = turn.rows().isEmpty() ? Effect().none() : Effect().persist(turn.rows());
    return effect.thenRun(state -> afterwards(state, turn));
  }

  private void afterwards(Whole<S> state, Turn<S> turn) {
    turn.effects().forEach(this::run);
    permits.letGo();
    for (var row : turn.rows()) {
      if (row instanceof FetchSettled settled && waiters.isWaitedFor(settled.fetchId())) {
        waiters.settled(settled.fetchId(), replies.settled(state.fetches(), settled));
      }
    }
    turn.replies().forEach(reply -> reply.send(state.own()));
    countPending(state.fetches());
    timer.arm(nextAlarm(state.fetches()));
  }

  private Machine.Moment moment() {
    return new Machine.Moment(now(), random(), this::room);
  }

  private Optional<String> room(String fetchId, int attempt) {
    return permits.reserve(key(fetchId, attempt));
  }

  private double random() {
    return node.random().getAsDouble();
  }

  private void run(Effect effect) {
    if (effect instanceof Effect.Dispatch dispatch) {
      var key = key(dispatch.fetchId(), dispatch.attempt());
      permits.used(key);
      node.pool().dispatch(key, dispatch.request(), dispatch.timeout());
    } else if (effect instanceof Effect.Abort abort) {
      node.pool().abort(key(abort.fetchId(), abort.attempt()));
    } else if (effect instanceof Effect.Note note) {
      notes.take(note.notice(), key(note.fetchId(), note.attempt()));
    } else {
      throw new AssertionError(effect);
    }
  }

  /** This incarnation ends; the next will count and reserve for itself. */
  private void letGo() {
    permits.letGo();
    node.counters().pendingChanged(-pendingCounted);
    pendingCounted = 0;
  }

  private void countPending(OriginState state) {
    node.counters().pendingChanged(state.pending().size() - pendingCounted);
    pendingCounted = state.pending().size();
  }

  /** Starts that wait for room are looked at again when there is some, or after a while. */
  private Optional<Instant> nextAlarm(OriginState state) {
    var start =
        starved ? Optional.of(now().plus(node.settings().roomRecheck())) : state.starts().next();
    return Stream.of(state.guards().next(), start)
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  private AttemptKey key(String fetchId, int attempt) {
    return new AttemptKey(home.type(), home.id(), fetchId, attempt);
  }

  private Instant now() {
    return node.clock().instant();
  }
}
