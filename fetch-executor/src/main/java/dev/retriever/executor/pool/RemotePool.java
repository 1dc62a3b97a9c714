package dev.retriever.executor.pool;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.AttemptStatus;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Futures;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Room;
import dev.retriever.executor.Target;
import dev.retriever.executor.settings.ExecutorSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/**
 * A pool of another node, seen from this node. It gives permits by the room that the pool last
 * reported. If that room is gone when the dispatch arrives, the pool refuses, and the attempt is
 * reported as not sent. Thread-safe.
 */
final class RemotePool implements Pool {
  /** How long to wait for an answer; usually it takes milliseconds. */
  private static final Duration ANSWER = Duration.ofSeconds(2);

  /**
   * A pool that does not answer for this long is avoided. Most pauses of the collector are shorter.
   */
  private static final Duration SILENT = Duration.ofSeconds(1);

  /** Before a question that was not answered is asked again: messages between nodes may be lost. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /**
   * Makes client names unique: a pool may come back while the actor of its old client still stops.
   */
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final ActorSystem<?> system;
  private final String id;
  private final ActorRef<PoolDoor.Command> door;
  private final ActorRef<PoolClient.Command> client;
  private final RoomQueue waiting;
  private final Runnable gone;
  private volatile boolean isGone;
  private final RoomThere room = new RoomThere();
  private final Map<AttemptKey, Target> reserved = new HashMap<>();
  private final BusyTargets busy;
  private final Clock steady;

  /** Questions under way, for all who ask the same meanwhile. */
  private final Map<Question, CompletableFuture<AttemptStatus>> questions =
      new ConcurrentHashMap<>();

  /** When the oldest message without an answer was sent; empty when the pool has answered since. */
  private Optional<Instant> unanswered = Optional.empty();

  /**
   * @param settings of the pool with that name on this node; they are the same on all nodes
   * @param gone called when the pool's node has left the cluster
   */
  RemotePool(
      PoolNode node,
      String id,
      ActorRef<PoolDoor.Command> door,
      ExecutorSettings settings,
      Runnable gone) {
    this.system = node.system();
    this.id = id;
    this.door = door;
    this.waiting = new RoomQueue(settings.waitingOrigins());
    this.steady = node.steady();
    this.busy = new BusyTargets(settings.waitingOrigins());
    this.gone = gone;
    var shared =
        new PoolClient.Shared(
            this, node.reports(), node.clock(), steady, settings.reportRetention());
    this.client =
        system.systemActorOf(
            PoolClient.create(shared, door),
            "retriever-client-of-" + PoolDoor.name(id) + "-" + NUMBERS.incrementAndGet(),
            Props.empty());
  }

