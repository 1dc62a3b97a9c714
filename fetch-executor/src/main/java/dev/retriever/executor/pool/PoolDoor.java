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
 * Through it the other nodes have attempts made by a pool of this one. It decides nothing that the
 * {@link AttemptTable} does not, so a restarted one forgets only who wants to be told of room, and
 * they say so again.
 */
final class PoolDoor extends AbstractBehavior<PoolDoor.Command> {
  /** What is said through it. */
  sealed interface Command {}

  /** What other nodes say. */
  sealed interface Wire extends Command {}

  /**
   * Somebody who dispatches wants to know how much room there is. Repeated, since messages may be
   * lost.
   *
   * @param sent so many dispatches of this client have come before this, or never will
   */
  record Enlist(ActorRef<PoolClient.Command> client, long sent) implements Wire {}

  /**
   * An attempt to be made.
   *
   * @param nth of those that this client has sent
   * @param sentAt by the sender's clock
   */
  record Dispatch(
      AttemptKey key,
      FetchRequest request,
      Duration timeout,
      long nth,
      Instant sentAt,
      ActorRef<PoolClient.Command> client)
      implements Wire {}

  /** A dispatch that is large. */
  record Offered(Parcels.Offer offer) implements Wire {}

  record Abort(AttemptKey key) implements Wire {}

  /** Somebody waits for room for that target, and was refused before. Repeated, too. */
  record Await(ActorRef<PoolClient.Command> client, Target target) implements Wire {}

  /** What became of it? */
  record Question(AttemptKey key, Instant reservedAt, ActorRef<Became> replyTo) implements Wire {}

  record Became(AttemptKey key, AttemptStatus standing) {}

  private record RoomMade() implements Command {}

  /** It may be that client's turn. */
  private record Called(ActorRef<PoolClient.Command> client, Target target) implements Command {}

  private record Look() implements Command {}

  /** Room for so few is told at once when there is more; else now and then. */
  private static final int LITTLE = 64;

  private static final Duration NOW_AND_THEN = Duration.ofMillis(100);

  /** Whose dispatches may still come when they are gone; of more than these, the last. */
  private static final int MOST_GONE = 1000;

  /** What a client was told last, and how many dispatches of it have come by now. */
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

  /** In order, so that who is told first does not depend on chance. */
  private final Map<ActorRef<PoolClient.Command>, Client> clients = new LinkedHashMap<>();

  /** Their nodes have left, and others take care of their attempts. */
  private final Set<ActorRef<PoolClient.Command>> gone = new LinkedHashSet<>();

  /**
   * @param oldest a dispatch that was longer on its way than this is refused
   * @param clock by which the age of a dispatch is told, since another node says when it was sent
   * @param steady by which permits lapse and fences last, whoever sets the other
   */
  static Behavior<Command> create(
      ExecutorPool pool,
      AttemptTable table,
      TargetRoom targets,
      Duration oldest,
      Clock clock,
      Clock steady) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(
                ctx ->
                    Behaviors.withTimers(
                        timers ->
                            new PoolDoor(
                                ctx, timers, pool, table, targets, oldest, clock, steady))))
        .onFailure(SupervisorStrategy.restart());
  }

  private PoolDoor(
      ActorContext<Command> ctx,
      TimerScheduler<Command> timers,
      ExecutorPool pool,
      AttemptTable table,
      TargetRoom targets,
      Duration oldest,
      Clock clock,
      Clock steady) {
    super(ctx);
    this.pool = pool;
    this.table = table;
    this.targets = targets;
    this.oldest = oldest;
    this.clock = clock;
    this.steady = steady;
    this.timers = timers;
    ctx.setLoggerName(PoolDoor.class);
  }

  /** The name of the door's actor, which other nodes make of the pool's id. */
  static String name(String poolId) {
    return "retriever-pool-" + URLEncoder.encode(poolId, StandardCharsets.UTF_8);
  }

  /** The id of the pool behind an actor of that name. */
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
            timers.startTimerWithFixedDelay(new Look(), NOW_AND_THEN);
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
              "Dispatch of {} refused: it was sent {} ago, which is too long; are clocks apart?",
              key,
              age);
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

  /** It is not begun later either: the origin is told that it was not sent. */
  private void refuse(Dispatch dispatch, Optional<Target> full) {
    pool.countRefused();
    if (table.fence(dispatch.key(), steady.instant())) {
      dispatch.client().tell(new PoolClient.Refused(dispatch.key(), full));
    }
  }

  private Behavior<Command> onAwait(Await await) {
    if (!gone.contains(await.client())) {
      client(await.client());
      inLine(await.client(), await.target());
    }
    return this;
  }

  private void inLine(ActorRef<PoolClient.Command> client, Target target) {
    var self = getContext().getSelf();
    targets.await(target, client.path().toString(), () -> self.tell(new Called(client, target)));
  }

  /** Each of the clients may have its part, and asks again when more wait there. */
  private Behavior<Command> onCalled(Called called) {
    var free = targets.free(called.target());
    if (free == 0) {
      inLine(called.client(), called.target());
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

  /** Of each client; there is one at least. */
  private int part(int free) {
    return (free + clients.size() - 1) / clients.size();
  }

  /** Each client is told its part of the room, so that all together rarely ask for too much. */
  private Behavior<Command> tellRoom(boolean whateverChanged) {
    if (clients.isEmpty()) {
      return this;
    }
    var part = part(table.free(steady.instant()));
    clients.forEach(
        (ref, client) -> {
          var changed = client.told != part || client.toldSeen != client.seen;
          if (changed && (whateverChanged || client.toldSeen < 0 || client.told < LITTLE)) {
            client.told = part;
            client.toldSeen = client.seen;
            ref.tell(new PoolClient.Room(part, client.seen));
          }
        });
    return this;
  }
}
