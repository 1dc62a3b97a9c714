package dev.retriever.cluster;

import dev.retriever.cluster.admin.AdminRoutes;
import dev.retriever.cluster.admin.Health;
import dev.retriever.cluster.admin.KeyRoutes;
import dev.retriever.cluster.api.FetchRoutes;
import dev.retriever.cluster.api.Intake;
import dev.retriever.cluster.api.MeRoute;
import dev.retriever.cluster.api.ScheduleRoutes;
import dev.retriever.cluster.api.SubmissionRules;
import dev.retriever.cluster.api.Submissions;
import dev.retriever.cluster.bulk.BulkCommand;
import dev.retriever.cluster.bulk.BulkOrigin;
import dev.retriever.cluster.contract.Contract;
import dev.retriever.cluster.contract.ContractRoutes;
import dev.retriever.cluster.dashboard.DashboardRoutes;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.http.ProblemPages;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.outcomes.OutcomeRoutes;
import dev.retriever.cluster.queues.QueueFaces;
import dev.retriever.cluster.queues.SlotRoutes;
import dev.retriever.cluster.security.AccessTable;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.storage.TenantLeases;
import dev.retriever.cluster.storage.facts.DatabaseRoutes;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.quota.Quotas;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import dev.retriever.origin.Origins;
import dev.retriever.origin.queue.QueueOperations;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.model.headers.CacheControl;
import org.apache.pekko.http.javadsl.model.headers.CacheDirectives;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts of a node together on its actor system, binds its ports, and joins its cluster.
 */
final class NodeWiring {
  private static final Logger LOG = LoggerFactory.getLogger(NodeWiring.class);

  /** A stream of a queue's figures has at most one event in this time. */
  private static final Duration QUEUE_EVENTS = Duration.ofSeconds(1);

  private final ActorSystem<Void> system;
  private final NodeSettings settings;
  private final NodePorts ports;
  private final Storage storage;
  private final Cluster cluster;
  private final Retriever retriever;
  private final NodeReadings readings;
  private final MetricsWiring metrics;
  private final CallerOrigins callers;
  private final Intake intake;
  private final Origins<BulkCommand> jobs;
  private final IndexWiring index;
  private final Doors doors;
  private final StorageWatch watch;
  private final OutcomeMemory outcomeMemory;
  private final OutcomeRoutes outcomes;
  private final QueueOperations queues;
  private final QueueFaces queueFaces;

  /**
   * Starts origins, executors and what credentials are checked with; binds no port.
   *
   * @throws RuntimeException when a setting is wrong, or the database does not give the keys
   */
  NodeWiring(ActorSystem<Void> system, NodeSettings settings, NodePorts ports, Storage storage) {
    this.system = system;
    this.settings = settings;
    this.ports = ports;
    this.storage = storage;
    cluster = Cluster.get(system);
    LOG.info("Node {} stores in {}", cluster.selfMember().uniqueAddress(), storage);
    if (!settings.egressAllow().isEmpty()) {
      LOG.warn(
          "Targets in {} may be called, even if their addresses are private",
          settings.egressAllow());
    }
    retriever = Retriever.on(system);
    readings = new NodeReadings(retriever, ports);
    metrics = new MetricsWiring(system, retriever, readings);
    retriever.origins(Tenant.ORIGIN_TYPE, new HttpOrigin());
    jobs = retriever.origins(BulkOrigin.TYPE, new BulkOrigin());
    index = new IndexWiring(system, storage, retriever);
    callers = new CallerOrigins(retriever.types(), Callers::of);
    intake = new Intake(system);
    retriever.start();
    doors = Doors.start(system, ports, storage);
    watch = new StorageWatch(storage);
    watch.start(system, settings.watchInterval());
    system.getWhenTerminated().thenRun(doors::close);
    outcomeMemory = new OutcomeMemory(MemoryBudget.get(system));
    outcomes =
        new OutcomeRoutes(system, callers, settings.outcomes(), outcomeMemory, Retriever.CLOCK);
    intake.ending("end-subscriptions", outcomes::end);
    queues = retriever.queues();
    queueFaces =
        new QueueFaces(
            system, queues, QUEUE_EVENTS, settings.outcomes().credentialCheck(), Retriever.CLOCK);
    intake.ending("end-queue-events", queueFaces::end);
  }

  /**
   * The bound ports of a node.
   *
   * @param ready completed when it has become a member of its cluster
   */
  record Bound(ServerBinding api, ServerBinding management, CompletionStage<Done> ready) {}

  /**
   * Binds the ports, and then begins to join the cluster.
   *
   * @throws IllegalStateException when a port cannot be had
   */
  Bound start() {
    var calls = calls();
    var management = management(calls);
    var api = api(calls);
    doors.apiListener().boundAt(api.localAddress());
    intake.closing(api, retriever.drainLimit());
    var managed = bound(management);
    var bound = new Bound(api, managed, member());
    // Other nodes may ask on the bootstrap port, so it is bound before.
    var bootstrap = settings.formation().routes(system).map(this::bootstrap);
    bootstrap.ifPresent(intake::closingLast);
    retriever.listensAt(
        Stream.concat(Stream.of(api, managed), bootstrap.stream())
            .map(each -> each.localAddress().getPort())
            .toList());
    join();
    return bound;
  }

  private ServerBinding bound(Route management) {
    var host = settings.managementAddress(doors.rules());
    var managed = ports.management().bind(system, host, settings.managementPort(), management);
    doors.managementListener().boundAt(managed.localAddress());
    intake.closingLast(managed);
    return managed;
  }

