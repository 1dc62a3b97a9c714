package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.executor.Target;
import dev.retriever.executor.parcel.Parcels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Dispatches attempts to a pool of another node, and detects dispatches that were lost: it asks the
 * pool about each one that was not acknowledged. The actor stops when that node leaves.
 */
final class PoolClient extends AbstractBehavior<PoolClient.Command> {
  /** The messages of this actor. */
  sealed interface Command {}

  /** The messages from the pool's door. */
  sealed interface Wire extends Command {}

  /** The pool has taken the attempt; its report will come. */
  record Taken(AttemptKey key) implements Wire {}

  /**
   * The pool has refused the attempt; it never begins.
   *
   * @param full the target that had no room; empty when another reason led to the refusal
   */
  record Refused(AttemptKey key, Optional<Target> full) implements Wire {
    /** Nodes of an earlier release send no target. */
    Refused {
      full = full == null ? Optional.empty() : full;
    }
  }

  /** This node may send {@code permits} more attempts to the target. */
  record TargetHasRoom(Target target, int permits) implements Wire {}

  /**
   * The pool's room for this node.
   *
   * @param permits the attempts that this node may dispatch
   * @param seen the number of the latest dispatch of this node that the pool had received
   */
  record Room(int permits, long seen) implements Wire {}

  /** Origins of this node wait for room at the target. */
  record Ask(Target target) implements Command {}

  record Send(AttemptKey key, FetchRequest request, Duration timeout) implements Command {}

  private record Became(PoolDoor.Became answer) implements Command {}

  private record Acknowledged(AttemptKey key) implements Command {}

  private record Look() implements Command {}

  /**
   * What the remote pool and its client share.
   *
   * @param clock the wall clock, for times that the other node reads
   * @param steady a monotonic clock, for waits on this node
   */
  record Shared(RemotePool pool, Reports reports, Clock clock, Clock steady, Duration keptFor) {}

  /** The client asks about a dispatch that is not acknowledged after this time. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The slowest network that the client allows for when a dispatch is large. */
  private static final int BYTES_EACH_MILLISECOND = 1024;

  /**
   * A dispatch that the pool has not acknowledged.
   *
   * @param since when it was sent, by the monotonic clock
   * @param sentAt when it was sent, by the wall clock
   * @param lookAt when to ask about it, or to send its report again
   * @param report the report that it was not sent, until the origin acknowledges it
   */
  private record Open(Instant since, Instant sentAt, Instant lookAt, Optional<Report> report) {}

  private final Shared shared;
  private final Parcels parcels;
  private final ActorRef<PoolDoor.Command> door;
  private final ActorRef<PoolDoor.Became> answers;
  private final ActorRef<ReportAck> acks;
  private final Map<AttemptKey, Open> open = new LinkedHashMap<>();

