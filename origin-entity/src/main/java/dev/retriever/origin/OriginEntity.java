package dev.retriever.origin;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.BackoffSupervisorStrategy;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
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
 * An origin as an actor: receives, draws a moment, asks {@link Machine}, persists, and leaves the
 * rest to {@link Aftermath}. Decides nothing itself.
 */
class OriginEntity<S> extends EventSourcedBehaviorWithEnforcedReplies<Object, Object, Whole<S>> {
  private final ActorContext<Object> ctx;
  private final OriginHome home;
  private final OriginNode<S> node;
  private final Machine<?, ?, S> machine;
  private final Aftermath<S> aftermath;
  private final Questions<S> questions;
  private final Passivation<S> passivation;
  private final Sleep sleep;
  private final WakeUpMark wakeUp;

  static <S> Behavior<Object> create(EntityContext<Object> entity, OriginNode<S> node) {
    var home =
        new OriginHome(entity.getEntityTypeKey().name(), entity.getEntityId(), entity.getShard());
    return node.log()
        .map(log -> LoggedOrigin.create(home, node, log))
        .orElseGet(
            () -> supervised(node, (ctx, timers) -> new OriginEntity<>(ctx, timers, home, node)));
  }

  static Behavior<Object> supervised(
      OriginNode<?> node,
      BiFunction<ActorContext<Object>, TimerScheduler<Object>, Behavior<Object>> of) {
    var origin =
        Behaviors.<Object>setup(ctx -> Behaviors.withTimers(timers -> of.apply(ctx, timers)));
    return Behaviors.supervise(origin).onFailure(restarting(node.settings()));
  }

  OriginEntity(
      ActorContext<Object> ctx,
      TimerScheduler<Object> timers,
      OriginHome home,
      OriginNode<S> node) {
    super(PersistenceId.of(home.type(), home.id()), restarting(node.settings()));
    this.ctx = ctx;
    this.home = home;
    this.node = node;
    this.machine = node.machine();
    this.sleep = new Sleep(node.pools().here());
    this.wakeUp = new WakeUpMark(sleep);
    ctx.setLoggerName(OriginEntity.class);
    this.aftermath =
        new Aftermath<>(
            node,
            home,
            timers,
            ctx.getLog(),
            MemoryBudget.get(ctx.getSystem()).open(),
            ctx.getSelf()::tell);
    this.questions = new Questions<>(node, home, aftermath);
    this.passivation = new Passivation<>(ctx, node, home, aftermath);
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
    return wakeUp.tagsOf(row);
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
        .onCommand(Unheard.class, (state, it) -> take(state, new Input.Unheard(it.findings())))
        .onCommand(Ring.class, (state, it) -> rung(state).thenNoReply())
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
        .onCommand(
            KnownAgain.class, (state, it) -> take(state, new Input.RedriveCauses(it.causes())))
        .onCommand(Stop.class, (state, it) -> stop(state))
        .onAnyCommand(this::onCommand);
  }

