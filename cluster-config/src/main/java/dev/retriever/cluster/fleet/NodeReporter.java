package dev.retriever.cluster.fleet;

import dev.retriever.origin.Serialized;
import dev.retriever.origin.queue.QueueView;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;

/** Keeps the figures of its node, and tells them to any node that asks. One for each node. */
final class NodeReporter extends AbstractBehavior<NodeReporter.Message> {
  static final ServiceKey<Message> KEY = ServiceKey.create(Message.class, "retriever-reporter");

  /** Shorter than a node that asks waits, so that a part that hangs does not hide the others. */
  private static final Duration PATIENCE = Duration.ofMillis(1_500);

  private static final Duration TICK = Duration.ofSeconds(1);

  /** Queues of one report; those that are stopped come first. */
  static final int MOST_QUEUES = 200;

  private final String node;
  private final Instant startedAt;
  private final NodeSources sources;
  private final Shards shards;
  private final Clock clock;
  private Recorder recorder;

  /** What it is sent. */
  sealed interface Message extends Serialized {}

  /** The node is to report. */
  record Ask(Scope scope, ActorRef<NodeReport> replyTo) implements Message {}

  /** A second is over. */
  enum Tick implements Message {
    ONCE
  }

  private NodeReporter(
      ActorContext<Message> context, String node, NodeSources sources, Shards shards, Clock clock) {
    super(context);
    this.node = node;
    this.sources = sources;
    this.shards = shards;
    this.clock = clock;
    this.startedAt = clock.instant();
    this.recorder = Recorder.begin(startedAt);
  }

  /**
   * @param node its address and incarnation, as the cluster knows it
   */
  static Behavior<Message> create(String node, NodeSources sources, Shards shards, Clock clock) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> {
                  timers.startTimerAtFixedRate(Tick.ONCE, TICK);
                  var self = context.getSelf();
                  context.getSystem().receptionist().tell(Receptionist.register(KEY, self));
                  return new NodeReporter(context, node, sources, shards, clock);
                }));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Ask.class, this::asked)
        .onMessageEquals(Tick.ONCE, this::ticked)
        .build();
  }

  private Behavior<Message> ticked() {
    recorder = recorder.with(clock.instant(), sources.figures());
    return this;
  }

  private Behavior<Message> asked(Ask ask) {
    var read = recorder;
    var queues = inTime(sources.queues().get(), NodeSources.QueuesInMemory.UNKNOWN);
    var regions =
        ask.scope() == Scope.NODE
            ? inTime(shards.regions(PATIENCE), List.<NodeReport.RegionReport>of())
            : CompletableFuture.completedFuture(List.<NodeReport.RegionReport>of());
    queues
        .thenCombine(regions, (told, here) -> report(read, told, here))
        .thenAccept(ask.replyTo()::tell);
    return this;
  }

  private static <T> CompletableFuture<T> inTime(CompletionStage<T> stage, T otherwise) {
    return stage
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(otherwise, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private NodeReport report(
      Recorder read, NodeSources.QueuesInMemory told, List<NodeReport.RegionReport> regions) {
    var queues = ofInterest(told.views());
    return new NodeReport(
        node,
        sources.version(),
        startedAt,
        sources.stopping().get(),
        sources.storageAway().getAsBoolean(),
        sources.load(),
        read.lately(),
        read.steps(),
        queues.stream().limit(MOST_QUEUES).toList(),
        regions,
        sources.poolReports(),
        sources.shares(),
        sources.certificateReports(),
        !told.complete() || queues.size() > MOST_QUEUES);
  }

  private static List<QueueReport> ofInterest(List<QueueView> queues) {
    return queues.stream()
        .map(QueueReport::of)
        .filter(QueueReport::isOfInterest)
        .sorted((one, other) -> Boolean.compare(other.isStopped(), one.isStopped()))
        .toList();
  }
}
