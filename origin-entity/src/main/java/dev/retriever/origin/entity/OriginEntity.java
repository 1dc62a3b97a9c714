package dev.retriever.origin.entity;

import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.executor.pool.ReportAck;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Input;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.Turn;
import dev.retriever.origin.entity.OriginCommand.Crowded;
import dev.retriever.origin.entity.OriginCommand.Idle;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.Ring;
import dev.retriever.origin.entity.OriginCommand.RoomMade;
import dev.retriever.origin.entity.OriginCommand.Stop;
import dev.retriever.origin.entity.OriginCommand.Submit;
import dev.retriever.origin.entity.OriginCommand.Unheard;
import dev.retriever.origin.entity.OriginCommand.Wake;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.SnapshotFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReplyBuilderByState;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * An origin as an actor: receives, draws a moment, asks {@link Machine}, persists, and leaves the
 * rest to {@link AfterCommit}. Decides nothing itself.
 */
public class OriginEntity<S>
    extends EventSourcedBehaviorWithEnforcedReplies<Object, Object, FullState<S>> {
  private final ActorContext<Object> ctx;
  private final OriginHome home;
  private final OriginNode<S> node;
  private final Machine<?, ?, S> machine;
  private final AfterCommit<S> aftermath;
  private final Questions<S> questions;
  private final Passivation<S> passivation;
  private final RecoveredWork work;
  private final WakeUpMark wakeUp;

  OriginEntity(
      ActorContext<Object> ctx,
      TimerScheduler<Object> timers,
      OriginHome home,
      OriginNode<S> node) {
    super(PersistenceId.of(home.type(), home.id()), OriginBehavior.restarting(node.settings()));
    this.ctx = ctx;
    this.home = home;
    this.node = node;
    this.machine = node.machine();
    this.wakeUp = new WakeUpMark(new WakeUpPlan(node.pools().here()));
    ctx.setLoggerName(OriginEntity.class);
    this.aftermath =
        new AfterCommit<>(
            node,
            home,
            timers,
            ctx.getLog(),
            MemoryBudget.get(ctx.getSystem()).open(),
            ctx.getSelf()::tell);
    this.questions = new Questions<>(node, home, aftermath);
    this.passivation = new Passivation<>(ctx, node, home, aftermath);
    this.work = new RecoveredWork(node, home, ctx.getSelf()::tell);
    ctx.setReceiveTimeout(node.settings().idle(), new Idle());
  }

  @Override
  public FullState<S> emptyState() {
    return machine.empty();
  }

  @Override
  public EventHandler<FullState<S>, Object> eventHandler() {
    return machine::apply;
  }

  @Override
  public boolean shouldSnapshot(FullState<S> state, Object row, long sequenceNumber) {
    return node.snapshots().isDue(state, sequenceNumber);
  }

  @Override
  public Set<String> tagsFor(Object row) {
    return wakeUp.tagsOf(row);
  }

  @Override
  public CommandHandlerWithReply<Object, Object, FullState<S>> commandHandler() {
    var commands = commands();
    return (state, command) -> {
      node.residents().uses(ctx.getSelf());
      aftermath.lookAtTheClock(state.fetches());
      return commands.apply(state, command);
    };
  }

  private CommandHandlerWithReply<Object, Object, FullState<S>> commands() {
    var table = newCommandHandlerWithReplyBuilder().forAnyState();
    inputs(table);
    questions(table);
    return table
        .onCommand(Wake.class, this::onWake)
        .onCommand(Parcels.Offer.class, this::onOffer)
        .onCommand(Idle.class, this::onIdle)
        .onCommand(Crowded.class, this::onCrowded)
        .onCommand(Stop.class, (state, it) -> stop(state))
        .onAnyCommand(this::onCommand);
  }

  /** What may change it. */
  private void inputs(
      CommandHandlerWithReplyBuilderByState<Object, Object, FullState<S>, FullState<S>> table) {
    table
        .onCommand(Submit.class, this::onSubmit)
        .onCommand(
            OriginCommand.Cancel.class,
            (state, it) -> told(state, new Input.Cancel(it.fetchId()), it.fetchId(), it.replyTo()))
        .onCommand(ReportArrived.class, this::onReport)
        .onCommand(Unheard.class, (state, it) -> take(state, new Input.Unheard(it.findings())))
        .onCommand(Ring.class, (state, it) -> rung(state).thenNoReply())
        .onCommand(RoomMade.class, this::onRoomMade)
        .onCommand(
            OriginCommand.Redrive.class,
            (state, it) -> told(state, new Input.Redrive(it.fetchId()), it.fetchId(), it.replyTo()))
        .onCommand(
            OriginCommand.RedriveCause.class,
            (state, it) ->
                answered(
                    decide(state, new Input.RedriveCauses(List.of(it.cause()))),
                    it.replyTo(),
                    (done, after) -> aftermath.replies().redriven(after, it.cause())))
        .onCommand(
            OriginCommand.CancelAlarm.class,
            (state, it) ->
                answered(
                    decide(state, new Input.CancelAlarm(it.alarmId())),
                    it.replyTo(),
                    (alarm, after) -> new OriginReply.AlarmTaken(alarm)))
        .onCommand(
            OriginCommand.Trigger.class,
            (state, it) ->
                answered(
                    decide(state, new Input.Trigger(it.count())),
                    it.replyTo(),
                    (rang, after) -> new OriginReply.AlarmList(rang)))
        .onCommand(
            OriginCommand.KnownAgain.class,
            (state, it) -> take(state, new Input.RedriveCauses(it.causes())));
  }

  /** What changes nothing. */
  private void questions(
      CommandHandlerWithReplyBuilderByState<Object, Object, FullState<S>, FullState<S>> table) {
    table
        .onCommand(
            OriginCommand.Read.class,
            (state, it) -> Effect().reply(it.replyTo(), questions.read(state.fetches(), it)))
        .onCommand(
            OriginCommand.Await.class,
            (state, it) -> reply(it.replyTo(), questions.await(state.fetches(), it)))
        .onCommand(
            OriginCommand.NextOutcomes.class,
            (state, it) -> reply(it.replyTo(), questions.nextOutcomes(state.fetches(), it)))
        .onCommand(
            OriginCommand.ListFetches.class,
            (state, it) -> Effect().reply(it.replyTo(), questions.fetches(state.fetches(), it)))
        .onCommand(
            OriginCommand.ReadOrigin.class,
            (state, it) -> Effect().reply(it.replyTo(), questions.origin(state.fetches(), it)))
        .onCommand(
            OriginCommand.ListAlarms.class,
            (state, it) -> Effect().reply(it.replyTo(), questions.alarms(state.fetches(), it)));
  }

  @Override
  public SignalHandler<FullState<S>> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(SnapshotFailed.class, this::onSnapshotFailed)
        .onSignal(PreRestart.instance(), state -> onRestart())
        .onSignal(PostStop.instance(), state -> passivation.letGo())
        .build();
  }

  private ReplyEffect<Object, FullState<S>> onSubmit(FullState<S> state, Submit submit) {
    var id = submit.fetchId();
    return told(state, new Input.Submit(id, submit.spec()), id, submit.replyTo());
  }

  /** Its sender gets the fetch as it is after that. */
  private ReplyEffect<Object, FullState<S>> told(
      FullState<S> state,
      Input<Verdict> input,
      String fetchId,
      ActorRef<OriginReply.Fetch> replyTo) {
    var it = decide(state, input);
    var at = it.turn().at();
    return answered(
        it, replyTo, (verdict, after) -> aftermath.replies().fetch(after, verdict, fetchId, at));
  }

  private <R, A> ReplyEffect<Object, FullState<S>> answered(
      Machine.Decided<R, S> it, ActorRef<A> replyTo, BiFunction<R, OriginState, A> answer) {
    return carryOut(it.turn())
        .thenReply(replyTo, after -> answer.apply(it.answer(), after.fetches()));
  }

  private ReplyEffect<Object, FullState<S>> onReport(FullState<S> state, ReportArrived arrived) {
    var report = arrived.report();
    var it = decide(state, new Input.Reported(report.key(), report.report()));
    if (it.answer() == Verdict.NO_SUCH_FETCH && node.strays().isNew(report.key())) {
      // To acknowledge it for nothing could lose it.
      passivation.makeWay("attempt " + report.key());
      return Effect().noReply();
    }
    return answered(it, report.ackTo(), (verdict, after) -> new ReportAck(report.key()));
  }

  private ReplyEffect<Object, FullState<S>> onRoomMade(FullState<S> state, RoomMade made) {
    return aftermath.isStarved() ? rung(state).thenNoReply() : Effect().noReply();
  }

  private EffectBuilder<Object, FullState<S>> rung(FullState<S> state) {
    aftermath.rang();
    return carryOut(decide(state, new Input.Ring(node.settings().alarmBatch())).turn());
  }

  /** A hint. What there is to do, this origin sees for itself. */
  private ReplyEffect<Object, FullState<S>> onWake(FullState<S> state, Wake wake) {
    if (wake.row() > state.fetches().row()) {
      passivation.makeWay("row " + wake.row());
      return Effect().noReply();
    }
    work.takeUpLost(state.fetches());
    return aftermath.isDue(state.fetches(), now())
        ? rung(state).thenReply(wake.replyTo(), after -> awake(after.fetches()))
        : Effect().reply(wake.replyTo(), awake(state.fetches()));
  }

  private OriginReply.Awake awake(OriginState state) {
    return new OriginReply.Awake(state.row(), wakeUp.told(state, now()).tag());
  }

  /** Whatever is no message of ours is a command of the users. */
  private ReplyEffect<Object, FullState<S>> onCommand(FullState<S> state, Object command) {
    try {
      return take(state, new Input.Command(command));
    } catch (RuntimeException e) {
      aftermath.ofNothing();
      ctx.getLog()
          .error("{} refuses {}: nothing is changed", home, command.getClass().getName(), e);
      return Effect().noReply();
    }
  }

  private <R> ReplyEffect<Object, FullState<S>> reply(ActorRef<R> to, Optional<R> answer) {
    return answer.map(it -> Effect().reply(to, it)).orElseGet(() -> Effect().noReply());
  }

  private ReplyEffect<Object, FullState<S>> onOffer(FullState<S> state, Parcels.Offer offer) {
    passivation.take(offer);
    return Effect().noReply();
  }

  private ReplyEffect<Object, FullState<S>> onIdle(FullState<S> state, Idle idle) {
    return !passivation.leaveIfIdle(state.fetches()) && passivation.isStuck(state.fetches())
        ? stop(state)
        : Effect().noReply();
  }

  private ReplyEffect<Object, FullState<S>> onCrowded(FullState<S> state, Crowded crowded) {
    passivation.crowded(state.fetches());
    return Effect().noReply();
  }

  private ReplyEffect<Object, FullState<S>> stop(FullState<S> state) {
    passivation.handOver(state.fetches());
    return Effect().stop().thenNoReply();
  }

  private void onRestart() {
    passivation.askAgain();
    passivation.letGo();
  }

  /** It is taken again when the next one is due. Until then recovery takes longer. */
  private void onSnapshotFailed(FullState<S> state, SnapshotFailed failed) {
    ctx.getLog()
        .warn(
            "{}: no snapshot at row {}; its rows are not purged until there is one",
            home,
            failed.getSnapshotMetadata().sequenceNr(),
            failed.getFailure());
  }

  /** Effects are not replayed, so what was under way is looked at here. */
  void onRecovered(FullState<S> whole) {
    var state = whole.fetches();
    work.checkComplete(state, lastSequenceNumber(ctx));
    work.takeUpOpen(state);
    work.takeUpKnown(state);
    wakeUp.recovered(state);
    aftermath.recovered(state);
    passivation.askAgain();
    node.residents().uses(ctx.getSelf());
  }

  private <R> Machine.Decided<R, S> decide(FullState<S> state, Input<R> input) {
    var at = new Machine.Moment(home.id(), now(), node.random().getAsDouble(), aftermath);
    return machine.turn(state, input, at);
  }

  /** Nobody waits for what comes of it. */
  private ReplyEffect<Object, FullState<S>> take(FullState<S> state, Input<?> input) {
    return carryOut(decide(state, input).turn()).thenNoReply();
  }

  EffectBuilder<Object, FullState<S>> carryOut(Turn<S> turn) {
    if (turn.rows().isEmpty()) {
      return Effect().none().thenRun(state -> isDurable(turn, state));
    }
    if (node.woken()) {
      wakeUp.of(turn);
    }
    return Effect().persist(turn.rows()).thenRun(state -> isDurable(turn, state));
  }

  void isDurable(Turn<S> turn, FullState<S> state) {
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
