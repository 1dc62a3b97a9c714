package dev.retriever.origin;

import dev.retriever.alarms.ClockReading;
import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.ExecutorPools;
import dev.retriever.executor.InvocationLog;
import dev.retriever.executor.MemoryBudget;
import dev.retriever.executor.Parcels;
import dev.retriever.executor.ReportAck;
import dev.retriever.origin.OriginCommand.Await;
import dev.retriever.origin.OriginCommand.Cancel;
import dev.retriever.origin.OriginCommand.CancelAlarm;
import dev.retriever.origin.OriginCommand.Crowded;
import dev.retriever.origin.OriginCommand.Idle;
import dev.retriever.origin.OriginCommand.KnownAgain;
import dev.retriever.origin.OriginCommand.ListAlarms;
import dev.retriever.origin.OriginCommand.ListFetches;
import dev.retriever.origin.OriginCommand.NextOutcomes;
import dev.retriever.origin.OriginCommand.Read;
import dev.retriever.origin.OriginCommand.ReadOrigin;
import dev.retriever.origin.OriginCommand.Redrive;
import dev.retriever.origin.OriginCommand.RedriveCause;
import dev.retriever.origin.OriginCommand.ReportArrived;
import dev.retriever.origin.OriginCommand.Ring;
import dev.retriever.origin.OriginCommand.RoomMade;
import dev.retriever.origin.OriginCommand.Stop;
import dev.retriever.origin.OriginCommand.Submit;
import dev.retriever.origin.OriginCommand.Trigger;
import dev.retriever.origin.OriginCommand.Unheard;
import dev.retriever.origin.OriginCommand.Wake;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
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
import org.apache.pekko.persistence.typed.SnapshotFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * An origin as an actor: receives, asks {@link OriginCore}, persists, and leaves the rest to {@link
 * Aftermath}. Decides nothing itself.
 */
class OriginEntity<S> extends EventSourcedBehaviorWithEnforcedReplies<Object, Object, Whole<S>> {

  /**
   * What the origins of one node share.
   *
   * @param clock the one that due times come from
   * @param nanos the monotonic one that timers count by
   * @param random gives numbers evenly from [0, 1)
   * @param address sends a message to the origin of that id, wherever it lives by then
   * @param bodies of requests that these do not hold
   * @param woken whether somebody wakes origins that sleep with work pending; else they stay
   * @param log where they write what they handle, if anywhere
   */
  record Node<S>(
      Machine<?, ?, S> machine,
      OriginSettings settings,
      Snapshots snapshots,
      ExecutorPools pools,
      Clock clock,
      LongSupplier nanos,
      DoubleSupplier random,
      OriginCounters counters,
      Residents residents,
      Strays strays,
      BiConsumer<String, OriginCommand> address,
      StoredBodies bodies,
      boolean woken,
      Optional<InvocationLog> log) {
    ClockReading reading() {
      return ClockReading.of(clock, nanos);
    }
  }

  /** Where this origin lives. */
  record Home(String type, String id, ActorRef<ClusterSharding.ShardCommand> shard) {
    AttemptKey key(String fetchId, int attempt) {
      return new AttemptKey(type, id, fetchId, attempt);
    }

    String persistenceId() {
      return PersistenceId.of(type, id).id();
    }

    @Override
    public String toString() {
      return type + "/" + id;
    }
  }

  private final ActorContext<Object> ctx;
  private final Home home;
  private final Node<S> node;
  private final Machine<?, ?, S> machine;
  private final OriginCore core;
  private final Aftermath<S> aftermath;
  private final Sleep sleep;
  private final Parcels parcels;

  /** The row that takes along when to wake this origin, while it is being persisted. */
  private Optional<TaggedRow> tagged = Optional.empty();

  private record TaggedRow(Object row, String tag) {}

  static <S> Behavior<Object> create(EntityContext<Object> entity, Node<S> node) {
    var home = new Home(entity.getEntityTypeKey().name(), entity.getEntityId(), entity.getShard());
    return node.log()
        .map(log -> LoggedOrigin.create(home, node, log))
        .orElseGet(
            () -> supervised(node, (ctx, timers) -> new OriginEntity<>(ctx, timers, home, node)));
  }

  static Behavior<Object> supervised(
      Node<?> node, BiFunction<ActorContext<Object>, TimerScheduler<Object>, Behavior<Object>> of) {
    var origin =
        Behaviors.<Object>setup(ctx -> Behaviors.withTimers(timers -> of.apply(ctx, timers)));
    return Behaviors.supervise(origin).onFailure(restarting(node.settings()));
  }

