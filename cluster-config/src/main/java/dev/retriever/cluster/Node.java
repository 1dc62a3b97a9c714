package dev.retriever.cluster;

import com.typesafe.config.Config;
import dev.retriever.cluster.formation.Remoting;
import dev.retriever.cluster.formation.RemotingEnd;
import dev.retriever.cluster.security.tls.NodePorts;
import dev.retriever.cluster.storage.JournalWriter;
import dev.retriever.cluster.storage.Storage;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.remote.RemoteTransportException;
import scala.concurrent.Await;
import scala.concurrent.duration.FiniteDuration;

/** One running node. */
public final class Node {
  private final ActorSystem<Void> system;
  private final NodePorts ports;
  private final NodeWiring.Bound bound;
  private final CompletionStage<Done> terminated;
  private final Runnable close;

  private Node(
      ActorSystem<Void> system,
      NodePorts ports,
      NodeWiring.Bound bound,
      CompletionStage<Done> terminated,
      Runnable close) {
    this.system = system;
    this.ports = ports;
    this.bound = bound;
    this.terminated = terminated;
    this.close = close;
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
      var bound = new NodeWiring(system, node, ports, Storage.from(settings)).start();
      return new Node(system, ports, bound, closed, close);
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

  /** Completed when the node is a member of its cluster and has started its work. */
  CompletionStage<Done> ready() {
    return bound.ready();
  }

  String apiUrl() {
    return ports.api().url(bound.api());
  }

  String managementUrl() {
    return ports.management().url(bound.management());
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

  /**
   * Waits for the end of the node while the process exits. {@link #stopped} does not complete then,
   * if it is the end of the actor system that makes the process exit: Pekko exits inside the first
   * of the callbacks of this end, and the others are not called any more.
   *
   * @return the reason, as {@link #stopped} has it
   * @throws TimeoutException when the actor system has not ended after the limit
   */
  String awaitEnd(Duration limit) throws TimeoutException, InterruptedException {
    Await.ready(
        system.classicSystem().whenTerminated(),
        FiniteDuration.create(limit.toNanos(), TimeUnit.NANOSECONDS));
    close.run();
    return whyStopped();
  }

  private String whyStopped() {
    var reason = CoordinatedShutdown.get(system).getShutdownReason();
    if (reason.filter(JournalWriter.Lost.LICENCE::equals).isPresent()) {
      return "downed: the other nodes have removed this one, or it did not reach the database for "
          + JournalWriter.LIMIT.toMinutes()
          + " minutes, and it may not write any more; start it again to join them";
    }
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
