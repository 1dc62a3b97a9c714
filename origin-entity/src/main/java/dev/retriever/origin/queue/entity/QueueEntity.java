package dev.retriever.origin.queue.entity;

import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.queue.QueueView.Page;
import dev.retriever.origin.queue.core.LineId;
import dev.retriever.origin.queue.core.OriginId;
import dev.retriever.origin.queue.rows.QueueRows;
import dev.retriever.origin.queue.wire.Look;
import dev.retriever.origin.queue.wire.OriginMessage;
import dev.retriever.origin.queue.wire.Told;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.NotInfluenceReceiveTimeout;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;

/**
 * A queue as an actor. For each message it draws a moment, has {@link QueueCore} decide a turn,
 * persists its events, and then carries out its effects. Decides nothing itself.
 */
final class QueueEntity extends EventSourcedBehavior<Object, QueueEvent, QueueState>
    implements QueueEffect.Shell {
  private final ActorContext<Object> ctx;
  private final TimerScheduler<Object> timers;
  private final String name;
  private final QueueNode node;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private QueueCore core;

  /** When the timer fires, by the monotonic clock in microseconds. */
  private long armedFor = Statements.NEVER;

  private QueueEntity(
      ActorContext<Object> ctx,
      TimerScheduler<Object> timers,
      String name,
      QueueNode node,
      ActorRef<ClusterSharding.ShardCommand> shard) {
    super(
        PersistenceId.of(QueueHost.TYPE, name),
        SupervisorStrategy.restartWithBackoff(
            node.times().restartMin(), node.times().restartMax(), node.times().restartJitter()));
    this.ctx = ctx;
    this.timers = timers;
    this.name = name;
    this.node = node;
    this.shard = shard;
    ctx.setLoggerName(QueueEntity.class);
  }

  /** The result of a statement, for the incarnation that made it. */
  private record Answered(QueueCore of, Consumer<QueueTurn> then)
      implements NoSerializationVerificationNeeded, NotInfluenceReceiveTimeout {}

  /** The actor of one queue. It restarts after an error. */
  static Behavior<Object> create(
      String name, QueueNode node, ActorRef<ClusterSharding.ShardCommand> shard) {
    var queue =
        Behaviors.<Object>setup(
            ctx -> Behaviors.withTimers(timers -> new QueueEntity(ctx, timers, name, node, shard)));
    return Behaviors.supervise(queue)
        .onFailure(
            SupervisorStrategy.restartWithBackoff(
                node.times().restartMin(),
                node.times().restartMax(),
                node.times().restartJitter()));
  }

  @Override
  public QueueState emptyState() {
    return QueueState.NONE;
  }

  @Override
  public EventHandler<QueueState, QueueEvent> eventHandler() {
    return QueueState::after;
  }

  @Override
  public Set<String> tagsFor(QueueEvent event) {
    return event
        .listed(name)
        .map(
            it -> new QueueRows(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(it)))
        .map(rows -> Set.of(rows.tag()))
        .orElse(Set.of());
  }

  @Override
  public CommandHandler<Object, QueueEvent, QueueState> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(Told.class, (state, it) -> turn(state, turn -> core.told(turn, it)))
        .onCommand(Look.class, (state, it) -> turn(state, turn -> {}))
        .onCommand(QueueCommand.LookAgain.class, (state, it) -> lookAgain(state))
        .onCommand(Answered.class, this::onAnswered)
        .onCommand(
            QueueCommand.MemberLeft.class,
            (state, it) -> turn(state, turn -> core.memberLeft(turn)))
        .onCommand(
            QueueCommand.Configure.class,
            (state, it) ->
                turn(state, turn -> core.changes().configure(turn, it, it.replyTo()::tell)))
        .onCommand(
            QueueCommand.Remove.class,
            (state, it) -> turn(state, turn -> core.changes().remove(turn, it, it.replyTo()::tell)))
        .onCommand(
            QueueCommand.Operate.class,
            (state, it) ->
                turn(
                    state,
                    turn -> core.changes().operate(turn, it.operation(), it.replyTo()::tell)))
        .onCommand(QueueCommand.ReadQueue.class, this::onReadQueue)
        .onCommand(QueueCommand.Measure.class, this::onMeasure)
        .onCommand(QueueCommand.ReadKeys.class, this::onReadKeys)
        .onCommand(QueueCommand.ReadLines.class, this::onReadLines)
        .onCommand(QueueCommand.Explain.class, this::onExplain)
        .onCommand(QueueCommand.Leave.class, (state, it) -> Effect().stop())
        .build();
  }

  @Override
  public SignalHandler<QueueState> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(PostStop.instance(), state -> node.inMemory().remove(ctx.getSelf()))
        .build();
  }

  /**
   * Begins a new incarnation: after a write that failed this object recovers again, with what it
   * knew before. The epoch is the number of a row, so all rows must be there.
   */
  private void onRecovered(QueueState state) {
    core = null;
    armedFor = Statements.NEVER;
    node.inMemory().add(ctx.getSelf());
    if (state.row() != lastSequenceNumber(ctx)) {
      throw new IllegalStateException(
          "queue %s: its journal ends with row %d, but only %d rows were read; restore the missing rows"
              .formatted(name, lastSequenceNumber(ctx), state.row()));
    }
    ctx.getSelf().tell(new QueueCommand.LookAgain());
  }

  private Effect<QueueEvent, QueueState> turn(QueueState state, Consumer<QueueTurn> input) {
    var turn = new QueueTurn(state, node.moment(name));
    if (core == null) {
      core = new QueueCore(name, node.times(), turn);
    }
    input.accept(turn);
    core.finish(turn);
    return turn.events().isEmpty()
        ? Effect().none().thenRun(after -> isDurable(turn))
        : Effect().persist(turn.events()).thenRun(after -> isDurable(turn));
  }

  private void isDurable(QueueTurn turn) {
    turn.effects().forEach(effect -> effect.carryOut(this));
    arm();
  }

  /** A timer that is armed for an earlier time stays armed. */
  private void arm() {
    var next = core.nextLook();
    if (next < armedFor) {
      armedFor = next;
      var micros = next - node.micros();
      if (micros <= 0) {
        ctx.getSelf().tell(new QueueCommand.LookAgain());
      } else {
        // The scheduler counts whole milliseconds; it must not be early.
        var delay = Duration.ofMillis(micros / 1_000 + 1);
        timers.startSingleTimer(QueueCommand.LookAgain.class, new QueueCommand.LookAgain(), delay);
      }
    }
  }

  private Effect<QueueEvent, QueueState> lookAgain(QueueState state) {
    armedFor = Statements.NEVER;
    return turn(state, turn -> {});
  }

  private Effect<QueueEvent, QueueState> onAnswered(QueueState state, Answered it) {
    return it.of() == core ? turn(state, it.then()) : Effect().none();
  }

  /** A look at the queue, which changes nothing but what time has changed. */
  private <R> Effect<QueueEvent, QueueState> reads(
      QueueState state, ActorRef<R> replyTo, Function<QueueTurn, R> answer) {
    return turn(
        state, turn -> turn.then(new QueueEffect.Reply<>(replyTo::tell, answer.apply(turn))));
  }

  private Effect<QueueEvent, QueueState> onReadQueue(QueueState state, QueueCommand.ReadQueue it) {
    return reads(state, it.replyTo(), turn -> new QueueReply.Read(core.view(turn)));
  }

  private Effect<QueueEvent, QueueState> onMeasure(QueueState state, QueueCommand.Measure it) {
    return reads(
        state, it.replyTo(), turn -> new QueueReply.Measured(QueueViews.measure(core, turn)));
  }

  private Effect<QueueEvent, QueueState> onReadKeys(QueueState state, QueueCommand.ReadKeys it) {
    return reads(
        state,
        it.replyTo(),
        turn -> new QueueReply.Keys(page(() -> core.scheduler().keys(it.after(), it.limit()))));
  }

  private Effect<QueueEvent, QueueState> onReadLines(QueueState state, QueueCommand.ReadLines it) {
    return reads(
        state,
        it.replyTo(),
        turn ->
            new QueueReply.Lines(
                page(() -> QueueViews.outer(core.scheduler().lines(it.after(), it.limit())))));
  }

  /** A wrong question must not fail the queue. */
  private static <T> Optional<Page<T>> page(Supplier<Page<T>> read) {
    try {
      return Optional.of(read.get());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Effect<QueueEvent, QueueState> onExplain(QueueState state, QueueCommand.Explain it) {
    var line = new LineId(new OriginId(it.originType(), it.originId()), it.key(), it.priority());
    return reads(
        state,
        it.replyTo(),
        turn -> new QueueReply.Explained(core.scheduler().explain(line, turn.now())));
  }

  @Override
  public void send(OriginId to, OriginMessage message) {
    node.origins().apply(to.type()).tell(to.id(), message);
  }

  @Override
  public <R> void call(QueueEffect.Call<R> call) {
    var of = core;
    ctx.pipeToSelf(
        made(call),
        (result, failure) ->
            new Answered(
                of,
                turn -> {
                  if (failure == null) {
                    call.then().accept(turn, result);
                  } else {
                    ctx.getLog()
                        .warn(
                            "Queue {}: a statement failed, so nothing is let go until one succeeds:"
                                + " {}",
                            name,
                            failure.toString());
                    call.failed().accept(turn, failure);
                  }
                }));
  }

  private <R> CompletionStage<R> made(QueueEffect.Call<R> call) {
    try {
      return call.statement().apply(node.store());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void leave() {
    shard.tell(new ClusterSharding.Passivate<>(ctx.getSelf()));
  }

  /** Whether there may be a queue of that name. */
  static void checkName(String name) {
    if (!QueueChoice.isName(name)) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is no name of a queue: it takes 1 to 64 of A-Z a-z 0-9 . _ -, or a template"
              + " such as host:*");
    }
  }
}
