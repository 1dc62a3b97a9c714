package dev.retriever.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.retriever.alarms.AlarmClock;
import dev.retriever.alarms.WakeUps;
import dev.retriever.cluster.admin.AdminRoutes;
import dev.retriever.cluster.bulk.BulkAction;
import dev.retriever.cluster.bulk.FoundCallbacks;
import dev.retriever.cluster.callbacks.CallbackQueues;
import dev.retriever.cluster.callbacks.CallbackRoutes;
import dev.retriever.cluster.callbacks.EndpointDirectory;
import dev.retriever.cluster.callbacks.EndpointRules;
import dev.retriever.cluster.callbacks.TestEvent;
import dev.retriever.cluster.callbacks.rows.EndpointStore;
import dev.retriever.cluster.formation.LastTasks;
import dev.retriever.cluster.formation.Remoting;
import dev.retriever.cluster.formation.SameDatabase;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.metrics.NodeMetrics;
import dev.retriever.cluster.security.Credential;
import dev.retriever.cluster.storage.JdbcEndpoints;
import dev.retriever.cluster.storage.JdbcRowEraser;
import dev.retriever.cluster.storage.JdbcWakeUps;
import dev.retriever.cluster.storage.JournalWriter;
import dev.retriever.cluster.storage.PurgeTask;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.storage.StorageCheck;
import dev.retriever.cluster.storage.WakeUpTable;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.Tenants;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.pool.ExecutorPools;
import dev.retriever.origin.Origin;
import dev.retriever.origin.Origins;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.entity.ClockWatch;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.erasure.RowEraser;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.entity.QueueHost;
import dev.retriever.origin.schedules.Schedules;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.sharding.typed.ShardedDaemonProcessSettings;
import org.apache.pekko.cluster.sharding.typed.javadsl.ShardedDaemonProcess;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * Origins on your actor system: puts storage, executors and sharding together, as a node does.
 *
 * <pre>{@code
 * var config = Retriever.prepare(ConfigFactory.load());
 * var system = ActorSystem.create(Behaviors.empty(), "shop", config);
 * var retriever = Retriever.on(system);
 * var checkouts = retriever.origins("checkout", new Checkout());
 * retriever.joinAlone(); // or form a cluster as you do
 * retriever.start();
 * }</pre>
 *
 * <p>The actor system must be, or become, a member of a cluster, be it alone: origins answer once
 * it is. Everything ends with the actor system. Thread-safe.
 */
public final class Retriever {
  /** The extension's single instance. */
  static final Clock CLOCK = Clock.systemUTC();

  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** A drain ends by its own limits, not by the phase's. */
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final LibrarySettings settings;
  private final ExecutorWiring executors;
  private final QueueHost queues;
  private final EndpointStore endpointStore;
  private final EndpointDirectory endpoints;
  private final TestEvent endpointTest;
  private final PurgeTask purge;
  private final RowEraser eraser;
  private final Clock clock = CLOCK;
  private final Map<String, OriginHost<?>> byType = new ConcurrentSkipListMap<>();

  private Retriever(ActorSystem<?> system, LibrarySettings settings) {
    this.system = system;
    this.settings = settings;
    var wiring = new QueueWiring(system);
    this.executors = new ExecutorWiring(system, settings, wiring, clock);
    this.endpointTest = new TestEvent(executors.transport(), clock, System::nanoTime);
    this.queues = wiring.start(settings.queues(), clock);
    var storage = Storage.from(system.settings().config());
    JournalWriter.get(system).start(storage);
    this.eraser = JdbcRowEraser.of(system, storage);
    this.endpointStore = new JdbcEndpoints(storage);
    this.endpoints = EndpointDirectory.start(system, endpointStore, clock);
    this.purge =
        settings.purge().task(system, storage, settings.origins().retention(), this::types, clock);
    if (settings.purge().enabled()) {
      purge.start(system, settings.purge().interval(), ThreadLocalRandom.current().nextDouble());
    }
  }

  /**
   * The configuration to start an actor system for origins with. It is the given one, with journal
   * and snapshots in the database of {@code retriever.node}. Creates or updates the schema there,
   * and checks the settings. Waits for the database. Give the password as {@code
   * retriever.node.db.password}: causes of exceptions may show the whole URL.
   *
   * @throws RuntimeException when a setting is wrong, naming it, or the database cannot be had
   */
  public static Config prepare(Config config) {
    var storage = Storage.from(config);
    var prepared = Roles.of(config).configure(Remoting.configure(storage.configure(config)));
    var settings = LibrarySettings.from(prepared);
    storage.migrate();
    StorageCheck.of(storage, prepared);
    return SameDatabase.configure(prepared, storage.identity())
        .withValue(
            "pekko.coordinated-shutdown.phases.service-requests-done.timeout",
            ConfigValueFactory.fromAnyRef(settings.drain().total().plus(DRAIN_MARGIN)));
  }

  /**
   * Starts the executors and the purge. To be called once for each actor system.
   *
   * @throws IllegalArgumentException if it was not started with what {@link #prepare} gave
   */
  public static Retriever on(ActorSystem<?> system) {
    var config = system.settings().config();
    if (!Storage.isConfigured(config)) {
      throw new IllegalArgumentException(
          "the actor system "
              + system.name()
              + " has no journal for origins; start it with Retriever.prepare(config)");
    }
    return new Retriever(system, LibrarySettings.from(config));
  }

