package dev.retriever.origin.entity;

import dev.retriever.alarms.AlarmClock;
import dev.retriever.alarms.WakeUp;
import dev.retriever.executor.invocation.InvocationLog;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.executor.pool.AttemptReport;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.executor.pool.Reports;
import dev.retriever.origin.DefinedOrigin;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.Origins;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.core.FullState;
import dev.retriever.origin.core.Machine;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.meter.OriginMeters;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.queued.LookAfterQueues;
import dev.retriever.origin.schedules.Schedules;
import dev.retriever.origin.span.Traces;
import dev.retriever.origin.storage.BodyReads;
import dev.retriever.origin.storage.Journal;
import dev.retriever.origin.storage.JournalRows;
import dev.retriever.origin.storage.Snapshots;
import dev.retriever.origin.storage.StoredBodies;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityContext;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.serialization.SerializationExtension;

/**
 * Runs the origins of one type on one node. Services use {@link #start}; test kits and simulations,
 * which have a cluster of their own, use {@link #of} with their own surroundings.
 *
 * @param <C> the root of their commands
 */
public final class OriginHost<C> implements AlarmClock.Sleepers {
  /**
   * How many unknown reports are remembered for each type on a node. They come only when an
   * incarnation was replaced.
   */
  private static final int MOST_UNKNOWN_REPORTS = 1000;

  private final Surroundings around;
  private final OriginNode<?> node;
  private final EntityTypeKey<Object> typeKey;
  private final Origins<C> origins;

  private OriginHost(
      Surroundings around, OriginNode<?> node, EntityTypeKey<Object> typeKey, Origins<C> origins) {
    this.around = around;
    this.node = node;
    this.typeKey = typeKey;
    this.origins = origins;
  }

  /**
   * What the origins run on.
   *
   * @param pools make their attempts
   * @param clock the clock of due times
   * @param nanos the monotonic clock of the system's timers
   * @param random numbers evenly from [0, 1), on any thread
   * @param region reaches the origins, on this node and on others
   * @param rows of their journal
   * @param eraser overwrites such rows
   * @param queues that fetches may wait in
   * @param endpoints that may be told outcomes
   * @param woken whether an alarm clock acts on the {@link WakeUp}s that rows are tagged with
   * @param indexed whether the journal keeps the index rows that rows are tagged with
   * @param traces what the node does about them
   */
  public record Surroundings(
      ActorSystem<?> system,
      OriginSettings settings,
      ExecutorPools pools,
      Clock clock,
      LongSupplier nanos,
      DoubleSupplier random,
      Region region,
      JournalRows rows,
      RowEraser eraser,
      Queues queues,
      Endpoints endpoints,
      boolean woken,
      boolean indexed,
      Traces traces) {}

  /**
   * Starts the origins of one type on this node.
   *
   * @param originType part of every journal row's id: never to be changed
   * @param origin what they do with commands and outcomes
   * @param pools make their attempts; their reports go to {@link #reports(ActorSystem, Optional)}
   * @param queues that fetches may wait in
   * @param endpoints that may be told outcomes
   * @param eraser overwrites rows of their journal
   * @param random numbers evenly from [0, 1), on any thread
   * @param role of the nodes that hold them, which may not be this one; empty for all
   * @param woken whether the journal keeps the {@link WakeUp}s that rows are tagged with, and an
   *     alarm clock acts on them. If not, origins stay in memory while they have pending work, and
   *     origins of a lost node continue only with their next message
   * @param indexed whether its fetches are to be found by the index; only if {@code woken}
   * @param traces what the node does about them
   */
  public static <C, E, S> OriginHost<C> start(
      ActorSystem<?> system,
      String originType,
      Origin<C, E, S> origin,
      OriginSettings settings,
      ExecutorPools pools,
      Queues queues,
      Endpoints endpoints,
      RowEraser eraser,
      Clock clock,
      DoubleSupplier random,
      Optional<String> role,
      boolean woken,
      boolean indexed,
      Traces traces) {
    var around =
        new Surroundings(
            system,
            settings,
            pools,
            clock,
            System::nanoTime,
            random,
            Region.sharded(system, originType, role),
            JournalRows.of(system, settings.readJournal()),
            eraser,
            queues,
            endpoints,
            woken,
            indexed,
            traces);
    var host = of(originType, origin, around);
    var entity =
        Entity.of(EntityTypeKey.create(Object.class, originType), host::behavior)
            .withStopMessage(stop());
    ClusterSharding.get(system).init(role.map(entity::withRole).orElse(entity));
    return host;
  }

