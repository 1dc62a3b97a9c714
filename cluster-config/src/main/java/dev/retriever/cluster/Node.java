package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.cluster.admin.AdminRoutes;
import dev.retriever.cluster.admin.Health;
import dev.retriever.cluster.admin.KeyRoutes;
import dev.retriever.cluster.api.FetchRoutes;
import dev.retriever.cluster.api.Intake;
import dev.retriever.cluster.api.MeRoute;
import dev.retriever.cluster.api.SubmissionRules;
import dev.retriever.cluster.api.Submissions;
import dev.retriever.cluster.contract.Contract;
import dev.retriever.cluster.contract.ContractRoutes;
import dev.retriever.cluster.formation.Remoting;
import dev.retriever.cluster.formation.RemotingEnd;
import dev.retriever.cluster.http.ProblemHandlers;
import dev.retriever.cluster.http.ProblemPages;
import dev.retriever.cluster.memory.OutcomeMemory;
import dev.retriever.cluster.outcomes.OutcomeRoutes;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.cluster.storage.Storage;
import dev.retriever.cluster.storage.StorageWatch;
import dev.retriever.cluster.storage.TenantLeases;
import dev.retriever.cluster.tenants.CallerOrigins;
import dev.retriever.cluster.tenants.quota.Quotas;
import dev.retriever.executor.Tenant;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.parcel.Parcels;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.remote.RemoteTransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node. */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final ActorSystem<Void> system;
  private final NodePorts ports;
  private final ServerBinding api;
  private final ServerBinding management;
  private final CompletionStage<Done> ready;
  private final CompletionStage<Done> terminated;

  private Node(
      ActorSystem<Void> system,
      NodePorts ports,
      ServerBinding api,
      ServerBinding management,
      CompletionStage<Done> ready,
      CompletionStage<Done> terminated) {
    this.system = system;
    this.ports = ports;
    this.api = api;
    this.management = management;
    this.ready = ready;
    this.terminated = terminated;
  }

  /**
   * Starts a node, and waits until its ports are bound.
   *
   * @throws RuntimeException when the configuration is wrong, or the database or a port cannot be
   *     had. Then nothing is left running
   */
  public static Node start(Config settings) {
    var node = NodeSettings.from(settings);
    var ports = NodePorts.from(settings, Retriever.CLOCK);
    node.check(Doors.rules(settings, ports));
    Remoting.check(Remoting.configure(settings));
    if (!node.join().isEmpty() && Storage.from(settings).isEmbedded()) {
      throw new IllegalArgumentException(
          "nodes that join (--join, RETRIEVER_JOIN) need a database that all of them share; set"
              + " --db-url or RETRIEVER_DB_URL, such as jdbc:postgresql://host/retriever, on each");
    }
    var log = InvocationFile.from(settings);
    var wanted = log.isPresent() ? InvocationFile.enabled(settings) : settings;
    var system = actorSystem(Retriever.prepare(wanted));
    RemotingEnd.bound(system);
    var terminated = system.getWhenTerminated();
    try {
      var close = log.map(file -> file.open(Retriever.CLOCK)).orElse(() -> {});
      var closed = terminated.<Done>thenApply(done -> closed(close, done));
      return new Wiring(system, node, ports, Storage.from(settings), closed).start();
    } catch (RuntimeException e) {
      system.terminate();
      throw e;
    }
  }

  private static ActorSystem<Void> actorSystem(Config config) {
    try {
      return ActorSystem.create(Behaviors.empty(), "retriever", config);
    } catch (RemoteTransportException e) {
      throw new IllegalStateException(
          "cannot listen for other nodes; set RETRIEVER_REMOTING_PORT, to 0 for a free port ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static Done closed(Runnable close, Done done) {
    close.run();
    return done;
  }

  private record Wiring(
      ActorSystem<Void> system,
      NodeSettings settings,
      NodePorts ports,
      Storage storage,
      CompletionStage<Done> terminated) {
    Node start() {
      var cluster = Cluster.get(system);
      LOG.info("Node {} stores in {}", cluster.selfMember().uniqueAddress(), storage);
      if (!settings.egressAllow().isEmpty()) {
        LOG.warn(
            "Targets in {} may be called, even if their addresses are private",
            settings.egressAllow());
      }
      var retriever = Retriever.on(system);
      retriever.origins(Tenant.ORIGIN_TYPE, new HttpOrigin());
      var callers = new CallerOrigins(retriever.types(), Callers::of);
      var intake = new Intake(system);
      retriever.start();

      var doors = Doors.start(system, ports, storage);
      terminated.thenRun(doors::close);
      var outcomeMemory = new OutcomeMemory(MemoryBudget.get(system));
      var outcomes =
          new OutcomeRoutes(system, callers, settings.outcomes(), outcomeMemory, Retriever.CLOCK);
      var health =
          new Health(
              () -> intake.closed().or(() -> notReady(cluster)),
              callers::stats,
              retriever.pools(),
              Parcels.get(system),
              MemoryBudget.get(system),
              retriever::purged,
              outcomes::subscriptions,
              doors.rules().mode());
      var admin = new AdminRoutes(callers);
      var keys = new KeyRoutes(system, doors.keys().stored(), Retriever.CLOCK, new SecureRandom());
      var management =
          ProblemHandlers.around(
              doors
                  .management()
                  .guarding(
                      Directives.concat(
                          health.routes(),
                          keys.routes(),
                          doors.audit().routes(),
                          admin.routes(),
                          ProblemPages.routes(),
                          ContractRoutes.of(Contract.ofManagement()))));
      var watch = new StorageWatch(storage);
      watch.start(system, settings.watchInterval());
      var rules =
          new SubmissionRules(retriever::check, retriever.tenants(), retriever.pools()::names);
      var quotas = quotas(cluster);
      var fetches =
          new FetchRoutes(
              system,
              callers,
              rules,
              new Submissions.Limits(
                  settings.maxRequestBody(),
                  settings.maxWait(),
                  settings.overloadedAfter(),
                  quotas),
              intake,
              watch,
              outcomeMemory);
      intake.ending("end-subscriptions", outcomes::end);
      var routes =
          ProblemHandlers.around(
              doors
                  .api()
                  .guarding(
                      Directives.concat(
                          fetches.routes(),
                          outcomes.routes(),
                          new MeRoute(callers, rules, quotas).routes(),
                          ProblemPages.routes(),
                          ContractRoutes.of(Contract.ofApi()))));
      var api =
          ports
              .api()
              .bind(
                  system,
                  settings.apiAddress(doors.rules()),
                  settings.httpPort(),
                  intake.guarding(routes));
      doors.apiListener().boundAt(api.localAddress());
      intake.closing(api, retriever.drainLimit());
      var managed =
          ports
              .management()
              .bind(
                  system,
                  settings.managementAddress(doors.rules()),
                  settings.managementPort(),
                  management);
      doors.managementListener().boundAt(managed.localAddress());
      intake.closingLast(managed);
      var node = new Node(system, ports, api, managed, member(), terminated);
      // Other nodes may ask on the bootstrap port, so it is bound before.
      var bootstrap = settings.formation().routes(system).map(this::bootstrap);
      bootstrap.ifPresent(intake::closingLast);
      retriever.listensAt(
          Stream.concat(Stream.of(api, managed), bootstrap.stream())
              .map(bound -> bound.localAddress().getPort())
              .toList());
      join(retriever);
      return node;
    }

    private Quotas quotas(Cluster cluster) {
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

    private void join(Retriever retriever) {
      if (settings.join().isEmpty()) {
        settings.formation().join(system, retriever::joinAlone);
        return;
      }
      LOG.info("Joining {}; this node tries until one of them answers", settings.join());
      var nodes =
          settings.join().stream()
              .map(at -> AddressFromURIString.parse("pekko://" + system.name() + "@" + at))
              .toList();
      Cluster.get(system).manager().tell(new JoinSeedNodes(nodes));
    }

    /** Completed when this node has become a member of its cluster. */
    private CompletionStage<Done> member() {
      var up = new CompletableFuture<Done>();
      org.apache.pekko.cluster.Cluster.get(Adapter.toClassic(system))
          .registerOnMemberUp(() -> up.complete(Done.getInstance()));
      return up;
    }

    private static Optional<String> notReady(Cluster cluster) {
      return cluster.selfMember().status() == MemberStatus.up()
          ? Optional.empty()
          : Optional.of("The node is not a member of its cluster yet, or no longer.");
    }
  }

  /** Completed when the node is a member of its cluster and has started its work. */
  CompletionStage<Done> ready() {
    return ready;
  }

  String apiUrl() {
    return ports.api().url(api);
  }

  String managementUrl() {
    return ports.management().url(management);
  }

  /** Where other nodes join it: {@code host:port}. */
  String remoting() {
    var self = Cluster.get(system).selfMember().address();
    return self.getHost().orElseThrow() + ":" + self.getPort().orElseThrow();
  }

  /**
   * Completed when the node has ended, with the reason as a sentence: a signal, or the cluster has
   * downed it.
   */
  public CompletionStage<String> stopped() {
    return terminated.thenApply(done -> whyStopped());
  }

  private String whyStopped() {
    var reason = CoordinatedShutdown.get(system).getShutdownReason();
    if (reason.filter(CoordinatedShutdown.clusterDowningReason()::equals).isPresent()) {
      return "downed: the other nodes could not reach this one, or it could not reach most of them;"
          + " they go on with its fetches; start it again to join them";
    }
    if (reason
        .filter(CoordinatedShutdown.incompatibleConfigurationDetectedReason()::equals)
        .isPresent()) {
      return "refused: the cluster that it was to join is configured otherwise; its log says how";
    }
    return "stopped";
  }

  /** Stops in good order, and waits for at most a minute. */
  public void stop() {
    system.terminate();
    terminated
        .toCompletableFuture()
        .completeOnTimeout(Done.getInstance(), 1, TimeUnit.MINUTES)
        .join();
  }
}
