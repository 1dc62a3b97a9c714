package dev.retriever.origin.simulation.cluster;

import dev.retriever.alarms.AlarmClock;
import dev.retriever.alarms.AlarmClockSettings;
import dev.retriever.executor.Futures;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.executor.settings.PoolsSettings;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.Origins;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.entity.ClockWatch;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.Region;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.queue.wire.Granted;
import dev.retriever.origin.queue.wire.PurgeUpTo;
import dev.retriever.origin.schedules.Schedules;
import dev.retriever.origin.simulation.callback.CallbackPlan;
import dev.retriever.origin.simulation.callback.NodeEndpoints;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.trace.TraceLine;
import dev.retriever.origin.simulation.trace.TraceWords;
import dev.retriever.origin.span.Traces;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;

/** One run of one node: a real actor system with what production starts on it. */
public final class SimulatedNode {
  /** A node has heard of endpoints when it has run for so long. */
  private static final Duration HEARD = Duration.ofSeconds(4);

  /** How long, and how often, a region keeps a message whose origin has no home. */
  private static final Duration KEPT = Duration.ofMillis(200);

  private static final int TIMES_KEPT = 100;

  private final SimulatedCluster cluster;
  private final String name;
  private final Address address;
  private final NodeTasks process;
  private final NodeClock clock;
  private final ActorSystem<Object> system;
  private final OriginHost<Object> host;
  private final ExecutorPools pools;
  private final NodePermits permits;
  private final NodeQueues queues;
  private final org.apache.pekko.actor.typed.ActorRef<ClusterSharding.ShardCommand> shard;
  private final Map<Integer, org.apache.pekko.actor.typed.ActorRef<AlarmClock.Command>> clocks =
      new HashMap<>();
  private final AtomicReference<SimulatedShard> shardInside = new AtomicReference<>();

  SimulatedNode(SimulatedCluster cluster, int number, Origin<Object, ?, ?> definition) {
    this.cluster = cluster;
    this.clock = new NodeClock(cluster.world(), cluster.skew());
    this.name = "n" + number;
    this.address = new Address("pekko", name, name, 1);
    this.process = new NodeTasks(number, this);
    this.system = process.as(() -> ActorSystem.create(Behaviors.empty(), name, setup()));
    this.pools = process.as(this::startPools);
    this.permits = new NodePermits(process, pools);
    this.queues = process.as(() -> new NodeQueues(this, cluster.config(), this::region));
    this.host = process.as(() -> OriginHost.of(SimulatedCluster.TYPE, definition, around()));
    this.shard =
        process.as(
            () ->
                system.systemActorOf(
                    SimulatedShard.create(this, shardInside::set), "shard", Props.empty()));
    process.run(queues::start);
    process.as(() -> system.systemActorOf(clockWatch(), "clock-watch", Props.empty()));
  }

  private Behavior<ClockWatch.Command> clockWatch() {
    return ClockWatch.create(() -> List.of(host), clock(), cluster.world()::nanos);
  }

  private ActorSystemSetup setup() {
    return NodeSetup.of(cluster.config());
  }

  /** Another node has joined. */
  void meet(SimulatedNode other) {
    process.run(() -> pools.meet(idOf(other.name())));
  }

  /** As the ids of its executors begin. */
  static String idOf(String name) {
    return name + "@" + name + ":1#1";
  }

  private ExecutorPools startPools() {
    return ExecutorPools.start(
        system,
        idOf(name),
        PoolsSettings.from(system.settings().config()),
        cluster.target().transport(this),
        cluster
            .feed()
            .watched(system, OriginHost.reports(system, type -> region(UnaryOperator.identity()))),
        clock(),
        cluster.world()::nanos,
        new ExecutorPools.Neighbours(id -> cluster.members().lives(this, id), true));
  }

  private OriginHost.Surroundings around() {
    return new OriginHost.Surroundings(
        system,
        OriginSettings.from(system.settings().config()),
        pools,
        clock(),
        cluster.world()::nanos,
        new RandomStreams(cluster.seed(), name)::unit,
        region(UnaryOperator.identity()),
        (id, number) -> cluster.store().row(this, id, number),
        RowEraser.NONE,
        queues.queues(),
        endpoints(),
        true,
        false,
        Traces.HANDED_ON);
  }

  /** It hears of endpoints up to some seconds after its start. */
  private Endpoints endpoints() {
    var plan = new CallbackPlan(cluster.seed());
    if (!plan.tells()) {
      return Endpoints.none();
    }
    var chance = new RandomStreams(cluster.seed(), name + " endpoints");
    return new NodeEndpoints(
        cluster.world()::now,
        cluster.world().now().plus(chance.between(Duration.ZERO, HEARD)),
        chance.happens(0.5) ? Callback.Payload.FULL : Callback.Payload.THIN);
  }

  private Region region(UnaryOperator<String> ids) {
    return new NodeRegion(this, ids);
  }

  /** Asks an origin or a queue, wherever that is. */
  <R> CompletionStage<R> ask(
      String id,
      Function<org.apache.pekko.actor.typed.ActorRef<R>, Object> message,
      Duration timeout) {
    return Futures.sameThread(
        AskPattern.<ClusterSharding.ShardCommand, R>ask(
            shard,
            replyTo -> new SimulatedShard.Deliver(id, message.apply(replyTo)),
            timeout,
            system.scheduler()));
  }

