package dev.retriever.cluster.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import dev.retriever.cluster.http.JsonResponse;
import dev.retriever.cluster.security.Callers;
import dev.retriever.cluster.security.Role;
import dev.retriever.cluster.streams.EventStreams;
import dev.retriever.cluster.tenants.NodeNames;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.AllDirectives;
import org.apache.pekko.http.javadsl.server.Route;

/**
 * The nodes of the cluster over HTTP, for operators: each of them, and all together. What is shown
 * is of all tenants, so the table of routes lets in callers of the default tenant alone.
 * Thread-safe.
 */
public final class FleetFaces extends AllDirectives {
  /** A stream has at most one event in this time. */
  private static final Duration EVENTS = Duration.ofSeconds(1);

  /** Of an event, so that one that all nodes have ended is among them. */
  private static final int LAST_STEPS = 2;

  private final FleetLook look;
  private final DeadCallbacks dead;
  private final MayStop mayStop;
  private final EventStreams streams = new EventStreams("overview", EVENTS);

  /**
   * What the faces need besides the node's own figures.
   *
   * @param types of origins
   * @param ids how the id of a node is made, as attempts show it
   * @param deadCallbacks asks the database for their number
   * @param roles that some node must have, with what they are for, such as {@code holds origins}
   */
  public record Surroundings(
      Supplier<? extends Collection<String>> types,
      Function<UniqueAddress, String> ids,
      Supplier<CompletionStage<Long>> deadCallbacks,
      Map<String, String> roles,
      Clock clock,
      LongSupplier nanos) {}

  private FleetFaces(ActorSystem<?> system, Surroundings around) {
    look = new FleetLook(system, around.ids(), around.clock(), around.nanos());
    dead = new DeadCallbacks(around.deadCallbacks(), around.nanos());
    mayStop = new MayStop(around.roles());
  }

  /**
   * Starts to keep the figures of this node, and to tell them to all nodes.
   *
   * @param credentialCheck how often the credentials of open streams are looked at
   */
  public static FleetFaces start(
      ActorSystem<?> system, NodeSources sources, Surroundings around, Duration credentialCheck) {
    var node = around.ids().apply(Cluster.get(system).selfMember().uniqueAddress());
    var shards = new Shards(system, around.types());
    system.systemActorOf(
        NodeReporter.create(node, sources, shards, around.clock()),
        "retriever-reporter",
        Props.empty());
    var faces = new FleetFaces(system, around);
    faces.streams.start(system, credentialCheck, around.clock());
    return faces;
  }

  /** Ends all streams, so that their readers connect to another node. */
  public CompletionStage<Done> end() {
    return streams.end();
  }

  /** The caller seals this route. */
  public Route routes() {
    return pathPrefix(
        "admin",
        () ->
            concat(
                path("nodes", () -> get(() -> answered(this::nodes))),
                path("overview", () -> get(() -> answered(this::overview))),
                path("events", () -> get(() -> extractRequest(this::events)))));
  }

  private Route answered(Function<UnaryOperator<String>, CompletionStage<JsonNode>> answer) {
    return extractRequest(
        request ->
            completeWithFuture(
                answer
                    .apply(names(request))
                    .thenApply(json -> JsonResponse.of(json, StatusCodes.OK.intValue()))));
  }

  /** Addresses of nodes are for operators. */
  private static UnaryOperator<String> names(HttpRequest request) {
    return Callers.of(request).caller().has(Role.OPERATE)
        ? NodeNames::address
        : NodeNames::withoutAddress;
  }

  private CompletionStage<JsonNode> nodes(UnaryOperator<String> names) {
    return look.look(Scope.NODE).thenApply(new NodesWriter(mayStop, names)::nodes);
  }

  private CompletionStage<JsonNode> overview(UnaryOperator<String> names) {
    return overview(names, Recorder.MOST_STEPS);
  }

  private CompletionStage<JsonNode> overview(UnaryOperator<String> names, int steps) {
    return look.look(Scope.HISTORY)
        .thenCombine(
            dead.count(),
            (fleet, count) -> OverviewWriter.overview(new Overview(fleet, count), names, steps));
  }

  private Route events(HttpRequest request) {
    streams.admit(request);
    var names = names(request);
    HttpResponse response =
        streams.open(
            request,
            () ->
                overview(names, LAST_STEPS)
                    .thenApply(json -> new EventStreams.Look(true, Optional.of(json.toString()))));
    return complete(response);
  }
}
