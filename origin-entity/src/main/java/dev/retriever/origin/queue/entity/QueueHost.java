package dev.retriever.origin.queue.entity;

import dev.retriever.origin.entity.Region;
import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.rows.QueueStore;
import dev.retriever.origin.queue.wire.Look;
import dev.retriever.origin.queue.wire.Queues;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.typed.ShardedDaemonProcessSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.sharding.typed.javadsl.ShardedDaemonProcess;

/**
 * Runs the queues of one node. Services use {@link #start}; test kits and simulations, which have a
 * cluster of their own, use {@link #of} with their own surroundings. Thread-safe.
 */
public final class QueueHost {
  /** The type of the sharded entities, and of the ids in the journal. No origin may have it. */
  public static final String TYPE = "retriever-queue";

  /** How many queues of a node are measured at once, so that it is not kept from its work. */
  public static final int MOST_MEASURED = 1_000;

  private final Surroundings around;
  private final QueueNode node;
  private final QueueDirectory directory;
  private final ShardedQueues queues;
  private final AtomicInteger looked = new AtomicInteger();

  private QueueHost(Surroundings around) {
    this.around = around;
    directory = new QueueDirectory(around.store(), around.times().maxInstances());
    node =
        new QueueNode(
            around.times(),
            around.store(),
            directory,
            around.origins(),
            around.clock(),
            around.nanos(),
            around.random());
    queues =
        new ShardedQueues(around.region(), around.store(), directory, around.times().askTimeout());
  }

  /**
   * What the queues run on.
   *
   * @param store the rows of queues
   * @param origins reaches the origins of a type, on this node and on others
   * @param clock the clock of times that others name
   * @param nanos the monotonic clock of the system's timers
   * @param random numbers evenly from [0, 1), on any thread
   * @param region reaches the queues, on this node and on others
   */
  public record Surroundings(
      QueueTimes times,
      QueueStore store,
      Function<String, Region> origins,
      Clock clock,
      LongSupplier nanos,
      DoubleSupplier random,
      Region region) {}

  /**
   * Starts the queues on this node. Every node of the cluster must do so.
   *
   * @param origins reaches the origins of a type, on this node and on others
   * @param random numbers evenly from [0, 1), on any thread
   * @param role of the nodes that hold queues, which may not be this one; empty for all
   */
  public static QueueHost start(
      ActorSystem<?> system,
      QueueStore store,
      Function<String, Region> origins,
      QueueTimes times,
      Clock clock,
      DoubleSupplier random,
      Optional<String> role) {
    var region = Region.sharded(system, TYPE, role);
    var host = of(new Surroundings(times, store, origins, clock, System::nanoTime, random, region));
    var entity =
        Entity.of(
                EntityTypeKey.create(Object.class, TYPE),
                it -> host.behavior(it.getEntityId(), it.getShard()))
            .withStopMessage(stop());
    ClusterSharding.get(system).init(role.map(entity::withRole).orElse(entity));
    system.systemActorOf(
        MemberWatch.create(host::memberLeft), "retriever-queue-members", Props.empty());
    system
        .scheduler()
        .scheduleWithFixedDelay(
            Duration.ZERO, times.directoryEvery(), host::readTable, system.executionContext());
    var wakers = ShardedDaemonProcessSettings.create(system);
    ShardedDaemonProcess.get(system)
        .init(
            QueueWaker.Command.class,
            "retriever-queue-waker",
            1,
            only -> QueueWaker.create(host::wake, times.look()),
            role.map(wakers::withRole).orElse(wakers),
            Optional.empty());
    return host;
  }

  /** The queues on those surroundings; none is in memory yet. */
  public static QueueHost of(Surroundings around) {
    return new QueueHost(around);
  }

  /**
   * The actor of one queue. It gets what the region is told for that name. There must be one actor
   * for a name at a time.
   *
   * @param shard gets the request to leave memory, and answers it with {@link #stop}
   */
  public Behavior<Object> behavior(String name, ActorRef<ClusterSharding.ShardCommand> shard) {
    return QueueEntity.create(name, node, shard);
  }

  /** The message that makes a queue leave memory. */
  public static Object stop() {
    return new QueueCommand.Leave();
  }

  /** Whether the message comes from a timer of a queue. */
  public static boolean isReminder(Object message) {
    return message instanceof QueueCommand.LookAgain;
  }

  /** The queues, as origins of this node reach them. */
  public Queues queues() {
    return queues;
  }

  /** The operators' door. */
  public QueueOperations operations() {
    return queues;
  }

  /** The attempts that hold slots of that queue, as the database has them. */
  public CompletionStage<List<QueueStore.Slot>> slots(String name) {
    return around.store().slots(name);
  }

  /**
   * The queues in the memory of this node, and of no other, by their names. Not more than {@link
   * #MOST_MEASURED}, and without those that do not answer in time. Never fails.
   */
  public CompletionStage<Measures> measured(ActorSystem<?> system, Duration limit) {
    var inMemory = node.inMemory();
    var here =
        inMemory.stream()
            .sorted(Comparator.comparing(queue -> queue.path().name()))
            .limit(MOST_MEASURED)
            .map(queue -> measured(system, queue, limit).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(here.toArray(CompletableFuture[]::new))
        .thenApply(
            done -> {
              var answers = here.stream().flatMap(it -> it.join().stream()).toList();
              return new Measures(
                  answers.stream().flatMap(it -> it.measure().stream()).toList(),
                  answers.size() == inMemory.size());
            });
  }

  /**
   * Measures of the queues of a node. Immutable.
   *
   * @param complete whether all queues in its memory answered, and were few enough to be asked
   */
  public record Measures(List<QueueMeasure> queues, boolean complete) {}

  private static CompletionStage<Optional<QueueReply.Measured>> measured(
      ActorSystem<?> system, ActorRef<Object> queue, Duration limit) {
    return AskPattern.<Object, QueueReply.Measured>ask(
            queue, QueueCommand.Measure::new, limit, system.scheduler())
        .thenApply(Optional::of)
        .exceptionally(late -> Optional.empty());
  }

  /**
   * Reads which queues there are, and what they refuse. {@link #start} has it done at intervals.
   * Never fails.
   */
  public CompletionStage<Void> readTable() {
    return directory.read();
  }

  /** Another node has left, and messages with it. {@link #start} sees that by itself. */
  public void memberLeft() {
    node.tellMemberLeft();
  }

  /**
   * Tells queues that have rows to be in memory, some at a time and in turn. {@link #start} has it
   * done at intervals, on one node of the cluster.
   */
  public CompletionStage<Void> wake() {
    return around
        .store()
        .names()
        .thenAccept(
            names -> {
              var most = Math.min(names.size(), around.times().lookBatch());
              for (var i = 0; i < most; i++) {
                tellToLook(names);
              }
            });
  }

  private void tellToLook(List<String> names) {
    var name = names.get(Math.floorMod(looked.getAndIncrement(), names.size()));
    around.region().tell(name, new Look(name));
  }
}
