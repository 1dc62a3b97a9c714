package dev.retriever.origin.queue.entity;

import com.typesafe.config.ConfigFactory;
import dev.retriever.origin.Lease;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueSettings;
import dev.retriever.origin.queue.QueueView;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.OriginMessage;
import dev.retriever.testing.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;

/** The real queue on a journal and rows in memory, in virtual time. */
final class QueueFixture implements AutoCloseable {
  static final String NAME = "q";
  static final String PERSISTENCE_ID = QueueHost.TYPE + "|" + NAME;
  static final Duration MOMENT = Duration.ofMillis(2);

  static final QueueTimes TIMES =
      QueueTimes.from(ConfigFactory.parseResources("reference.conf").resolve());

  private static final String PATIENT =
      """
      pekko.actor.testkit.typed.single-expect-default = 60 s
      pekko.persistence.journal-plugin-fallback.circuit-breaker.call-timeout = 1000 days
      """;

  final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(PATIENT)
              .withFallback(VirtualTime.config())
              .withFallback(PersistenceTestKitPlugin.config()));
  final VirtualTime time = new VirtualTime(kit);
  final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  final MemoryQueueStore store = new MemoryQueueStore(time);
  final TestProbe<ClusterSharding.ShardCommand> shard = kit.createTestProbe();

  /** How often the queue has looked by itself. */
  final AtomicInteger looks = new AtomicInteger();

  /** What origins were told, in order. */
  final List<Sent> sent = new CopyOnWriteArrayList<>();

  final QueueHost host =
      QueueHost.of(
          new QueueHost.Surroundings(
              TIMES, store, Origins::new, time, time::nanos, () -> 0.5, new Here()));
  ActorRef<Object> queue;

  private final String name;

  QueueFixture() {
    this(NAME);
  }

  QueueFixture(String name) {
    this.name = name;
    start();
  }

  /** A message to an origin. */
  record Sent(String originId, OriginMessage message) {}

  /** A region of origins that are played by the test. */
  private final class Origins implements Region {
    Origins(String type) {}

    @Override
    public void tell(String originId, Object message) {
      sent.add(new Sent(originId, (OriginMessage) message));
    }

    @Override
    public <R> CompletionStage<R> ask(
        String originId, Function<ActorRef<R>, Object> message, Duration timeout) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }
  }

  /** The region of the queue. */
  private final class Here implements Region {
    @Override
    public void tell(String name, Object message) {
      queue.tell(message);
    }

    @Override
    public <R> CompletionStage<R> ask(
        String name, Function<ActorRef<R>, Object> message, Duration timeout) {
      var probe = kit.<R>createTestProbe();
      queue.tell(message.apply(probe.ref()));
      return CompletableFuture.completedFuture(probe.receiveMessage());
    }
  }

  /** After that, all nodes have read the table of queues. */
  static final Duration KNOWN = Duration.ofMillis(1_250);

  private BehaviorInterceptor<Object, Object> counting() {
    return new BehaviorInterceptor<>(Object.class) {
      @Override
      public Behavior<Object> aroundReceive(
          TypedActorContext<Object> ctx, Object message, ReceiveTarget<Object> target) {
        looks.addAndGet(QueueHost.isReminder(message) ? 1 : 0);
        return target.apply(ctx, message);
      }
    };
  }

  void start() {
    queue = kit.spawn(Behaviors.intercept(this::counting, host.behavior(name, shard.ref())));
    rest();
  }

  /** The queue's node is gone; another incarnation begins. */
  void restart() {
    kit.stop(queue);
    start();
  }

  /** Everything under way is done. */
  void rest() {
    for (var i = 0; i < 4; i++) {
      time.pass(MOMENT);
    }
  }

  void pass(Duration duration) {
    time.pass(duration);
    rest();
  }

  void tell(Object message) {
    queue.tell(message);
    rest();
  }

  QueueReply.Changed configure(QueueSettings settings) {
    return change(replyTo -> new QueueCommand.Configure(settings, Optional.empty(), replyTo));
  }

  QueueReply.Changed operate(Operation operation) {
    return change(replyTo -> new QueueCommand.Operate(operation, replyTo));
  }

  /** The answer may come later. */
  TestProbe<QueueReply.Changed> operateLater(Operation operation) {
    return ask(replyTo -> new QueueCommand.Operate(operation, replyTo));
  }

  QueueReply.Changed change(Function<ActorRef<QueueReply.Changed>, Object> command) {
    var isThere = isThere();
    var answers = ask(command);
    if (isThere == isThere()) {
      rest();
    } else {
      pass(KNOWN);
    }
    return answers.receiveMessage();
  }

  private boolean isThere() {
    var isThere = false;
    for (var event : events()) {
      isThere = event instanceof QueueEvent.Configured || isThere;
      isThere = !(event instanceof QueueEvent.Removed) && isThere;
    }
    return isThere;
  }

  <R> TestProbe<R> ask(Function<ActorRef<R>, Object> command) {
    var probe = kit.<R>createTestProbe();
    tell(command.apply(probe.ref()));
    return probe;
  }

  QueueView view() {
    return this.<QueueReply.Read>ask(QueueCommand.ReadQueue::new)
        .receiveMessage()
        .queue()
        .orElseThrow();
  }

  List<QueueEvent> events() {
    return journal.persistedInStorage(PERSISTENCE_ID).stream().map(QueueEvent.class::cast).toList();
  }

  List<Granted.Grant> grants() {
    return messages(Granted.class).stream().flatMap(it -> it.grants().stream()).toList();
  }

  List<Lease> leases() {
    return grants().stream().map(Granted.Grant::lease).toList();
  }

  <M extends OriginMessage> List<M> messages(Class<M> type) {
    return sent.stream().map(Sent::message).filter(type::isInstance).map(type::cast).toList();
  }

  /** The grants since the last call. */
  List<Granted.Grant> newGrants() {
    var grants = grants();
    sent.removeIf(it -> it.message() instanceof Granted);
    return grants;
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
  }
}
