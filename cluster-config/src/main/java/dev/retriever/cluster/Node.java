package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.server.Directives;
import org.apache.pekko.http.javadsl.server.Route;
import org.apache.pekko.remote.RemoteTransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node. */
final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  /** Part of every journal key of the HTTP API's origins: never to be changed. */
  static final String ORIGIN_TYPE = "http";

  private static final Duration UNBIND = Duration.ofSeconds(10);

  private final ActorSystem<Void> system;
  private final ServerBinding api;
  private final ServerBinding management;
  private final CompletionStage<Done> ready;

  private Node(
      ActorSystem<Void> system,
      ServerBinding api,
      ServerBinding management,
      CompletionStage<Done> ready) {
    this.system = system;
    this.api = api;
    this.management = management;
    this.ready = ready;
  }

  /**
   * Starts a node, and waits until its ports are bound.
   *
   * @throws RuntimeException when the configuration is wrong, or the database or a port cannot be
   *     had; nothing is left running then
   */
  static Node start(Config settings) {
    var node = NodeSettings.from(settings);
    var system = actorSystem(Retriever.prepare(settings));
    try {
      return new Wiring(system, node, Storage.from(settings)).start();
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

  private record Wiring(ActorSystem<Void> system, NodeSettings settings, Storage storage) {
    Node start() {
      var cluster = Cluster.get(system);
      LOG.info("Node {} stores in {}", cluster.selfMember().uniqueAddress(), storage);
      if (!settings.egressAllow().isEmpty()) {
        LOG.warn("Targets in {} may be called, private or not", settings.egressAllow());
      }
      var retriever = Retriever.on(system);
      var origins = retriever.origins(ORIGIN_TYPE, new HttpOrigin());
      retriever.start();

      var health =
          new Health(() -> notReady(cluster), origins, retriever.pools(), retriever::purged);
      var admin = new AdminRoutes(retriever.types());
      var management =
          ProblemHandlers.around(
              Directives.concat(
                  health.routes(), admin.routes(), settings.formation().routes(system)));
      var watch = new StorageWatch(storage);
      watch.start(system, settings.watchInterval());
      var fetches =
          new FetchRoutes(
              system, origins, retriever.pools(), retriever.egress(), settings, watch::isAway);
      var node =
          new Node(
              system,
              bind(settings.httpHost(), settings.httpPort(), fetches.routes()),
              bind(settings.managementHost(), settings.managementPort(), management),
              member());
      // Other nodes ask on the management port, so it is bound before.
      settings.formation().join(system, retriever);
      return node;
    }

    /** Completed when this node is a member of its cluster. */
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

    private ServerBinding bind(String host, int port, Route routes) {
      try {
        return Http.get(system)
            .newServerAt(host, port)
            .bind(routes)
            .toCompletableFuture()
            .join()
            .addToCoordinatedShutdown(UNBIND, system);
      } catch (java.util.concurrent.CompletionException e) {
        throw new IllegalStateException(
            "cannot listen on "
                + host
                + ":"
                + port
                + "; set another port, or 0 for a free one ("
                + e.getCause().getMessage()
                + ")",
            e.getCause());
      }
    }
  }

  /** Completed when the node is a member of its cluster, and does what there is to do. */
  CompletionStage<Done> ready() {
    return ready;
  }

  String apiUrl() {
    return url(api);
  }

  String managementUrl() {
    return url(management);
  }

  private static String url(ServerBinding binding) {
    InetSocketAddress address = binding.localAddress();
    return "http://" + address.getHostString() + ":" + address.getPort();
  }

  /** Stops in good order, and waits for it. */
  void stop() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }
}
