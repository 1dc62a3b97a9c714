package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Target;
import dev.retriever.executor.parcel.Parcels;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
 * Receives the dispatches of other nodes for a pool of this node, and tells those nodes how much
 * room the pool has. The {@link AttemptTable} makes all decisions that must last. A restart loses
 * only the list of clients, and clients enlist again at intervals.
 */
final class PoolDoor extends AbstractBehavior<PoolDoor.Command> {
  /** The messages of this actor. */
  sealed interface Command {}

  /** The messages from other nodes. */
  sealed interface Wire extends Command {}

  /**
   * A client asks to be told of room. It repeats this, because messages may be lost.
   *
   * @param sent the number of the client's latest dispatch: earlier ones have come, or were lost
   */
  record Enlist(ActorRef<PoolClient.Command> client, long sent) implements Wire {}

  /**
   * An attempt to make.
   *
   * @param nth the number of this dispatch among those of the client
   * @param sentAt when it was sent, by the wall clock of the sender
   */
  record Dispatch(
      AttemptKey key,
      FetchRequest request,
      Duration timeout,
      long nth,
      Instant sentAt,
      ActorRef<PoolClient.Command> client)
      implements Wire {}

  /** A large dispatch, to be pulled in pieces. */
  record Offered(Parcels.Offer offer) implements Wire {}

  record Abort(AttemptKey key) implements Wire {}

  /** Origins of a client wait for room at the target. The client repeats this. */
  record Await(ActorRef<PoolClient.Command> client, Target target) implements Wire {}

  /** Asks for the status of an attempt. */
  record Question(AttemptKey key, Instant reservedAt, ActorRef<Became> replyTo) implements Wire {}

  record Became(AttemptKey key, AttemptStatus standing) {}

  private record RoomMade() implements Command {}

  /** The target may have room for that client now. */
  private record Called(ActorRef<PoolClient.Command> client, Target target) implements Command {}

  private record Look() implements Command {}

  /** A client that knows of less room than this is told of more at once, others at intervals. */
  private static final int LITTLE_ROOM = 64;

  private static final Duration TELL_INTERVAL = Duration.ofMillis(100);

  /** The most clients in {@code gone}; above it the oldest is forgotten. */
  private static final int MOST_GONE = 1000;

  /** What a client was told last, and which of its dispatches have come. */
  private static final class Client {
    private final SeenNumbers numbers = new SeenNumbers();
    private long seen;
    private long toldSeen = -1;
    private int told;
  }

  private final ExecutorPool pool;
  private final AttemptTable table;
  private final TargetRoom targets;
  private final Duration oldest;
  private final Clock clock;
  private final Clock steady;
  private final TimerScheduler<Command> timers;

  /** In the order of arrival, so that runs are reproducible. */
  private final Map<ActorRef<PoolClient.Command>, Client> clients = new LinkedHashMap<>();

  /** Clients whose nodes have left; their late dispatches are refused. */
  private final Set<ActorRef<PoolClient.Command>> gone = new LinkedHashSet<>();