  static Behavior<Command> create(Shared shared, ActorRef<PoolDoor.Command> door) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(
                ctx -> Behaviors.withTimers(timers -> new PoolClient(ctx, timers, shared, door))))
        .onFailure(SupervisorStrategy.restart());
  }

  private PoolClient(
      ActorContext<Command> ctx,
      TimerScheduler<Command> timers,
      Shared shared,
      ActorRef<PoolDoor.Command> door) {
    super(ctx);
    this.shared = shared;
    this.parcels = Parcels.get(ctx.getSystem());
    this.door = door;
    this.answers = ctx.messageAdapter(PoolDoor.Became.class, Became::new);
    this.acks = ctx.messageAdapter(ReportAck.class, ack -> new Acknowledged(ack.key()));
    ctx.setLoggerName(PoolClient.class);
    ctx.watch(door);
    ctx.getSelf().tell(new Look());
    timers.startTimerWithFixedDelay(new Look(), PATIENCE.dividedBy(2));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Send.class, this::onSend)
        .onMessage(Taken.class, taken -> heard(onTaken(taken)))
        .onMessage(Refused.class, refused -> heard(onRefused(refused)))
        .onMessage(TargetHasRoom.class, told -> heard(onTargetHasRoom(told)))
        .onMessage(Ask.class, ask -> askForRoom(ask.target()))
        .onMessage(Room.class, this::onRoom)
        .onMessage(Became.class, this::onBecame)
        .onMessage(Acknowledged.class, this::onAcknowledged)
        .onMessage(Look.class, this::onLook)
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Command> onSend(Send send) {
    var sentAt = shared.clock().instant();
    var now = shared.steady().instant();
    var nth = shared.pool().sending(send.key());
    var size = Parcels.size(send.request());
    var lookAt = now.plus(PATIENCE).plusMillis(size / BYTES_EACH_MILLISECOND);
    open.put(send.key(), new Open(now, sentAt, lookAt, Optional.empty()));
    if (nth.isEmpty()) {
      // The reservation is of a time before the node was taken for gone; it is back now.
      return notSent(send.key(), Report.NO_ROOM);
    }
    var dispatch =
        new PoolDoor.Dispatch(
            send.key(),
            send.request(),
            send.timeout(),
            nth.getAsLong(),
            sentAt,
            getContext().getSelf());
    var packed = parcels.packed("dispatch of " + send.key(), dispatch, size);
    shared.pool().asked();
    door.tell(packed instanceof Parcels.Offer offer ? new PoolDoor.Offered(offer) : dispatch);
    var target = Target.of(send.request().url());
    return shared.pool().isWaitedFor(target) ? askForRoom(target) : this;
  }

  private Behavior<Command> onTaken(Taken taken) {
    open.remove(taken.key());
    return this;
  }

  private Behavior<Command> onRefused(Refused refused) {
    refused.full().ifPresent(shared.pool()::targetIsFull);
    var reason = refused.full().isPresent() ? Report.TARGET_BUSY : Report.NO_ROOM;
    return notSent(refused.key(), reason);
  }

  private Behavior<Command> onTargetHasRoom(TargetHasRoom told) {
    shared.pool().targetHasRoom(told.target(), told.permits());
    return this;
  }

  private Behavior<Command> askForRoom(Target target) {
    door.tell(new PoolDoor.Await(getContext().getSelf(), target));
    return this;
  }

  private Behavior<Command> heard(Behavior<Command> next) {
    shared.pool().heard();
    return next;
  }

  private Behavior<Command> onRoom(Room room) {
    shared.pool().heard(); // before waiting origins try again
    shared.pool().hasRoom(room.permits(), room.seen());
    return this;
  }

  private Behavior<Command> onBecame(Became became) {
    var key = became.answer().key();
    return switch (became.answer().standing()) {
      case NEVER_BEGAN -> notSent(key, FetchExecutor.NEVER_BEGAN);
      case RUNNING, REPORTED, UNKNOWN -> onTaken(new Taken(key));
    };
  }

  private Behavior<Command> notSent(AttemptKey key, String reason) {
    var now = shared.steady().instant();
    var before = open.get(key);
    if (before != null && before.report().isEmpty()) {
      var report = new Report.NotSent(Stage.QUEUED, reason);
      open.put(
          key, new Open(before.since(), before.sentAt(), now.plus(PATIENCE), Optional.of(report)));
      deliver(key, report);
    }
    return this;
  }

  private void deliver(AttemptKey key, Report report) {
    shared.reports().deliver(new AttemptReport(key, report, acks));
  }

  private Behavior<Command> onAcknowledged(Acknowledged acknowledged) {
    open.remove(acknowledged.key());
    return this;
  }

  private Behavior<Command> onLook(Look look) {
    shared.pool().asked();
    door.tell(new PoolDoor.Enlist(getContext().getSelf(), shared.pool().sent()));
    shared.pool().waitedFor().forEach(this::askForRoom);
    var now = shared.steady().instant();
    open.values().removeIf(it -> it.since().plus(shared.keptFor()).isBefore(now));
    open.replaceAll((key, it) -> it.lookAt().isAfter(now) ? it : followUp(key, it, now));
    return this;
  }

  private Open followUp(AttemptKey key, Open it, Instant now) {
    if (it.report().isPresent()) {
      deliver(key, it.report().get());
    } else {
      door.tell(new PoolDoor.Question(key, it.sentAt(), answers));
    }
    return new Open(it.since(), it.sentAt(), now.plus(PATIENCE), it.report());
  }

  private Behavior<Command> onTerminated(Terminated gone) {
    shared.pool().gone();
    return Behaviors.stopped();
  }
}
