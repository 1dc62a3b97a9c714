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
import dev.retriever.origin.entity.OriginCommand.RoomMade;
import dev.retriever.origin.entity.OriginCommand.Unheard;
import dev.retriever.origin.entity.OriginCommand.Wake;
import dev.retriever.origin.meter.TurnMeter;
import dev.retriever.origin.queued.QueueDesk;
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
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.SnapshotFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EffectBuilder;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.apache.pekko.persistence.typed.javadsl.ReplyEffect;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * An origin as an actor. For each message it draws a moment, asks {@link Machine} for a turn,
 * persists its rows, and leaves the rest to {@link AfterCommit}. Decides nothing itself.
 */
public class OriginEntity<S>
    extends EventSourcedBehaviorWithEnforcedReplies<Object, Object, FullState<S>>
    implements QueueDesk.Turns<S> {
  private final ActorContext<Object> ctx;
  private final OriginHome home;
  private final OriginNode<S> node;
  private final Machine<?, ?, S> machine;
  private final AfterCommit<S> afterCommit;
  private final Questions<S> questions;
  private final Passivation<S> passivation;
  private final RecoveredWork work;
  private final RowTags tags;

  /** The message whose rows are being written, if it may be repeated. */
  private Optional<Again> unwritten = Optional.empty();

  /**
   * From an incarnation whose write failed, to the next one: what it was told. It is not repeated a
   * second time.
   *
   * @param until its sender waits no longer; then it is dropped
   */
  record Again(OriginCommand.Repeatable message, Instant until) {}

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
    this.tags = new RowTags(new WakeUpPlan(node.pools().here()), node.indexed());
    ctx.setLoggerName(OriginEntity.class);
    this.afterCommit =
        new AfterCommit<>(
            node,
            home,
            timers,
            ctx.getLog(),
            MemoryBudget.get(ctx.getSystem()).open(),
            ctx.getSelf()::tell);
    this.questions = new Questions<>(node, home, afterCommit);
    this.passivation = new Passivation<>(ctx, node, home, afterCommit);
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
    return node.snapshots().isDue(state, sequenceNumber, row);
  }

  @Override
  public Set<String> tagsFor(Object row) {
    return afterCommit.queues().tagsOf(row, tags.tagsOf(row));
  }

  @Override
  public CommandHandlerWithReply<Object, Object, FullState<S>> commandHandler() {
    var messages = Messages.<S>ofOrigins();
    return (state, message) -> {
      node.residents().uses(ctx.getSelf());
      afterCommit.lookAtTheClock(state.fetches());
      unwritten =
          message instanceof OriginCommand.Repeatable it
              ? Optional.of(new Again(it, now().plus(node.settings().askTimeout())))
              : Optional.empty();
      return messages.handle(this, state, message);
    };
  }

  Questions<S> questions() {
    return questions;
  }

  QueueDesk<S> queues() {
    return afterCommit.queues();
  }

  @Override
  public ReplyEffect<Object, FullState<S>> nothing() {
    return Effect().noReply();
  }

  /** Replies, unless the sender waits here. */
  <R> ReplyEffect<Object, FullState<S>> reply(ActorRef<R> to, Optional<R> answer) {
    return answer.map(it -> Effect().reply(to, it)).orElseGet(this::nothing);
  }

  @Override
  public SignalHandler<FullState<S>> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(SnapshotFailed.class, this::onSnapshotFailed)
        .onSignal(
            SnapshotCompleted.class,
            (state, saved) ->
                afterCommit.saved(state.fetches(), saved.getSnapshotMetadata().sequenceNr()))
        .onSignal(PreRestart.instance(), state -> onRestart())
        .onSignal(PostStop.instance(), state -> passivation.letGo())
        .build();
  }

  /** Replies with the fetch as it is after the turn. */
  ReplyEffect<Object, FullState<S>> onFetch(FullState<S> state, OriginCommand.OnFetch command) {
    var it = decide(state, command.input());
    var id = command.fetchId();
    var at = it.turn().at();
    return answered(
        it,
        command.replyTo(),
        (verdict, after) -> afterCommit.replies().fetch(after, verdict, id, at));
  }

  /** Replies with what is decided. */
  <R, A> ReplyEffect<Object, FullState<S>> answered(
      FullState<S> state, OriginCommand.Answering<R, A> command) {
    return answered(
        decide(state, command.input()),
        command.replyTo(),
        (decided, after) -> command.answer().apply(decided));
  }

  private <R, A> ReplyEffect<Object, FullState<S>> answered(
      Machine.Decided<R, S> it, ActorRef<A> replyTo, BiFunction<R, OriginState, A> answer) {
    return carryOut(it.turn())
        .thenReply(replyTo, after -> answer.apply(it.answer(), after.fetches()));
  }

  ReplyEffect<Object, FullState<S>> onAgain(FullState<S> state, Again again) {
    return now().isAfter(again.until())
        ? nothing()
        : Messages.<S>ofOrigins().handle(this, state, again.message());
  }

  ReplyEffect<Object, FullState<S>> onReport(FullState<S> state, ReportArrived arrived) {
    var report = arrived.report();
    var it = decide(state, new Input.Reported(report.key(), report.report()));
    if (it.answer() == Verdict.NO_SUCH_FETCH && node.unknownReports().isNew(report.key())) {
      // An acknowledgement now could lose the report: another incarnation may have journaled the
      // attempt.
      passivation.leaveToRecover("attempt " + report.key());
      return nothing();
    }
    return answered(it, report.ackTo(), (verdict, after) -> new ReportAck(report.key()));
  }

  ReplyEffect<Object, FullState<S>> onUnheard(FullState<S> state, Unheard unheard) {
    work.heard(unheard.findings());
    return take(state, new Input.Unheard(unheard.findings()));
  }

  ReplyEffect<Object, FullState<S>> onRoomMade(FullState<S> state, RoomMade made) {
    afterCommit.queues().roomMade();
    return afterCommit.awaitsRoom() ? fireDue(state).thenNoReply() : nothing();
  }

  EffectBuilder<Object, FullState<S>> fireDue(FullState<S> state) {
    afterCommit.timerFired(state.fetches());
    return carryOut(decide(state, new Input.FireDue(node.settings().alarmBatch())).turn());
  }

  /** A wake-up is a hint: the origin looks itself for what there is to do. */
  ReplyEffect<Object, FullState<S>> onWake(FullState<S> state, Wake wake) {
    if (!knows(state, wake.row())) {
      return nothing();
    }
    work.takeUpLost(state.fetches());
    return afterCommit.isDue(state.fetches(), now())
        ? fireDue(state).thenReply(wake.replyTo(), after -> awake(after.fetches()))
        : Effect().reply(wake.replyTo(), awake(state.fetches()));
  }

  private OriginReply.Awake awake(OriginState state) {
    return new OriginReply.Awake(state.row(), tags.told(state, now()).tag());
  }

  @Override
  public boolean knows(FullState<S> state, long row) {
    var knows = row <= state.fetches().row();
    if (!knows) {
      passivation.leaveToRecover("row " + row);
    }
    return knows;
  }

  /** Every message of another type is a command of the users. */
  ReplyEffect<Object, FullState<S>> onCommand(FullState<S> state, Object command) {
    try {
      return take(state, new Input.Command(command));
    } catch (RuntimeException e) {
      afterCommit.dropped();
      ctx.getLog()
          .error(
              "{}: command {} failed; nothing is changed and the sender gets no answer",
              home,
              command.getClass().getName(),
              e);
      return nothing();
    }
  }

  ReplyEffect<Object, FullState<S>> onOffer(FullState<S> state, Parcels.Offer offer) {
    passivation.take(offer);
    return nothing();
  }

  ReplyEffect<Object, FullState<S>> onIdle(FullState<S> state, Idle idle) {
    return !passivation.leaveIfIdle(state.fetches()) && passivation.isStuck(state.fetches())
        ? stop(state)
        : nothing();
  }

  ReplyEffect<Object, FullState<S>> onCrowded(FullState<S> state, Crowded crowded) {
    passivation.crowded(state.fetches());
    return nothing();
  }

  ReplyEffect<Object, FullState<S>> stop(FullState<S> state) {
    passivation.handOver(state.fetches(), work.isUnheard());
    afterCommit.queues().leaves(state.fetches());
    return Effect().stop().thenNoReply();
  }

  /**
   * Also after a recovery that fails: then nothing is unwritten any more. What came meanwhile is
   * handled before the message that is repeated.
   */
  private void onRestart() {
    var again = unwritten;
    unwritten = Optional.empty();
    again.ifPresent(ctx.getSelf()::tell);
    passivation.askAgain();
    passivation.letGo();
  }

  /** The next snapshot is taken when it is due. Until then recovery takes longer. */
  private void onSnapshotFailed(FullState<S> state, SnapshotFailed failed) {
    ctx.getLog()
        .warn(
            "{}: snapshot at row {} failed; its rows are not purged until the next one succeeds",
            home,
            failed.getSnapshotMetadata().sequenceNr(),
            failed.getFailure());
  }

  /** Effects are not replayed, so the work under way is taken up here. */
  void onRecovered(FullState<S> recovered) {
    var state = recovered.fetches();
    node.meter().recovered(home.type());
    work.checkComplete(state, lastSequenceNumber(ctx));
    work.takeUpOpen(state);
    work.takeUpKnown(state);
    tags.recovered(state);
    afterCommit.recovered(state);
    passivation.askAgain();
    node.residents().uses(ctx.getSelf());
  }

  @Override
  public <R> Machine.Decided<R, S> decide(FullState<S> state, Input<R> input) {
    var at = new Machine.Moment(home.id(), now(), node.random().getAsDouble(), afterCommit);
    return machine.turn(state, input, at);
  }

  ReplyEffect<Object, FullState<S>> onRedriveCause(
      FullState<S> state, OriginCommand.RedriveCause it) {
    return answered(
        decide(state, new Input.RedriveCauses(List.of(it.cause()))),
        it.replyTo(),
        (done, after) -> afterCommit.replies().redriven(after, it.cause()));
  }

  /** Handles an input whose sender waits for no answer. */
  ReplyEffect<Object, FullState<S>> take(FullState<S> state, Input<?> input) {
    return carryOut(decide(state, input).turn()).thenNoReply();
  }

  @Override
  public EffectBuilder<Object, FullState<S>> carryOut(Turn<S> turn) {
    if (turn.rows().isEmpty()) {
      return Effect().none().thenRun(state -> isDurable(turn, state));
    }
    afterCommit.queues().of(turn);
    if (node.woken()) {
      tags.of(turn);
    }
    return Effect().persist(turn.rows()).thenRun(state -> isDurable(turn, state));
  }

  void isDurable(Turn<S> turn, FullState<S> state) {
    tags.clear();
    unwritten = Optional.empty();
    TurnMeter.tell(node.meter(), home.type(), turn, afterCommit::measured);
    afterCommit.of(turn, state);
  }

  /** Whether a wake-up is written with the rows that are being persisted. */
  boolean writesWakeUp() {
    return tags.hasWakeUp();
  }

  private Instant now() {
    return node.clock().instant();
  }
}