  /**
   * The origins of that type; none is in memory yet.
   *
   * @param originType part of every journal row's id
   * @throws IllegalArgumentException when the definition contradicts itself
   */
  public static <C, E, S> OriginHost<C> of(
      String originType, Origin<C, E, S> definition, Surroundings around) {
    var system = around.system();
    var settings = around.settings();
    var rules = Machine.Rules.of(settings, around.pools().names(), journalable(system));
    var machine = new Machine<>(definition, rules);
    var snapshots = Snapshots.of(system, originType, machine.empty(), settings.snapshotEvery());
    var counters = new OriginCounters();
    var residents = new Residents(settings.maxInMemory());
    var node =
        new OriginNode<>(
            machine,
            settings,
            snapshots,
            around.pools(),
            around.clock(),
            around.nanos(),
            around.random(),
            counters,
            residents,
            new UnknownReports(MOST_UNKNOWN_REPORTS),
            around.region()::tell,
            new HandOver(system, around.region(), settings.askTimeout())::bringBack,
            new StoredBodies(BodyReads.get(system), around.rows()),
            around.queues(),
            around.endpoints(),
            around.eraser(),
            around.woken(),
            around.indexed(),
            InvocationLog.of(system, around.clock()),
            around.traces(),
            OriginMeters.of(system));
    var journal = new Journal(originType, around.rows());
    var origins =
        new ShardedOrigins<C>(
            system,
            originType,
            around.region(),
            settings,
            counters,
            residents,
            around.clock(),
            journal);
    return new OriginHost<>(around, node, EntityTypeKey.create(Object.class, originType), origins);
  }

  /**
   * What is left of an origin in place of its rows.
   *
   * @param row the one after its last
   * @param state to be saved with that row; empty when the row says all
   */
  public record Remains(OriginEvent row, Optional<Object> state) {}

  /**
   * What may stand for all rows of an origin of this type, which is not loaded for it. Its last row
   * must be older than the retention of settled fetches. Pure.
   *
   * @param snapshot as it was saved last; empty if it was not
   * @param rows all after the snapshot
   * @param last the number of the last row
   * @return empty if something of it is still needed, or it cannot be saved
   * @throws IllegalStateException if rows are missing
   */
  public Optional<Remains> remains(
      Optional<Object> snapshot, List<Object> rows, long last, Instant at) {
    return remains(node.machine(), node.snapshots(), snapshot, rows, last, at);
  }

  private static <S> Optional<Remains> remains(
      Machine<?, ?, S> machine,
      Snapshots snapshots,
      Optional<Object> snapshot,
      List<Object> rows,
      long last,
      Instant at) {
    var state = folded(machine, snapshot, rows, last);
    return machine
        .forgotten(state, at)
        .map(row -> new Remains(row, Optional.empty()))
        .or(
            () ->
                machine
                    .saved(state, at)
                    .filter(it -> snapshots.possible() && snapshots.every() > 0)
                    .map(it -> new Remains(it.row(), Optional.of(it.state()))));
  }

  /** The fetches of an origin of this type, which is not loaded for it; as {@link #remains}. */
  public OriginState folded(Optional<Object> snapshot, List<Object> rows, long last) {
    return folded(node.machine(), snapshot, rows, last).fetches();
  }

  @SuppressWarnings("unchecked") // origins of this type have saved it
  private static <S> FullState<S> folded(
      Machine<?, ?, S> machine, Optional<Object> snapshot, List<Object> rows, long last) {
    var state = snapshot.map(it -> (FullState<S>) it).orElseGet(machine::empty);
    for (var row : rows) {
      state = machine.apply(state, row);
    }
    if (state.fetches().row() != last) {
      throw new IllegalStateException(
          "the last row is %d, and those that were read lead to %d"
              .formatted(last, state.fetches().row()));
    }
    return state;
  }