  @Override
  public SignalHandler<Whole<S>> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(SnapshotFailed.class, this::onSnapshotFailed)
        .onSignal(PreRestart.instance(), state -> onRestart())
        .onSignal(PostStop.instance(), state -> passivation.letGo())
        .build();
  }

  private ReplyEffect<Object, Whole<S>> onSubmit(Whole<S> state, Submit submit) {
    var id = submit.fetchId();
    return told(decide(state, new Input.Submit(id, submit.spec())), id, submit.replyTo());
  }

  private ReplyEffect<Object, Whole<S>> onCancel(Whole<S> state, Cancel cancel) {
    var id = cancel.fetchId();
    return told(decide(state, new Input.Cancel(id)), id, cancel.replyTo());
  }

  private ReplyEffect<Object, Whole<S>> onRedrive(Whole<S> state, Redrive redrive) {
    var id = redrive.fetchId();
    return told(decide(state, new Input.Redrive(id)), id, redrive.replyTo());
  }

  /** Its sender gets the fetch as it is after that. */
  private ReplyEffect<Object, Whole<S>> told(
      Machine.Decided<Verdict, S> it, String fetchId, ActorRef<OriginReply.Fetch> replyTo) {
    var at = it.turn().at();
    return carryOut(it.turn())
        .thenReply(
            replyTo, after -> aftermath.replies().fetch(after.fetches(), it.answer(), fetchId, at));
  }

  private ReplyEffect<Object, Whole<S>> onRedriveCause(Whole<S> state, RedriveCause redrive) {
    var cause = redrive.cause();
    return carryOut(decide(state, new Input.RedriveCauses(List.of(cause))).turn())
        .thenReply(
            redrive.replyTo(), after -> aftermath.replies().redriven(after.fetches(), cause));
  }

  private ReplyEffect<Object, Whole<S>> onCancelAlarm(Whole<S> state, CancelAlarm cancel) {
    var it = decide(state, new Input.CancelAlarm(cancel.alarmId()));
    return carryOut(it.turn())
        .thenReply(cancel.replyTo(), after -> new OriginReply.AlarmTaken(it.answer()));
  }

  private ReplyEffect<Object, Whole<S>> onTrigger(Whole<S> state, Trigger trigger) {
    var it = decide(state, new Input.Trigger(trigger.count()));
    return carryOut(it.turn())
        .thenReply(trigger.replyTo(), after -> new OriginReply.AlarmList(it.answer()));
  }

  private ReplyEffect<Object, Whole<S>> onReport(Whole<S> state, ReportArrived arrived) {
    var report = arrived.report();
    var it = decide(state, new Input.Reported(report.key(), report.report()));
    if (it.answer() == Verdict.NO_SUCH_FETCH && node.strays().isNew(report.key())) {
      // To acknowledge it for nothing could lose it.
      passivation.makeWay("attempt " + report.key());
      return Effect().noReply();
    }
    return carryOut(it.turn()).thenReply(report.ackTo(), after -> new ReportAck(report.key()));
  }

  private ReplyEffect<Object, Whole<S>> onRoomMade(Whole<S> state, RoomMade made) {
    return aftermath.isStarved() ? rung(state).thenNoReply() : Effect().noReply();
  }

  private EffectBuilder<Object, Whole<S>> rung(Whole<S> state) {
    aftermath.rang();
    return carryOut(decide(state, new Input.Ring(node.settings().alarmBatch())).turn());
  }

  /** A hint. What there is to do, this origin sees for itself. */
  private ReplyEffect<Object, Whole<S>> onWake(Whole<S> state, Wake wake) {
    if (wake.row() > state.fetches().row()) {
      passivation.makeWay("row " + wake.row());
      return Effect().noReply();
    }
    goOn(OpenAttempts.lost(state.fetches(), node.pools()));
    return aftermath.isDue(state.fetches(), now())
        ? rung(state).thenReply(wake.replyTo(), after -> awake(after.fetches()))
        : Effect().reply(wake.replyTo(), awake(state.fetches()));
  }

  private OriginReply.Awake awake(OriginState state) {
    return new OriginReply.Awake(state.row(), sleep.told(state, now()).tag());
  }

  /** Whatever is no message of ours is a command of the users. */
  private ReplyEffect<Object, Whole<S>> onCommand(Whole<S> state, Object command) {
    try {
      return take(state, new Input.Command(command));
    } catch (RuntimeException e) {
      aftermath.ofNothing();
      ctx.getLog()
          .error("{} refuses {}: nothing is changed", home, command.getClass().getName(), e);
      return Effect().noReply();
    }
  }

  private ReplyEffect<Object, Whole<S>> onRead(Whole<S> state, Read read) {
    return Effect().reply(read.replyTo(), questions.read(state.fetches(), read.fetchId()));
  }

  private ReplyEffect<Object, Whole<S>> onAwait(Whole<S> state, Await await) {
    return reply(await.replyTo(), questions.await(state.fetches(), await));
  }

  private ReplyEffect<Object, Whole<S>> onNextOutcomes(Whole<S> state, NextOutcomes asked) {
    return reply(asked.replyTo(), questions.nextOutcomes(state.fetches(), asked));
  }

  private <R> ReplyEffect<Object, Whole<S>> reply(ActorRef<R> to, Optional<R> answer) {
    return answer.map(it -> Effect().reply(to, it)).orElseGet(() -> Effect().noReply());
  }

  private ReplyEffect<Object, Whole<S>> onReadOrigin(Whole<S> state, ReadOrigin read) {
    return Effect().reply(read.replyTo(), questions.origin(state.fetches(), read));
  }

  private ReplyEffect<Object, Whole<S>> onListAlarms(Whole<S> state, ListAlarms list) {
    return Effect().reply(list.replyTo(), questions.alarms(state.fetches(), list));
  }

  private ReplyEffect<Object, Whole<S>> onListFetches(Whole<S> state, ListFetches list) {
    return Effect().reply(list.replyTo(), questions.fetches(state.fetches(), list));
  }

  private ReplyEffect<Object, Whole<S>> onOffer(Whole<S> state, Parcels.Offer offer) {
    passivation.take(offer);
    return Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> onIdle(Whole<S> state, Idle idle) {
    return !passivation.leaveIfIdle(state.fetches()) && passivation.isStuck(state.fetches())
        ? stop(state)
        : Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> onCrowded(Whole<S> state, Crowded crowded) {
    passivation.crowded(state.fetches());
    return Effect().noReply();
  }

  private ReplyEffect<Object, Whole<S>> stop(Whole<S> state) {
    passivation.handOver(state.fetches());
    return Effect().stop().thenNoReply();
  }

  private void onRestart() {
    passivation.askAgain();
    passivation.letGo();
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
    takeUpOpen(state);
    Input.parts(machine.nowKnown(state), node.settings().alarmBatch())
        .forEach(part -> ctx.getSelf().tell(new KnownAgain(part)));
    sleep.recovered(state);
    aftermath.recovered(state);
    passivation.askAgain();
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
    goOn(known);
  }

  private void goOn(List<OriginCore.Finding> findings) {
    Input.parts(findings, node.settings().alarmBatch())
        .forEach(part -> ctx.getSelf().tell(new Unheard(part)));
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

  private <R> Machine.Decided<R, S> decide(Whole<S> state, Input<R> input) {
    var at = new Machine.Moment(home.id(), now(), node.random().getAsDouble(), aftermath);
    return machine.turn(state, input, at);
  }

  /** Nobody waits for what comes of it. */
  private ReplyEffect<Object, Whole<S>> take(Whole<S> state, Input<?> input) {
    return carryOut(decide(state, input).turn()).thenNoReply();
  }

  EffectBuilder<Object, Whole<S>> carryOut(Turn<S> turn) {
    if (turn.rows().isEmpty()) {
      return Effect().none().thenRun(state -> isDurable(turn, state));
    }
    if (node.woken()) {
      wakeUp.of(turn);
    }
    return Effect().persist(turn.rows()).thenRun(state -> isDurable(turn, state));
  }

  void isDurable(Turn<S> turn, Whole<S> state) {
    wakeUp.clear();
    aftermath.of(turn, state);
  }

  /** Whether a wake-up is written with the rows that are being persisted. */
  boolean writesWakeUp() {
    return wakeUp.isSet();
  }

  private Instant now() {
    return node.clock().instant();
  }
}
