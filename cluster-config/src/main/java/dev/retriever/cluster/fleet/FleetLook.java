package dev.retriever.cluster.fleet;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Asks all nodes of the cluster what they do. Looks within a second share their answers, so that
 * the nodes are asked once a second at most by each other, however many readers there are.
 * Thread-safe.
 */
final class FleetLook {
  /** A node that has not answered by then is shown as one that did not. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration SHARED = Duration.ofMillis(900);

  private final ActorSystem<?> system;
  private final Cluster cluster;
  private final Function<UniqueAddress, String> ids;
  private final Clock clock;
  private final LongSupplier nanos;
  private final Map<Scope, Shared> latest = new EnumMap<>(Scope.class);

  private record Shared(long begun, CompletionStage<AllNodes> fleet) {}

  /**
   * @param ids how the id of a node is made
   * @param nanos a clock that never goes back, in nanoseconds
   */
  FleetLook(
      ActorSystem<?> system, Function<UniqueAddress, String> ids, Clock clock, LongSupplier nanos) {
    this.ids = ids;
    this.system = system;
    this.cluster = Cluster.get(system);
    this.clock = clock;
    this.nanos = nanos;
  }

  /** All nodes as they are, or were a second ago at most. */
  synchronized CompletionStage<AllNodes> look(Scope scope) {
    var now = nanos.getAsLong();
    var shared = latest.get(scope);
    if (shared == null || now - shared.begun() >= SHARED.toNanos()) {
      shared = new Shared(now, asked(scope));
      latest.put(scope, shared);
    }
    return shared.fleet();
  }

  private CompletionStage<AllNodes> asked(Scope scope) {
    return AskPattern.<Receptionist.Command, Receptionist.Listing>ask(
            system.receptionist(),
            replyTo -> Receptionist.find(NodeReporter.KEY, replyTo),
            PATIENCE,
            system.scheduler())
        .thenApply(listing -> listing.getServiceInstances(NodeReporter.KEY))
        .exceptionally(late -> Set.of())
        .thenCompose(
            reporters -> {
              var reports = new ArrayList<CompletableFuture<Optional<NodeReport>>>();
              reporters.forEach(each -> reports.add(reported(each, scope)));
              return CompletableFuture.allOf(reports.toArray(CompletableFuture[]::new))
                  .thenApply(done -> fleet(reports));
            });
  }

  private CompletableFuture<Optional<NodeReport>> reported(
      ActorRef<NodeReporter.Message> reporter, Scope scope) {
    return AskPattern.<NodeReporter.Message, NodeReport>ask(
            reporter, replyTo -> new NodeReporter.Ask(scope, replyTo), PATIENCE, system.scheduler())
        .thenApply(Optional::of)
        .exceptionally(late -> Optional.empty())
        .toCompletableFuture();
  }

  private AllNodes fleet(List<CompletableFuture<Optional<NodeReport>>> reports) {
    var byNode = new HashMap<String, NodeReport>();
    reports.forEach(it -> it.join().ifPresent(report -> byNode.put(report.node(), report)));
    var state = cluster.state();
    var members = new ArrayList<Member>();
    for (var member : state.getMembers()) {
      var node = ids.apply(member.uniqueAddress());
      members.add(
          new Member(
              node,
              member.status().toString().toLowerCase(Locale.ROOT),
              !state.getUnreachable().contains(member),
              Set.copyOf(member.getRoles()),
              member.equals(cluster.selfMember()),
              Optional.ofNullable(byNode.get(node))));
    }
    return new AllNodes(clock.instant(), members);
  }
}
