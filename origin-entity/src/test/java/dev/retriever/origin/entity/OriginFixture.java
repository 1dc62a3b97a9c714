package dev.retriever.origin.entity;

import com.typesafe.config.ConfigFactory;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.origin.BareOrigin;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.Notice;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.PoolFixture;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.entity.OriginCommand.Await;
import dev.retriever.origin.entity.OriginCommand.Read;
import dev.retriever.origin.entity.OriginCommand.ReportArrived;
import dev.retriever.origin.entity.OriginCommand.Submit;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.meter.OriginMeter;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.span.Traces;
import dev.retriever.origin.storage.BodyReads;
import dev.retriever.origin.storage.JournalRows;
import dev.retriever.origin.storage.Snapshots;
import dev.retriever.origin.storage.StoredBodies;
import dev.retriever.testing.VirtualTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.testkit.PersistenceTestKitPlugin;
import org.apache.pekko.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import org.apache.pekko.persistence.testkit.javadsl.PersistenceTestKit;
import org.apache.pekko.persistence.testkit.javadsl.SnapshotTestKit;
import org.apache.pekko.persistence.testkit.query.javadsl.PersistenceTestKitReadJournal;
import org.apache.pekko.persistence.typed.PersistenceId;

/** The real entity on a journal in memory and a real pool, in virtual time. */
public final class OriginFixture implements AutoCloseable {
  public static final String TYPE = "origin";
  public static final String ID = "o";
  public static final String PERSISTENCE_ID = PersistenceId.of(TYPE, ID).id();
  public static final Duration IDLE = Duration.ofMinutes(2);

  public static final Duration RETENTION = Duration.ofHours(24);

  /** Longer than the wait before an origin recovers after an error. */
  public static final Duration RESTART = Duration.ofMillis(300);

  public static final OriginSettings SETTINGS =
      new OriginSettings(
          100,
          1_000_000,
          100,
          3,
          2,
          1000,
          4,
          Duration.ofSeconds(1),
          IDLE,
          100,
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          0.2,
          Duration.ofSeconds(3),
          3,
          Duration.ofSeconds(8),
          Duration.ofSeconds(8),
          PersistenceTestKitReadJournal.Identifier(),
          20,
          Optional.of(RETENTION));

  /** The machine may be busy; what is expected comes at once all the same. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A write that is under way while virtual time jumps has not taken too long. */
  private static final String PATIENT_JOURNAL =
      """
      pekko.actor.testkit.typed.single-expect-default = 60 s
      pekko.persistence.journal-plugin-fallback.circuit-breaker.call-timeout = 1000 days
      pekko.persistence.testkit.snapshotstore.pluginid {
        circuit-breaker.call-timeout = 1000 days
        snapshot-is-optional = true
      }
      """;

  public final ActorTestKit kit =
      ActorTestKit.create(
          ConfigFactory.parseString(PATIENT_JOURNAL)
              .withFallback(VirtualTime.config())
              .withFallback(PersistenceTestKitPlugin.config())
              .withFallback(PersistenceTestKitSnapshotPlugin.config()));
  public final VirtualTime time = new VirtualTime();

  /** What the origin reads, from its next start on. */
  public Clock clock = time;

  public final PersistenceTestKit journal = PersistenceTestKit.create(kit.system());
  public final SnapshotTestKit snapshots = SnapshotTestKit.create(kit.system());
  public final TestProbe<OriginReply.Fetch> replies = kit.createTestProbe();
  public final TestProbe<ClusterSharding.ShardCommand> shard = kit.createTestProbe();
  public final OriginCounters counters = new OriginCounters();
  public final UnknownReports strays = new UnknownReports(10);
  public final Residents residents = new Residents(SETTINGS.maxInMemory());

  /** What the origin sends to its own address, for its next incarnation. */
  public final TestProbe<OriginCommand> address = kit.createTestProbe();

  public final PoolFixture here;
  public volatile ActorRef<Object> origin;

  /** What the origin is told and never handles, as when its stash is full. */
  public volatile Predicate<Object> lost = message -> false;

  /** Whether somebody wakes origins that sleep. */
  public boolean woken;

  Optional<InvocationLog> log = Optional.empty();
  public Traces traces = Traces.HANDED_ON;

  /** Hears of what is journaled, from the next start on. */
  OriginMeter meter = OriginMeter.NONE;

  /** Where bodies that origins do not hold are read from. */
  public volatile JournalRows rows =
      (id, number) ->
          CompletableFuture.completedFuture(
              Optional.of(journal.persistedInStorage(id).get((int) number - 1)));

  /** What the origin tells its queues, and which fetches they refuse. */
  public volatile Queues queues = Queues.none();

  /** Overwrites no row, and says so or not. */
  public volatile RowEraser eraser = RowEraser.NONE;

  /** What a deploy replaces. */
  public Origin<?, ?, ?> definition;

  private final int perTarget;
  private final List<PoolFixture> pools = new ArrayList<>();
  private double random = 0.5;

  public OriginFixture(int permits) {
    this(permits, new BareOrigin());
  }

  public OriginFixture(int permits, Origin<?, ?, ?> definition) {
    this(permits, definition, Map.of());
  }

  /**
   * @param named the permits of further pools, by their names
   */
  public OriginFixture(int permits, Origin<?, ?, ?> definition, Map<String, Integer> named) {
    this(permits, definition, named, 1_000_000);
  }

