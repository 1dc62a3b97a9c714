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
 * Dispatches to a pool of another node, and sees to it that none is lost on its way: one that is
 * not acknowledged is asked about. Ends with that node.
 */
final class PoolClient extends AbstractBehavior<PoolClient.Command> {
  /** What it is told. */
  sealed interface Command {}

  /** What the pool's door says. */
  sealed interface Wire extends Command {}

  /** The attempt is the pool's now: a report on it will come. */
  record Taken(AttemptKey key) implements Wire {}

  /**
   * It has not begun and never will.
   *
   * @param full the target that there was no room for; empty when it was refused for another reason
   */
  record Refused(AttemptKey key, Optional<Target> full) implements Wire {
    /** As it is; nodes of an earlier release did not say which target. */
    Refused {
      full = full == null ? Optional.empty() : full;
    }
  }

  /** There is room for so many more attempts to that target, of this node. */
  record TargetHasRoom(Target target, int permits) implements Wire {}

  /**
   * There is room.
   *
   * @param permits for this node
   * @param seen the number of the latest dispatch of this node that had come by then
   */
  record Room(int permits, long seen) implements Wire {}

  /** Some wait for room for that target. */
  record Ask(Target target) implements Command {}

  record Send(AttemptKey key, FetchRequest request, Duration timeout) implements Command {}

  private record Became(PoolDoor.Became answer) implements Command {}

  private record Acknowledged(AttemptKey key) implements Command {}

  private record Look() implements Command {}

  /**
   * What the pool and its client share.
   *
   * @param clock by which the other node is told when something was
   * @param steady by which it waits here, whoever sets the other
   */
  record Shared(RemotePool pool, Reports reports, Clock clock, Clock steady, Duration keptFor) {}

  /** A dispatch that is not acknowledged by then is asked about. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** The least that is to be expected of the network for one that is large. */
  private static final int BYTES_EACH_MILLISECOND = 1024;

  /**
   * An attempt that nobody has taken yet.
   *
   * @param sentAt by the clock that the other node is told
   * @param report that it was not sent, once that is known; until acknowledged
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
        .onMessage(Ask.class, ask -> asking(ask.target()))
        .onMessage(Room.class, this::onRoom)
        .onMessage(Became.class, this::onBecame)
        .onMessage(Acknowledged.class, this::onAcknowledged)
        .onMessage(Look.class, this::onLook)
        .onSignal(Terminated.class, this::onGone)
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
      // Reserved before the node was thought gone, and is there again.
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
    return shared.pool().isWaitedFor(target) ? asking(target) : this;
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

  private Behavior<Command> asking(Target target) {
    door.tell(new PoolDoor.Await(getContext().getSelf(), target));
    return this;
  }

  private Behavior<Command> heard(Behavior<Command> next) {
    shared.pool().heard();
    return next;
  }

  private Behavior<Command> onRoom(Room room) {
    shared.pool().heard(); // before those who wait may try
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
    shared.pool().waitedFor().forEach(this::asking);
    var now = shared.steady().instant();
    open.values().removeIf(it -> it.since().plus(shared.keptFor()).isBefore(now));
    open.replaceAll((key, it) -> it.lookAt().isAfter(now) ? it : lookedAt(key, it, now));
    return this;
  }

  private Open lookedAt(AttemptKey key, Open it, Instant now) {
    if (it.report().isPresent()) {
      deliver(key, it.report().get());
    } else {
      door.tell(new PoolDoor.Question(key, it.sentAt(), answers));
    }
    return new Open(it.since(), it.sentAt(), now.plus(PATIENCE), it.report());
  }

  private Behavior<Command> onGone(Terminated gone) {
    shared.pool().gone();
    return Behaviors.stopped();
  }
}