  Behavior<Object> behavior(
      String originId,
      org.apache.pekko.actor.typed.ActorRef<ClusterSharding.ShardCommand> inShard) {
    return NodeQueues.isQueue(originId)
        ? queues.behavior(NodeQueues.nameOf(originId), inShard)
        : host.behavior(originId, inShard);
  }

  /** What an origin or queue is told to leave memory. */
  Object stop(String id) {
    return NodeQueues.isQueue(id) ? NodeQueues.stop() : OriginHost.stop();
  }

  NodeQueues queues() {
    return queues;
  }

  /** Sends a message to an origin, wherever that is. */
  void tell(String originId, Object message) {
    if (message instanceof Granted granted) {
      cluster.feed().granted(originId, granted);
    } else if (message instanceof PurgeUpTo purge) {
      cluster.queueChecker().operators().asks(originId, purge);
    }
    route(originId, message, TIMES_KEPT);
  }

  /** Sends it a little later, while the origin's shard moves. */
  void tellLater(String originId, Object message) {
    after(KEPT, () -> tell(originId, message));
  }

  private void route(String originId, Object message, int times) {
    var home = cluster.members().home(this, originId);
    if (home.isEmpty()) {
      if (times > 0) {
        after(KEPT, () -> route(originId, message, times - 1));
      }
    } else if (home.get().equals(name)) {
      shard.tell(new SimulatedShard.Deliver(originId, message));
    } else {
      cluster
          .network()
          .send(
              this,
              home.get(),
              originId,
              message,
              (to, copy) -> to.shard.tell(new SimulatedShard.Deliver(originId, copy)));
    }
  }

  boolean isHomeOf(String originId) {
    return cluster.members().home(this, originId).filter(name::equals).isPresent();
  }

  void handOff(String originId) {
    process.run(() -> shard.tell(new SimulatedShard.HandOff(originId)));
  }

  public void evict(String originId) {
    process.run(() -> shard.tell(new SimulatedShard.Evict(originId)));
  }

  /** Starts the alarm clock of that slice here. */
  void startClock(int slice) {
    if (slice == 0) {
      queues.startWaker();
    }
    process.run(
        () ->
            clocks.computeIfAbsent(
                slice,
                it ->
                    system.systemActorOf(
                        AlarmClock.create(clockShared(), slice),
                        "clock-" + slice + "-" + cluster.world().steps(),
                        Props.empty())));
  }

  private AlarmClock.Shared clockShared() {
    return new AlarmClock.Shared(
        cluster.store().wakeUps(),
        new AlarmClockSettings(
            Duration.ofMillis(500), Duration.ofSeconds(2), 200, 16, Duration.ofSeconds(10)),
        Map.of(SimulatedCluster.TYPE, host),
        id -> cluster.members().lives(this, id),
        clock(),
        cluster.world()::nanos);
  }

  SimulatedTime.Timer after(Duration delay, Runnable action) {
    return cluster.world().after(delay, process, action);
  }

  void ready(Runnable action) {
    cluster.world().ready(process, action);
  }

  Clock clock() {
    return clock.withZone(ZoneOffset.UTC);
  }

  /** Sets its clock, which is off by that from now on. */
  void skew(Duration by) {
    clock.set(by);
    cluster.note(() -> TraceLine.ofNode(name, "has a clock that is off by " + TraceWords.of(by)));
  }

  /** Whether its clock was set in so long a time. */
  boolean hasJumpedWithin(Duration time) {
    return clock.wasSetWithin(time);
  }

  Duration skew() {
    return clock.skew();
  }

  /** The bytes of requests and reports that its origins hold. */
  public long bodiesHeld() {
    return MemoryBudget.get(system).account(MemoryBudget.Share.OPEN).held();
  }

  /** The bytes that its memory budget has given out. */
  public long memoryHeld() {
    return MemoryBudget.get(system).held();
  }

  /** Reads from that origin, which comes into memory. */
  void lookFor(String originId) {
    process.run(() -> origins().read(originId, "nothing"));
  }

  /** What may be left of an origin, by the code of this node. */
  Optional<OriginHost.Remains> remains(Optional<Object> snapshot, List<Object> rows, long last) {
    return host.remains(snapshot, rows, last, clock.instant());
  }

  /** The origins in its memory. */
  public Set<String> inMemory() {
    var all = Optional.ofNullable(shardInside.get()).map(SimulatedShard::inMemory).orElse(Set.of());
    return all.stream().filter(id -> !NodeQueues.isQueue(id)).collect(Collectors.toSet());
  }

  public String name() {
    return name;
  }

  Address address() {
    return address;
  }

  public NodeTasks process() {
    return process;
  }

  SimulatedCluster cluster() {
    return cluster;
  }

  SimulatedNetwork network() {
    return cluster.network();
  }

  Members members() {
    return cluster.members();
  }

  /** An address that ignores its messages. */
  public org.apache.pekko.actor.typed.ActorRef<Object> nobody() {
    return system.ignoreRef();
  }

  /** The schedules of its origins. */
  Schedules schedules() {
    return host.schedules();
  }

  public Origins<Object> origins() {
    return host.origins();
  }

  /** The permits of its own pool. */
  public NodePermits permits() {
    return permits;
  }

  public ExecutorPools pools() {
    return pools;
  }

  ExtendedActorSystem classic() {
    return (ExtendedActorSystem) org.apache.pekko.actor.typed.javadsl.Adapter.toClassic(system);
  }

  /** The actor of that address, which is one of its own. */
  ActorRef actor(String path) {
    return classic().provider().resolveActorRef(path);
  }
}