  /** The door of the pool with that id, which names the node, its incarnation, and the pool. */
  static ActorRef<PoolDoor.Command> door(ActorSystem<?> system, String id) {
    var address = id.substring(0, id.indexOf('#'));
    return ActorRefResolver.get(system)
        .resolveActorRef("pekko://" + address + "/system/" + PoolDoor.name(id));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public synchronized Room reserve(AttemptKey key, Target target) {
    if (reserved.containsKey(key)) {
      return Room.HELD;
    }
    if (isSilent()) {
      return Room.POOL_FULL;
    }
    if (!busy.hasRoom(target)) {
      return Room.TARGET_FULL;
    }
    if (!room.reserve()) {
      return Room.POOL_FULL;
    }
    busy.taken(target, 1);
    reserved.put(key, target);
    return Room.RESERVED;
  }

  @Override
  public synchronized void release(AttemptKey key) {
    var target = reserved.remove(key);
    if (target != null) {
      room.release();
      busy.taken(target, -1);
    }
  }

  @Override
  public void dispatch(AttemptKey key, FetchRequest request, Duration timeout) {
    client.tell(new PoolClient.Send(key, request, timeout));
  }

  /** Turns the reservation into a dispatch, and returns its number; empty without a reservation. */
  synchronized OptionalLong sending(AttemptKey key) {
    return reserved.remove(key) != null ? OptionalLong.of(room.send()) : OptionalLong.empty();
  }

  synchronized long sent() {
    return room.sent();
  }

  void hasRoom(int permits, long seen) {
    int free;
    synchronized (this) {
      free = room.told(permits, seen);
    }
    waiting.next(free).forEach(Runnable::run);
  }

  /**
   * Whether the pool's node may have died. Then other pools make the attempts at once, before the
   * cluster removes the node. A node that has only paused is used again when it answers.
   */
  private boolean isSilent() {
    return unanswered.filter(since -> since.plus(SILENT).isBefore(steady.instant())).isPresent();
  }

  /** The pool was sent a message that it must answer. */
  synchronized void asked() {
    unanswered = unanswered.or(() -> Optional.of(steady.instant()));
  }

  /** The pool has sent a message. */
  synchronized void heard() {
    unanswered = Optional.empty();
  }

  synchronized void targetIsFull(Target target) {
    busy.refused(target);
  }

  void targetHasRoom(Target target, int permits) {
    List<Runnable> next;
    synchronized (this) {
      next = busy.told(target, permits);
    }
    next.forEach(Runnable::run);
  }

  /** Whether origins wait for the target and its known room is used up. */
  synchronized boolean isWaitedFor(Target target) {
    return busy.isWaitedFor(target);
  }

  /** The targets for which the client must ask again, because messages may be lost. */
  synchronized List<Target> waitedFor() {
    return busy.waitedFor();
  }

  void gone() {
    isGone = true;
    gone.run();
  }

  @Override
  public void abort(AttemptKey key) {
    door.tell(new PoolDoor.Abort(key));
  }

  /** What is asked of an attempt. An id that is used again has another time. */
  private record Question(AttemptKey key, Instant reservedAt) {}

  /**
   * Asks until the pool answers or is gone: an origin asks once, when it recovers. It may do so
   * again and again while the pool is silent, and then all wait for the one question.
   */
  @Override
  public CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt) {
    var question = new Question(key, reservedAt);
    var answer = new CompletableFuture<AttemptStatus>();
    var underWay = questions.putIfAbsent(question, answer);
    if (underWay == null) {
      ask(question);
    }
    return (underWay == null ? answer : underWay).copy();
  }

  private void ask(Question question) {
    Futures.sameThread(
            AskPattern.<PoolDoor.Command, PoolDoor.Became>ask(
                door,
                replyTo -> new PoolDoor.Question(question.key(), question.reservedAt(), replyTo),
                ANSWER,
                system.scheduler()))
        .whenComplete(
            (became, failure) -> {
              if (failure == null) {
                taken(question).complete(became.standing());
              } else if (isGone) {
                taken(question).completeExceptionally(failure);
              } else {
                askAgain(question);
              }
            });
  }

  /** From now on the same question is another one: its answer may have changed. */
  private CompletableFuture<AttemptStatus> taken(Question question) {
    return questions.remove(question);
  }

  private void askAgain(Question question) {
    try {
      system.scheduler().scheduleOnce(PAUSE, () -> ask(question), system.executionContext());
    } catch (IllegalStateException e) {
      // The actor system has ended.
      taken(question).completeExceptionally(e);
    }
  }

  @Override
  public void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain) {
    if (full.isEmpty() || !awaitsRoomAt(full.get(), waiter, tryAgain)) {
      waiting.add(waiter, tryAgain);
    }
  }

  /** False if the target has room here: then the pool itself has none. */
  private boolean awaitsRoomAt(Target target, String waiter, Runnable tryAgain) {
    boolean asks;
    synchronized (this) {
      if (busy.hasRoom(target)) {
        return false;
      }
      asks = busy.await(target, waiter, tryAgain);
    }
    if (asks) {
      client.tell(new PoolClient.Ask(target));
    }
    return true;
  }
}