  /** Data is kept by no browser and no proxy, unless a route says otherwise. */
  private static Route answered(Route routes) {
    return Directives.respondWithDefaultHeader(
        CacheControl.create(CacheDirectives.NO_STORE), () -> ProblemHandlers.around(routes));
  }

  private Route management(Route calls) {
    var health =
        new Health(
            () -> intake.closed().or(this::notReady),
            callers::stats,
            retriever.pools(),
            Parcels.get(system),
            MemoryBudget.get(system),
            retriever.figures()::purged,
            outcomes::subscriptions,
            doors.rules().mode());
    var keys = new KeyRoutes(system, doors.keys().stored(), Retriever.CLOCK, new SecureRandom());
    var dashboard = settings.dashboard();
    var fleet =
        new FleetWiring(system, retriever, readings)
            .start(
                intake::closed,
                watch::isAway,
                outcomes::subscriptions,
                settings.outcomes().credentialCheck());
    intake.ending("end-overview-events", fleet::end);
    var routes =
        answered(
            doors
                .management(dashboard.enabled())
                .guarding(
                    Directives.concat(
                        new DashboardRoutes(dashboard).routes(),
                        // For the dashboard, if the door lets them in. They end with the API.
                        Directives.pathPrefixTest("v1", () -> intake.guarding(calls)),
                        health.routes(),
                        metrics.page(),
                        keys.routes(),
                        queueFaces.management(),
                        new SlotRoutes(queues, retriever.figures()::slots).routes(),
                        fleet.routes(),
                        doors.audit().routes(),
                        index.rebuild(intake).routes(),
                        database().routes(),
                        new AdminRoutes(callers).routes(),
                        ProblemPages.routes(),
                        ContractRoutes.of(Contract.ofManagement()))));
    var awaited = intake.awaiting(routes, retriever.drainLimit());
    return metrics.around(AccessTable.MANAGEMENT_WITH_DASHBOARD, ports.management(), awaited);
  }

  /** What callers ask for, at the port of the API and, for the dashboard, at the other one. */
  private Route calls() {
    var rules =
        new SubmissionRules(
            retriever::check, retriever.tenants(), retriever.pools()::names, retriever.endpoints());
    var quotas = quotas();
    metrics.read(
        () -> intake.closed().or(this::notReady).isEmpty(), watch, quotas, outcomes::subscriptions);
    var limits =
        new Submissions.Limits(
            settings.maxRequestBody(), settings.maxWait(), settings.overloadedAfter(), quotas);
    var fetches =
        new FetchRoutes(system, callers, rules, limits, intake, watch, outcomeMemory, queues);
    return Directives.concat(
        fetches.routes(),
        new ScheduleRoutes(system, callers, rules, limits, watch).routes(),
        index.searches(callers).routes(),
        index.bulk(callers, jobs, fetches.redrives()).routes(),
        outcomes.routes(),
        queueFaces.api(),
        retriever.callbackRoutes(),
        new MeRoute(callers, rules, quotas, Contract.ofApi().version(), doors.rules().mode())
            .routes());
  }

  private ServerBinding api(Route calls) {
    var routes =
        answered(
            doors
                .api()
                .guarding(
                    Directives.concat(
                        calls, ProblemPages.routes(), ContractRoutes.of(Contract.ofApi()))));
    var host = settings.apiAddress(doors.rules());
    var measured = metrics.around(AccessTable.API, ports.api(), intake.guarding(routes));
    return ports.api().bind(system, host, settings.httpPort(), measured);
  }

  private DatabaseRoutes database() {
    return new DatabaseRoutes(
        storage,
        system.settings().config(),
        () -> cluster.state().members().size(),
        system.dispatchers().lookup(DispatcherSelector.blocking()),
        Retriever.CLOCK,
        System::nanoTime);
  }

  private Quotas quotas() {
    var quotas =
        new Quotas(
            settings.quotas(),
            new TenantLeases(storage),
            cluster.selfMember().uniqueAddress().toString(),
            () -> cluster.state().members().size(),
            Retriever.CLOCK,
            System::nanoTime);
    quotas.start(system);
    return quotas;
  }

  /** At the address that other nodes know this one by, and at no other. */
  private ServerBinding bootstrap(Route routes) {
    var host = system.settings().config().getString("pekko.management.http.hostname");
    return ports
        .bootstrap()
        .bind(system, host, settings.bootstrapPort(), ProblemHandlers.around(routes));
  }

  private void join() {
    if (settings.join().isEmpty()) {
      settings.formation().join(system, retriever::joinAlone);
      return;
    }
    LOG.info("Joining {}; this node tries until one of them answers", settings.join());
    var nodes =
        settings.join().stream()
            .map(at -> AddressFromURIString.parse("pekko://" + system.name() + "@" + at))
            .toList();
    cluster.manager().tell(new JoinSeedNodes(nodes));
  }

  private CompletionStage<Done> member() {
    var up = new CompletableFuture<Done>();
    org.apache.pekko.cluster.Cluster.get(Adapter.toClassic(system))
        .registerOnMemberUp(() -> up.complete(Done.getInstance()));
    return up;
  }

  private Optional<String> notReady() {
    return cluster.selfMember().status() == MemberStatus.up()
        ? Optional.empty()
        : Optional.of("The node is not a member of its cluster yet, or no longer.");
  }
}