  /**
   * @param oldest the greatest age of a dispatch; older ones are refused
   */
  static Behavior<Command> create(
      PoolNode node, ExecutorPool pool, AttemptTable table, Duration oldest) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(
                ctx ->
                    Behaviors.withTimers(
                        timers -> new PoolDoor(ctx, timers, node, pool, table, oldest))))
        .onFailure(SupervisorStrategy.restart());
  }

  private PoolDoor(
      ActorContext<Command> ctx,
      TimerScheduler<Command> timers,
      PoolNode node,
      ExecutorPool pool,
      AttemptTable table,
      Duration oldest) {
    super(ctx);
    this.pool = pool;
    this.table = table;
    this.targets = node.targets();
    this.oldest = oldest;
    this.clock = node.clock();
    this.steady = node.steady();
    this.timers = timers;
    ctx.setLoggerName(PoolDoor.class);
  }

  /** The actor name of a door; other nodes derive it from the id of the pool. */
  static String name(String poolId) {
    return "retriever-pool-" + URLEncoder.encode(poolId, StandardCharsets.UTF_8);
  }

  /** The id of the pool whose door has that actor name. */
  static String poolId(String name) {
    var encoded = name.substring("retriever-pool-".length());
    return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
  }

  static Command roomMade() {
    return new RoomMade();
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Enlist.class, this::onEnlist)
        .onMessage(Dispatch.class, this::onDispatch)
        .onMessage(Offered.class, this::onOffered)
        .onMessage(Abort.class, this::onAbort)
        .onMessage(Question.class, this::onQuestion)
        .onMessage(RoomMade.class, made -> tellRoom(false))
        .onMessage(Await.class, this::onAwait)
        .onMessage(Called.class, this::onCalled)
        .onMessage(Look.class, look -> tellRoom(true))
        .onSignal(Terminated.class, this::onTerminated)
        .build();
  }

  private Behavior<Command> onEnlist(Enlist enlist) {
    var client = client(enlist.client());
    client.seen = Math.max(client.seen, enlist.sent());
    client.toldSeen = -1;
    return tellRoom(false);
  }

  private Client client(ActorRef<PoolClient.Command> ref) {
    return clients.computeIfAbsent(
        ref,
        it -> {
          getContext().watch(it);
          pool.roomIsWaitedFor(true);
          if (clients.isEmpty()) {
            timers.startTimerWithFixedDelay(new Look(), TELL_INTERVAL);
          }
          return new Client();
        });
  }

  private Behavior<Command> onTerminated(Terminated terminated) {
    clients.remove(terminated.getRef());
    remember(terminated.getRef().unsafeUpcast());
    if (clients.isEmpty()) {
      pool.roomIsWaitedFor(false);
      timers.cancel(new Look());
    }
    return this;
  }

  private void remember(ActorRef<PoolClient.Command> client) {
    gone.add(client);
    if (gone.size() > MOST_GONE) {
      gone.remove(gone.iterator().next());
    }
  }

  private Behavior<Command> onDispatch(Dispatch dispatch) {
    if (gone.contains(dispatch.client())) {
      refuse(dispatch, Optional.empty());
      return this;
    }
    var client = client(dispatch.client());
    client.seen = Math.max(client.seen, dispatch.nth());
    if (!client.numbers.isNew(dispatch.nth())) {
      return tellRoom(false);
    }
    var key = dispatch.key();
    var age = Duration.between(dispatch.sentAt(), clock.instant());
    if (age.compareTo(oldest) > 0) {
      getContext()
          .getLog()
          .warn(
              "Dispatch of {} is {} old, which is more than {}; refused as not sent. Check that the"
                  + " clocks of the nodes agree",
              key,
              age,
              oldest);
      refuse(dispatch, Optional.empty());
      return this;
    }
    var target = Target.of(dispatch.request().url());
    switch (table.take(key, target, steady.instant())) {
      case TAKEN -> {
        pool.dispatch(key, dispatch.request(), dispatch.timeout());
        dispatch.client().tell(new PoolClient.Taken(key));
      }
      case NO_ROOM -> refuse(dispatch, Optional.empty());
      case TARGET_FULL -> {
        pool.sweep();
        refuse(dispatch, Optional.of(target));
      }
      case KNOWN -> dispatch.client().tell(new PoolClient.Taken(key));
      case FENCED -> pool.countRefused();
    }
    return tellRoom(false);
  }

  private Behavior<Command> onOffered(Offered offered) {
    Parcels.get(getContext().getSystem()).take(getContext(), Command.class, offered.offer());
    return this;
  }

  /** Refuses a dispatch. It is fenced first, so the origin can rely on "not sent". */
  private void refuse(Dispatch dispatch, Optional<Target> full) {
    pool.countRefused();
    if (table.fence(dispatch.key(), steady.instant())) {
      dispatch.client().tell(new PoolClient.Refused(dispatch.key(), full));
    }
  }

  private Behavior<Command> onAwait(Await await) {
    if (!gone.contains(await.client())) {
      client(await.client());
      awaitTarget(await.client(), await.target());
    }
    return this;
  }

  private void awaitTarget(ActorRef<PoolClient.Command> client, Target target) {
    var self = getContext().getSelf();
    targets.await(target, client.path().toString(), () -> self.tell(new Called(client, target)));
  }

  /** Tells a waiting client its part of the target's room; it asks again if more origins wait. */
  private Behavior<Command> onCalled(Called called) {
    var free = targets.free(called.target());
    if (free == 0) {
      awaitTarget(called.client(), called.target());
    } else if (clients.containsKey(called.client())) {
      called.client().tell(new PoolClient.TargetHasRoom(called.target(), part(free)));
    }
    return this;
  }

  private Behavior<Command> onAbort(Abort abort) {
    if (!table.fence(abort.key(), steady.instant())) {
      pool.abort(abort.key());
    }
    return this;
  }

  private Behavior<Command> onQuestion(Question question) {
    var key = question.key();
    question.replyTo().tell(new Became(key, pool.standing(key, question.reservedAt())));
    return this;
  }

  /** The part of the room for each client; there must be at least one client. */
  private int part(int free) {
    return (free + clients.size() - 1) / clients.size();
  }

  /** Tells each client its equal part of the room, so that clients rarely dispatch too much. */
  private Behavior<Command> tellRoom(boolean everyChange) {
    if (clients.isEmpty()) {
      return this;
    }
    var part = part(table.free(steady.instant()));
    clients.forEach(
        (ref, client) -> {
          var changed = client.told != part || client.toldSeen != client.seen;
          if (changed && (everyChange || client.toldSeen < 0 || client.told < LITTLE_ROOM)) {
            client.told = part;
            client.toldSeen = client.seen;
            ref.tell(new PoolClient.Room(part, client.seen));
          }
        });
    return this;
  }
}