  OriginEntity(ActorContext<Object> ctx, TimerScheduler<Object> timers, Home home, Node<S> node) {
    super(PersistenceId.of(home.type(), home.id()), restarting(node.settings()));
    this.ctx = ctx;
    this.home = home;
    this.node = node;
    this.machine = node.machine();
    this.core = machine.rules().core();
    this.sleep = new Sleep(node.pools().here());
    this.parcels = Parcels.get(ctx.getSystem());
    ctx.setLoggerName(OriginEntity.class);
    this.aftermath =
        new Aftermath<>(
            node,
            home,
            timers,
            ctx.getLog(),
            MemoryBudget.get(ctx.getSystem()).open(),
            ctx.getSelf()::tell);
    ctx.setReceiveTimeout(node.settings().idle(), new Idle());
  }

  private static BackoffSupervisorStrategy restarting(OriginSettings settings) {
    return SupervisorStrategy.restartWithBackoff(
        settings.restartMin(), settings.restartMax(), settings.restartJitter());
  }

  @Override
  public Whole<S> emptyState() {
    return machine.empty();
  }

  @Override
  public EventHandler<Whole<S>, Object> eventHandler() {
    return machine::apply;
  }

  @Override
  public boolean shouldSnapshot(Whole<S> state, Object row, long sequenceNumber) {
    return node.snapshots().isDue(state, sequenceNumber);
  }

  @Override
  public Set<String> tagsFor(Object row) {
    return tagged.filter(it -> it.row() == row).map(it -> Set.of(it.tag())).orElse(Set.of());
  }

  @Override
  public CommandHandlerWithReply<Object, Object, Whole<S>> commandHandler() {
    var commands = commands();
    return (state, command) -> {
      node.residents().uses(ctx.getSelf());
      aftermath.lookAtTheClock(state.fetches());
      return commands.apply(state, command);
    };
  }