  /**
   * Checks that an event can be journaled. One that cannot then fails its handler, and not the
   * write.
   */
  static Consumer<Object> journalable(ActorSystem<?> system) {
    var serialization = SerializationExtension.get(system);
    return event -> {
      var bytes = serialization.serialize(event);
      if (bytes.isFailure()) {
        throw new IllegalArgumentException(
            "events of " + event.getClass().getName() + " cannot be journaled",
            bytes.failed().get());
      }
    };
  }

  /**
   * The actor of one origin. It gets what its region is told for that id. There must be one actor
   * for an id at a time.
   *
   * @param shard gets the request to leave memory, and answers it with {@link #stop}
   */
  public Behavior<Object> behavior(String originId, ActorRef<ClusterSharding.ShardCommand> shard) {
    return behavior(new EntityContext<>(typeKey, originId, shard));
  }

  Behavior<Object> behavior(EntityContext<Object> entity) {
    return OriginBehavior.create(entity, node);
  }

  /** The callers' door to them, on this node. */
  public Origins<C> origins() {
    return origins;
  }

  /** The callers' door to their schedules, on this node. */
  public Schedules schedules() {
    return (originId, request) ->
        around
            .region()
            .<OriginReply.OfSchedules>ask(
                originId,
                replyTo -> new OriginCommand.OnSchedules(request, replyTo),
                around.settings().askTimeout())
            .thenApply(OriginReply.OfSchedules::answer);
  }

  @Override
  public CompletionStage<AlarmClock.Awake> wake(String originId, long row) {
    return around
        .region()
        .<OriginReply.Awake>ask(
            originId,
            replyTo -> new OriginCommand.Wake(row, replyTo),
            around.settings().askTimeout())
        .thenApply(
            awake ->
                new AlarmClock.Awake(awake.row(), WakeUp.of(awake.wakeUp()).orElse(WakeUp.NONE)));
  }

  /** The origins in the memory of this node. */
  List<ActorRef<Object>> inMemory() {
    return node.residents().all();
  }

  /** The message that makes an origin leave memory. */
  public static Object stop() {
    return new OriginCommand.Stop();
  }

  /** Whether the message comes from a timer of an origin, or from a pool that has room again. */
  public static boolean isReminder(Object message) {
    return message instanceof OriginCommand.TimerFired
        || message instanceof OriginCommand.RoomMade
        || message instanceof LookAfterQueues
        || message instanceof OriginCommand.Idle;
  }

  /** The message that brings a report of the pools. */
  public static Object arrived(AttemptReport report) {
    return new OriginCommand.ReportArrived(report);
  }

  /**
   * Where executors send their reports: to the origin's address, wherever it lives by then.
   *
   * @param role of the nodes that hold them; empty for all
   */
  public static Reports reports(ActorSystem<?> system, Optional<String> role) {
    var regions = new ConcurrentHashMap<String, Region>();
    return reports(
        system, type -> regions.computeIfAbsent(type, it -> Region.sharded(system, it, role)));
  }

  /**
   * Where executors send their reports: to the origin's address, wherever it lives by then. A large
   * report is offered as a parcel.
   *
   * @param region by the type of the origins
   */
  public static Reports reports(ActorSystem<?> system, Function<String, Region> region) {
    var parcels = Parcels.get(system);
    return report -> {
      var key = report.key();
      var size = Parcels.size(report.report());
      region
          .apply(key.originType())
          .tell(key.originId(), parcels.packed("report on " + key, arrived(report), size));
    };
  }

  /**
   * The users' state that a journal gives.
   *
   * @param rows all of it, in order
   */
  public static <C, E, S> S replayed(Origin<C, E, S> definition, List<?> rows) {
    var origin = new DefinedOrigin<>(definition);
    var state = origin.emptyState();
    for (var row : rows) {
      if (!(row instanceof OriginEvent)) {
        @SuppressWarnings("unchecked") // what is no event of ours was journaled as one of theirs
        var event = (E) row;
        state = origin.apply(state, event);
      }
    }
    return state;
  }

  /** Under which id the journal rows of one stand. */
  public static String persistenceId(String originType, String originId) {
    return PersistenceId.of(originType, originId).id();
  }
}