  /**
   * @param perTarget how many attempts may be under way with one target
   */
  public OriginFixture(
      int permits, Origin<?, ?, ?> definition, Map<String, Integer> named, int perTarget) {
    this.definition = definition;
    this.perTarget = perTarget;
    time.moves(kit);
    here = anotherPool("here#1", permits, named);
    spawn(here);
  }

  public PoolFixture anotherPool(String id, int permits) {
    return anotherPool(id, permits, Map.of());
  }

  public PoolFixture anotherPool(String id, int permits, Map<String, Integer> named) {
    var pool = new PoolFixture(id, permits, named, perTarget, time, this::deliver);
    pools.add(pool);
    return pool;
  }

  private void deliver(AttemptReport report) {
    origin.tell(new ReportArrived(report));
  }

  private void spawn(PoolFixture on) {
    var entity = behavior(definition, on);
    origin = kit.spawn(Behaviors.intercept(this::losing, entity));
  }

  private BehaviorInterceptor<Object, Object> losing() {
    return new BehaviorInterceptor<>(Object.class) {
      @Override
      public Behavior<Object> aroundReceive(
          TypedActorContext<Object> ctx, Object message, ReceiveTarget<Object> target) {
        return lost.test(message) ? Behaviors.same() : target.apply(ctx, message);
      }
    };
  }

  private <C, E, S> Behavior<Object> behavior(Origin<C, E, S> of, PoolFixture on) {
    var entity = new EntityContext<>(EntityTypeKey.create(Object.class, TYPE), ID, shard.ref());
    var machine =
        new Machine<>(
            of, Machine.Rules.of(SETTINGS, on.pools.names(), OriginHost.journalable(kit.system())));
    var often = Snapshots.of(kit.system(), TYPE, machine.empty(), SETTINGS.snapshotEvery());
    return OriginBehavior.create(
        entity,
        new OriginNode<>(
            machine,
            SETTINGS,
            often,
            on.pools,
            clock,
            time::nanos,
            () -> random,
            counters,
            residents,
            strays,
            (id, message) -> address.ref().tell(message),
            id -> address.ref().tell(new OriginCommand.RoomMade()),
            new StoredBodies(BodyReads.get(kit.system()), (id, number) -> rows.row(id, number)),
            queues,
            Endpoints.none(),
            eraser,
            woken,
            false,
            log,
            traces,
            meter));
  }

  /** Stops the entity and starts it again on the same node. */
  public void restart() {
    restartOn(here);
  }

  public void restartOn(PoolFixture pool) {
    kit.stop(origin);
    spawn(pool);
  }

  public OriginReply.Fetch submit(String id, FetchSpec spec) {
    origin.tell(new Submit(id, spec, replies.ref()));
    return replies.receiveMessage();
  }

  public OriginReply.Fetch read(String id) {
    origin.tell(new Read(id, replies.ref()));
    return replies.receiveMessage();
  }

  public OriginReply.Fetch cancel(String id) {
    origin.tell(new OriginCommand.Cancel(id, replies.ref()));
    return replies.receiveMessage();
  }

  /** Waits until the fetch has settled. */
  public Outcome outcome(String id) {
    origin.tell(new Await(id, time.instant().plusSeconds(100_000), replies.ref()));
    replies.receiveMessage();
    var settlements = settlements(id);
    if (settlements.size() != 1) {
      throw new AssertionError("not settled once, but " + settlements);
    }
    return settlements.get(0).outcome();
  }

  public List<FetchSettled> settlements(String id) {
    return events().stream()
        .filter(FetchSettled.class::isInstance)
        .map(FetchSettled.class::cast)
        .filter(event -> event.fetchId().equals(id))
        .toList();
  }

  public List<OriginEvent> events() {
    return rows().stream()
        .filter(OriginEvent.class::isInstance)
        .map(OriginEvent.class::cast)
        .toList();
  }

  /** All of the journal, events of the definition included. */
  public List<Object> rows() {
    return journal.persistedInStorage(PERSISTENCE_ID);
  }

  /** Waits until the journal holds that many events. */
  public void eventsBecome(int count) {
    eventually(() -> events().size() == count);
  }

  public void permitsHeldBecome(int count) {
    eventually(() -> here.pool.stats().permitsHeld() == count);
  }

  public void countBecomes(Notice notice, long count) {
    eventually(() -> count(notice) == count);
  }

  public long count(Notice notice) {
    return counters.counts().get(notice);
  }

  /**
   * As {@link #read}, of an origin that is about to fail. What it was told meanwhile may be lost,
   * so the question is repeated while time passes.
   */
  public OriginReply.Fetch readAfterRestart(String id) {
    return replies.awaitAssert(
        PATIENCE,
        Duration.ofMillis(2),
        () -> {
          var answers = kit.<OriginReply.Fetch>createTestProbe();
          time.pass(Duration.ofMillis(50));
          origin.tell(new Read(id, answers.ref()));
          return answers.receiveMessage(Duration.ofMillis(250));
        });
  }

  public void eventually(BooleanSupplier condition) {
    eventually(replies, condition);
  }

  public static void eventually(TestProbe<?> probe, BooleanSupplier condition) {
    probe.awaitAssert(
        PATIENCE,
        Duration.ofMillis(2),
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("still not as expected");
          }
          return null;
        });
  }

  @Override
  public void close() {
    kit.shutdownTestKit();
    pools.forEach(PoolFixture::close);
  }
}