  private CommandHandlerWithReply<Object, Object, Whole<S>> commands() {
    return newCommandHandlerWithReplyBuilder()
        .forAnyState()
        .onCommand(Submit.class, this::onSubmit)
        .onCommand(Read.class, this::onRead)
        .onCommand(Await.class, this::onAwait)
        .onCommand(NextOutcomes.class, this::onNextOutcomes)
        .onCommand(Cancel.class, this::onCancel)
        .onCommand(ListFetches.class, this::onListFetches)
        .onCommand(ReportArrived.class, this::onReport)
        .onCommand(Unheard.class, this::onUnheard)
        .onCommand(Ring.class, this::onRing)
        .onCommand(RoomMade.class, this::onRoomMade)
        .onCommand(Wake.class, this::onWake)
        .onCommand(Parcels.Offer.class, this::onOffer)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Crowded.class, this::onCrowded)
        .onCommand(Redrive.class, this::onRedrive)
        .onCommand(RedriveCause.class, this::onRedriveCause)
        .onCommand(ReadOrigin.class, this::onReadOrigin)
        .onCommand(ListAlarms.class, this::onListAlarms)
        .onCommand(CancelAlarm.class, this::onCancelAlarm)
        .onCommand(Trigger.class, this::onTrigger)
        .onCommand(KnownAgain.class, this::onKnownAgain)
        .onCommand(Stop.class, this::onStop)
        .onAnyCommand(this::onCommand);
  }

  @Override
  public SignalHandler<Whole<S>> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(SnapshotFailed.class, this::onSnapshotFailed)
        .onSignal(PreRestart.instance(), state -> onRestart())
        .onSignal(PostStop.instance(), state -> letGo())
        .build();
  }

  private ReplyEffect<Object, Whole<S>> onSubmit(Whole<S> state, Submit submit) {
    var id = submit.fetchId();
    var now = now();
    var known = core.knows(state.fetches(), id, now);
    var refusal = known ? Optional.<Verdict>empty() : aftermath.refusal(submit.spec());
    if (refusal.isPresent()) {
      return Effect().reply(submit.replyTo(), fetch(state, refusal.get(), id, now));
    }
    var executor = known ? Optional.<String>empty() : aftermath.room(id, submit.spec());
    var decision = core.submit(state.fetches(), id, submit.spec(), now, executor);
    return carryOut(state, decision)
        .thenReply(submit.replyTo(), after -> fetch(after, decision.verdict(), id, now));
  }

  private ReplyEffect<Object, Whole<S>> onRead(Whole<S> state, Read read) {
    return Effect().reply(read.replyTo(), noted(state, read.fetchId()));
  }

  private ReplyEffect<Object, Whole<S>> onAwait(Whole<S> state, Await await) {
    if (state.fetches().pending(await.fetchId()).isPresent()
        && aftermath.waiters().add(await, node.reading())) {
      return Effect().noReply();
    }
    return Effect().reply(await.replyTo(), noted(state, await.fetchId()));
  }

  private ReplyEffect<Object, Whole<S>> onNextOutcomes(Whole<S> state, NextOutcomes asked) {
    var page = aftermath.page(state.fetches(), asked);
    var now = node.reading();
    if (page.saysNothing()
        && asked.after().filter(row -> row <= page.newest()).isPresent()
        && asked.until().isAfter(now.wall())
        && aftermath.subscribers().add(asked, now)) {
      return Effect().noReply();
    }
    return Effect().reply(asked.replyTo(), new OriginReply.Outcomes(page));
  }

  private ReplyEffect<Object, Whole<S>> onCancel(Whole<S> state, Cancel cancel) {
    var id = cancel.fetchId();
    var now = now();
    var decision = core.cancel(state.fetches(), id, now);
    return carryOut(state, decision)
        .thenReply(cancel.replyTo(), after -> fetch(after, decision.verdict(), id, now));
  }

  private ReplyEffect<Object, Whole<S>> onRedrive(Whole<S> state, Redrive redrive) {
    var causes = state.fetches().unhandledOf(redrive.fetchId());
    return carryOut(machine.redrive(state, causes, moment()))
        .thenReply(redrive.replyTo(), after -> noted(after, redrive.fetchId()));
  }

  private ReplyEffect<Object, Whole<S>> onRedriveCause(Whole<S> state, RedriveCause redrive) {
    var cause = redrive.cause();
    return carryOut(machine.redrive(state, List.of(cause), moment()))
        .thenReply(redrive.replyTo(), after -> replies().redriven(after.fetches(), cause));
  }

  private ReplyEffect<Object, Whole<S>> onReadOrigin(Whole<S> state, ReadOrigin read) {
    var view = Views.origin(home.id(), state.fetches(), read.limit());
    return Effect().reply(read.replyTo(), new OriginReply.Origin(view));
  }

  private ReplyEffect<Object, Whole<S>> onListAlarms(Whole<S> state, ListAlarms list) {
    var alarms = Ringing.list(state.fetches(), list.filter(), list.kinds());
    return Effect().reply(list.replyTo(), new OriginReply.AlarmList(alarms));
  }

  private ReplyEffect<Object, Whole<S>> onCancelAlarm(Whole<S> state, CancelAlarm cancel) {
    var alarm = state.fetches().alarm(cancel.alarmId());
    var decision = machine.rules().alarms().cancel(state.fetches(), cancel.alarmId(), now());
    return carryOut(state, decision)
        .thenReply(cancel.replyTo(), after -> new OriginReply.AlarmTaken(alarm));
  }

  private ReplyEffect<Object, Whole<S>> onTrigger(Whole<S> state, Trigger trigger) {
    var at = moment();
    var granted = aftermath.roomForTheEarliest(state.fetches(), trigger.count());
    var rang = new ArrayList<AlarmView>();
    var turn =
        machine.turn(
            state,
            steps ->
                rang.addAll(
                    ringing().earliest(steps, at.now(), at.random(), trigger.count(), granted)),
            at);
    return carryOut(turn)
        .thenReply(trigger.replyTo(), after -> new OriginReply.AlarmList(List.copyOf(rang)));
  }

  private OriginReply.Fetch noted(Whole<S> state, String fetchId) {
    return fetch(state, Verdict.NOTED, fetchId, now());
  }

  private OriginReply.Fetch fetch(Whole<S> state, Verdict verdict, String fetchId, Instant now) {
    return replies().fetch(state.fetches(), verdict, fetchId, now);
  }

  private ReplyEffect<Object, Whole<S>> onListFetches(Whole<S> state, ListFetches list) {
    var fetches = state.fetches();
    var at = now();
    var page =
        Listing.page(
            home.id(),
            fetches,
            list.settled(),
            list.after(),
            list.limit(),
            fetch -> core.remembers(fetches, fetch, at));
    return Effect().reply(list.replyTo(), new OriginReply.Page(page.items(), page.next()));
  }

  private ReplyEffect<Object, Whole<S>> onReport(Whole<S> state, ReportArrived arrived) {
    var report = arrived.report();
    var decision = core.report(state.fetches(), report.key(), report.report(), now(), random());
    if (decision.verdict() == Verdict.NO_SUCH_FETCH && node.strays().isNew(report.key())) {
      return makeWay("attempt " + report.key()); // to acknowledge it for nothing could lose it
    }
    return carryOut(state, decision)
        .thenReply(report.ackTo(), after -> new ReportAck(report.key()));
  }

  /**
   * Another incarnation may have journaled meanwhile, and whoever told of it comes again: so the
   * next one is to recover. To fail would be shorter, and lose what is stashed, such as a {@link
   * Stop}; its shard would wait for that for good.
   */
  private ReplyEffect<Object, Whole<S>> makeWay(String unknown) {
    ctx.getLog().info("{} does not know {}, and makes way for one that does", home, unknown);
    leave();
    return Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> onUnheard(Whole<S> state, Unheard unheard) {
    var at = moment();
    var turn =
        machine.turn(
            state, steps -> core.unheard(steps, unheard.findings(), at.now(), at.random()), at);
    return carryOut(turn).thenNoReply();
  }

  private void unheard(List<OriginCore.Finding> findings) {
    inParts(findings, node.settings().alarmBatch(), p -> ctx.getSelf().tell(new Unheard(p)));
  }

  private ReplyEffect<Object, Whole<S>> onKnownAgain(Whole<S> state, KnownAgain known) {
    return carryOut(machine.redrive(state, known.causes(), moment())).thenNoReply();
  }

  private ReplyEffect<Object, Whole<S>> onRoomMade(Whole<S> state, RoomMade made) {
    return aftermath.isStarved() ? onRing(state, new Ring()) : Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> onRing(Whole<S> state, Ring ring) {
    return rung(state).thenNoReply();
  }

  private EffectBuilder<Object, Whole<S>> rung(Whole<S> state) {
    var at = moment();
    var granted = aftermath.roomForThoseDue(state.fetches(), at.now());
    var batch = node.settings().alarmBatch();
    var turn =
        machine.turn(
            state, steps -> ringing().due(steps, at.now(), at.random(), batch, granted), at);
    return carryOut(turn);
  }

  private Ringing ringing() {
    return machine.rules().ringing();
  }

  /** A hint. What there is to do, this origin sees for itself. */
  private ReplyEffect<Object, Whole<S>> onWake(Whole<S> state, Wake wake) {
    if (wake.row() > state.fetches().row()) {
      return makeWay("row " + wake.row());
    }
    unheard(OpenAttempts.lost(state.fetches(), node.pools()));
    return aftermath.isDue(state.fetches(), now())
        ? rung(state).thenReply(wake.replyTo(), after -> awake(after.fetches()))
        : Effect().reply(wake.replyTo(), awake(state.fetches()));
  }

  private OriginReply.Awake awake(OriginState state) {
    return new OriginReply.Awake(state.row(), sleep.told(state, now()).tag());
  }

  /** A message that is large; it comes when it is here. */
  private ReplyEffect<Object, Whole<S>> onOffer(Whole<S> state, Parcels.Offer offer) {
    parcels.take(ctx, Object.class, offer);
    return Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> onIdle(Whole<S> state, Idle idle) {
    if (maySleep(state)) {
      leave();
    } else if (node.woken() && aftermath.hasMissed(state.fetches(), now())) {
      // After failed writes, Pekko stops unstashing at the journal's answers to them until another
      // command comes, and a shard that waits for a stashed Stop sends none.
      ctx.getLog().warn("{} was told nothing for long, and is overdue: it comes anew", home);
      return stop(state);
    }
    return Effect().noReply();
  }

  private boolean maySleep(Whole<S> state) {
    return !parcels.isPulling(ctx) && aftermath.maySleep(state.fetches(), now());
  }

  private ReplyEffect<Object, Whole<S>> onCrowded(Whole<S> state, Crowded crowded) {
    if (maySleep(state)) {
      leave();
    } else {
      node.residents().stays(ctx.getSelf());
    }
    return Effect().noReply();
  }

  /**
   * Since it asked to leave, something may have come that it should have stayed for; and when its
   * shard moves, it is not asked. So its next incarnation is told who waits here, or just called.
   */
  private ReplyEffect<Object, Whole<S>> onStop(Whole<S> state, Stop stop) {
    return stop(state);
  }

  private ReplyEffect<Object, Whole<S>> stop(Whole<S> state) {
    aftermath.takeWaiting().forEach(asked -> node.address().accept(home.id(), asked));
    if (state.fetches().awaitsRoom(now())
        || node.woken() && !aftermath.maySleep(state.fetches(), now())) {
      node.address().accept(home.id(), new RoomMade());
    }
    return Effect().stop().thenNoReply();
  }

  /** Its shard will tell it to stop; until then messages still come. */
  private void leave() {
    aftermath.leave();
    home.shard().tell(new ClusterSharding.Passivate<>(ctx.getSelf()));
  }

  /** What those wait for who asked before may have come to pass in a write that seemed to fail. */
  private void askAgain() {
    aftermath.takeWaiting().forEach(ctx.getSelf()::tell);
  }

  private void onRestart() {
    askAgain();
    letGo();
  }

  private void letGo() {
    aftermath.letGo();
    node.residents().left(ctx.getSelf());
  }

  /** Whatever is no message of ours is a command of the users. */
  private ReplyEffect<Object, Whole<S>> onCommand(Whole<S> state, Object command) {
    try {
      return carryOut(machine.command(state, command, moment())).thenNoReply();
    } catch (RuntimeException e) {
      aftermath.ofNothing();
      ctx.getLog()
          .error("{} refuses {}: nothing is changed", home, command.getClass().getName(), e);
      return Effect().noReply();
    }
  }

  /** It is taken again when the next one is due. Until then recovery takes longer. */
  private void onSnapshotFailed(Whole<S> state, SnapshotFailed failed) {
    ctx.getLog()
        .warn(
            "{}: no snapshot at row {}; its rows are not purged until there is one",
            home,
            failed.getSnapshotMetadata().sequenceNr(),
            failed.getFailure());
  }

  /** Effects are not replayed, so what was under way is looked at here. */
  void onRecovered(Whole<S> whole) {
    var state = whole.fetches();
    checkComplete(state);
    var batch = node.settings().alarmBatch();
    takeUpOpen(state);
    inParts(machine.nowKnown(state), batch, part -> ctx.getSelf().tell(new KnownAgain(part)));
    sleep.recovered(state);
    aftermath.recovered(state);
    askAgain();
    node.residents().uses(ctx.getSelf());
  }

  /** What a pool of another node says comes when it comes; each attempt has a backstop alarm. */
  private void takeUpOpen(OriginState state) {
    var known = new ArrayList<OriginCore.Finding>();
    var self = ctx.getSelf();
    for (var finding : OpenAttempts.unheard(state, node.pools(), home::key)) {
      var answer = finding.toCompletableFuture();
      if (answer.isDone() && !answer.isCompletedExceptionally()) {
        answer.join().ifPresent(known::add);
      } else {
        answer.thenAccept(it -> it.ifPresent(late -> self.tell(new Unheard(List.of(late)))));
      }
    }
    unheard(known);
  }

  /** When its snapshot cannot be read, an origin begins with the first row that is still there. */
  private void checkComplete(OriginState state) {
    var last = lastSequenceNumber(ctx);
    if (state.row() != last) {
      throw new IllegalStateException(
          "origin %s is at row %d of its journal, but counts %d: rows were purged that it needs, because its snapshot cannot be read; deploy code that reads it"
              .formatted(home, last, state.row()));
    }
  }

  private static <T> void inParts(List<T> all, int size, Consumer<List<T>> each) {
    for (var from = 0; from < all.size(); from += size) {
      each.accept(List.copyOf(all.subList(from, Math.min(from + size, all.size()))));
    }
  }

  private EffectBuilder<Object, Whole<S>> carryOut(Whole<S> state, Decision decision) {
    return carryOut(machine.turn(state, decision, moment()));
  }

  EffectBuilder<Object, Whole<S>> carryOut(Turn<S> turn) {
    if (turn.rows().isEmpty()) {
      return Effect().none().thenRun(state -> isDurable(turn, state));
    }
    if (node.woken()) {
      var last = turn.rows().get(turn.rows().size() - 1);
      tagged =
          sleep
              .with(turn.rows(), turn.after().fetches(), now())
              .map(wakeUp -> new TaggedRow(last, wakeUp.tag()));
    }
    var effect = Effect().persist(turn.rows());
    return effect.thenRun(state -> isDurable(turn, state));
  }

  void isDurable(Turn<S> turn, Whole<S> state) {
    tagged = Optional.empty(); // the row may hold a large body
    aftermath.of(turn, state);
  }

  /** Whether one is written with the rows that are being persisted. */
  boolean writesWakeUp() {
    return tagged.isPresent();
  }

  private Replies replies() {
    return aftermath.replies();
  }

  private Machine.Moment moment() {
    return new Machine.Moment(home.id(), now(), random(), aftermath::room);
  }

  private double random() {
    return node.random().getAsDouble();
  }

  private Instant now() {
    return node.clock().instant();
  }
}
