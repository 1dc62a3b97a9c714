package dev.retriever.cluster;

import com.typesafe.config.Config;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
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
  private final CompletionStage<Integer> woken;

  private Node(
      ActorSystem<Void> system,
      ServerBinding api,
      ServerBinding management,
      CompletionStage<Integer> woken) {
    this.system = system;
    this.api = api;
    this.management = management;
    this.woken = woken;
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
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
      var woken = retriever.wakeAll().toCompletableFuture();
      woken.whenComplete(Wiring::logWoken);

      var health =
          new Health(() -> notReady(cluster, woken), origins, retriever.pools(), retriever::purged);
      var admin = new AdminRoutes(retriever.types());
      var management = ProblemHandlers.around(Directives.concat(health.routes(), admin.routes()));
      var watch = new StorageWatch(storage);
      watch.start(system, settings.watchInterval());
      var fetches =
          new FetchRoutes(
              system, origins, retriever.pools(), retriever.egress(), settings, watch::isAway);
      return new Node(
          system,
          bind(settings.httpHost(), settings.httpPort(), fetches.routes()),
          bind(settings.managementHost(), settings.managementPort(), management),
          woken);
    }

    private static void logWoken(Integer origins, Throwable failure) {
      if (failure == null) {
        LOG.info("{} origins recovered; what was pending goes on", origins);
      } else {
        LOG.error("Origins could not be recovered; restart the node", failure);
      }
    }

    private static Optional<String> notReady(Cluster cluster, CompletableFuture<Integer> woken) {
      if (cluster.selfMember().status() != MemberStatus.up()) {
        return Optional.of("The node is not a member of its cluster yet, or no longer.");
      }
      return woken.isDone() && !woken.isCompletedExceptionally()
          ? Optional.empty()
          : Optional.of("Origins with pending fetches are being recovered.");
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

  /** Completed when what was pending before the start goes on. */
  CompletionStage<Integer> woken() {
    return woken;
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
