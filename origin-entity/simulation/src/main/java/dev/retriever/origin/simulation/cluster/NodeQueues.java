package dev.retriever.origin.simulation.cluster;

import com.typesafe.config.Config;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.entity.QueueHost;
import dev.retriever.origin.queue.entity.QueueTimes;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.queue.QueueDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/** What a simulated node has of queues. */
final class NodeQueues implements QueueDatabase.Link {
  /** Before the names of queues, where those of origins stand too. */
  private static final String PREFIX = "queue:";

  /** More seldom than in production, so that runs are short. */
  private static final Duration READS = Duration.ofSeconds(3);

  private final SimulatedNode node;
  private final QueueTimes times;
  private final QueueHost host;
  private boolean wakes;

  /**
   * @param regions reach origins, and the queues with {@link #idOf their ids}
   */
  NodeQueues(SimulatedNode node, Config config, Function<UnaryOperator<String>, Region> regions) {
    this.node = node;
    this.times = QueueTimes.from(config);
    var cluster = node.cluster();
    var chance = new RandomStreams(cluster.seed(), "queues of " + node.name());
    this.host =
        QueueHost.of(
            new QueueHost.Surroundings(
                times,
                new QueueDatabase(cluster.store().queues(), this, cluster.luck(), chance),
                type -> regions.apply(UnaryOperator.identity()),
                node.clock(),
                cluster.world()::nanos,
                chance::unit,
                regions.apply(NodeQueues::idOf)));
  }

  /** From now on it reads the table of queues, if there may be any. */
  void start() {
    if (!node.cluster().queues().isEmpty()) {
      node.process().run(host::readTable);
      node.after(READS, this::start);
    }
  }

  /** From now on it starts the queues that have rows. */
  void startWaker() {
    if (!wakes && !node.cluster().queues().isEmpty()) {
      wakes = true;
      wake();
    }
  }

  private void wake() {
    node.process().run(host::wake);
    node.after(times.look(), this::wake);
  }

  /** Another node has left. */
  void memberLeft() {
    node.process().run(host::memberLeft);
  }

  /** As the origins of this node reach them. */
  Queues queues() {
    return host.queues();
  }

  static boolean isQueue(String id) {
    return id.startsWith(PREFIX);
  }

  static String nameOf(String id) {
    return id.substring(PREFIX.length());
  }

  static String idOf(String queue) {
    return PREFIX + queue;
  }

  QueueOperations operations() {
    return host.operations();
  }

  Behavior<Object> behavior(String queue, ActorRef<ClusterSharding.ShardCommand> inShard) {
    return host.behavior(queue, inShard);
  }

  static Object stop() {
    return QueueHost.stop();
  }

  @Override
  public void after(Duration delay, Runnable action) {
    node.cluster().world().after(delay, action);
  }

  @Override
  public void onNode(Runnable action) {
    node.process().run(action);
  }

  @Override
  public Instant now() {
    return node.cluster().world().now();
  }

  @Override
  public boolean isThere() {
    return !node.cluster().store().isAway();
  }

  @Override
  public void changed(String queue) {
    node.cluster().queueChecker().changed(queue, now());
  }
}