  /**
   * Starts the origins of one type on this node. Every node of the cluster must do so, with the
   * same type. Nodes without the role {@code origin} hold none, and send their messages to nodes
   * with it.
   *
   * @param type 1 to 64 of {@code A-Z a-z 0-9 _ -}; part of every journal row's id, so never to be
   *     changed
   * @throws IllegalArgumentException if it is another, or was given before, or the definition
   *     contradicts itself
   */
  public synchronized <C, E, S> Origins<C> origins(String type, Origin<C, E, S> definition) {
    if (!TYPE.matcher(type).matches()) {
      throw new IllegalArgumentException(
          "'" + type + "' is no name of an origin type: it takes 1 to 64 of A-Z a-z 0-9 _ -");
    }
    if (byType.containsKey(type) || type.equals(QueueHost.TYPE)) {
      throw new IllegalArgumentException(
          "origins of type " + type + " are started already; give each type a name of its own");
    }
    var host =
        OriginHost.start(
            system,
            type,
            definition,
            settings.origins(),
            executors.pools(),
            queues.queues(),
            endpoints,
            eraser,
            clock,
            () -> ThreadLocalRandom.current().nextDouble(),
            Optional.of(Roles.ORIGIN),
            true,
            settings.index().has(type),
            executors.traces());
    byType.put(type, host);
    return host.origins();
  }

  /** Forms a cluster of this node alone, for a service that runs once. */
  public void joinAlone() {
    var cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
  }

  /**
   * Starts the watch of the wall clock, and the clocks that wake origins for their alarms and when
   * a node has left. To be called once on every node, after all types are started. Fetches that
   * were pending when the last node stopped go on soon after this node is a member of its cluster.
   */
  public void start() {
    var watch = ClockWatch.create(() -> types().values(), clock, System::nanoTime);
    system.systemActorOf(watch, "retriever-clock-watch", Props.empty());
    var wakeUps = new JdbcWakeUps(Storage.from(system.settings().config()));
    LastTasks.run(system, "close-wake-ups", wakeUps::close);
    var shared =
        new AlarmClock.Shared(
            NodeMetrics.of(system).<WakeUps>map(it -> it.timed(wakeUps, clock)).orElse(wakeUps),
            settings.clocks(),
            types(),
            poolId -> NodeIds.lives(system, poolId),
            clock,
            System::nanoTime);
    ShardedDaemonProcess.get(system)
        .init(
            AlarmClock.Command.class,
            "retriever-alarm-clock",
            WakeUpTable.SLICES,
            slice -> AlarmClock.create(shared, slice),
            ShardedDaemonProcessSettings.create(system).withRole(Roles.ORIGIN),
            Optional.empty());
  }

  /**
   * The admin API for the types started here, now or later. It has no authentication and no audit:
   * serve it where only operators can reach it.
   */
  public Route adminRoutes() {
    var everybody = new CallerOrigins(types(), request -> Credential.OPEN);
    return ProblemHandlers.around(new AdminRoutes(everybody).routes());
  }

  /**
   * The schedules of the origins of a type that was started here.
   *
   * @throws IllegalArgumentException if it was not
   */
  public synchronized Schedules schedules(String type) {
    if (!byType.containsKey(type)) {
      throw new IllegalArgumentException(
          "origins of type " + type + " are not started here; call origins(…) first");
    }
    return byType.get(type).schedules();
  }

  /** The operators' door to the queues of the cluster. */
  public QueueOperations queues() {
    return queues.operations();
  }

  /** The figures of what runs here. */
  RetrieverFigures figures() {
    return new RetrieverFigures(
        system, queues, settings.pools(), purge, endpointStore, executors.spans());
  }

  Map<String, OriginHost<?>> types() {
    return Collections.unmodifiableMap(byType);
  }

  /** How long settled fetches are kept; empty for good. */
  Optional<Duration> retention() {
    return settings.origins().retention();
  }

  /** Whether fetches of that type are in the index. */
  boolean isIndexed(String type) {
    return settings.index().has(type);
  }

  Tenants tenants() {
    return settings.tenants();
  }

  ExecutorPools pools() {
    return executors.pools();
  }

  /**
   * Checks a request before it is accepted for that tenant: its host may be called, and may get the
   * secrets that it asks for.
   *
   * @throws dev.retriever.executor.InvalidRequest naming the field
   */
  void check(FetchRequest request, Tenant tenant) {
    executors.egress().check(request);
    settings.tenants().check(request, tenant);
    settings.secrets().check(request, tenant);
  }

  /** What this node knows of callback endpoints. */
  Endpoints endpoints() {
    return endpoints;
  }

  /** The routes of callback endpoints. The caller seals them. */
  Route callbackRoutes() {
    return new CallbackRoutes(
            system,
            endpointStore,
            endpoints,
            new EndpointRules(
                this::check, settings.secrets(), new CallbackQueues(queues.operations())),
            endpointTest)
        .routes();
  }

  /** The dead callbacks of endpoints, for jobs that make them again. */
  FoundCallbacks deadCallbacks(BulkAction redrive) {
    return new FoundCallbacks(
        endpointStore, system.dispatchers().lookup(DispatcherSelector.blocking()), redrive);
  }

  /** Tells all nodes at which ports this one listens, so that no fetch is made to them. */
  void listensAt(Collection<Integer> ports) {
    executors.listensAt(ports);
  }

  /** The longest time that a node which stops waits for its attempts and their reports. */
  Duration drainLimit() {
    return settings.drain().total();
  }
}
