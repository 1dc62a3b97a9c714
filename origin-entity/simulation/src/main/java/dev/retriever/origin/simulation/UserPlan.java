package dev.retriever.origin.simulation;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Response;
import dev.retriever.origin.Origin;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.Outcome;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.simulation.cluster.PromiseChecker;
import dev.retriever.origin.simulation.cluster.SimulatedCluster;
import dev.retriever.origin.simulation.cluster.SimulatedTargets;
import dev.retriever.origin.simulation.cluster.Workload;
import dev.retriever.origin.simulation.fault.FaultChances;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.queue.QueuePlan;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.persistence.PersistentRepr;

/** Origins as users wrote them, and what they want to hold in the end. */
record UserPlan<C, E, S>(
    Origin<C, E, S> definition,
    Simulation.Telling<C> telling,
    Function<FetchRequest, Response> target,
    Consumer<SimulatedOrigin<E, S>> invariant)
    implements SimulationPlan {
  /** Commands are told without waiting for an answer. */
  private static final Workload TELLERS = new Workload() {};

  @Override
  @SuppressWarnings("unchecked") // its commands are objects, and nothing else is told it
  public SimulatedCluster.Code code(FaultChances luck) {
    return SimulatedCluster.Code.of((Origin<Object, ?, ?>) definition);
  }

  @Override
  public Workload begin(
      SimulatedCluster cluster, PromiseChecker promises, SeedRun.Size size, Duration until) {
    cluster.target().answersAs(target);
    var chance = new RandomStreams(cluster.seed(), "commands");
    var random = new SplittableRandom(cluster.seed());
    for (var origin = 1; origin <= size.origins(); origin++) {
      for (var time = 0; time < telling.times(); time++) {
        var id = "o" + origin;
        cluster
            .world()
            .after(chance.between(Duration.ZERO, until), () -> tell(cluster, chance, random, id));
      }
    }
    return TELLERS;
  }

  private void tell(
      SimulatedCluster cluster, RandomStreams chance, SplittableRandom random, String id) {
    var nodes = cluster.nodes();
    if (!nodes.isEmpty()) {
      var node = chance.oneOf(nodes);
      node.process()
          .run(() -> node.origins().tell(id, telling.command().next(random, node.nobody())));
    }
  }

  @Override
  public boolean isProbed() {
    return false;
  }

  @Override
  public QueuePlan queues(long seed) {
    return QueuePlan.NONE;
  }

  @Override
  public void end(SimulatedCluster cluster, PromiseChecker promises) {
    cluster
        .store()
        .all()
        .forEach(
            (persistenceId, rows) -> {
              var id = SimulatedCluster.originOf(persistenceId);
              try {
                invariant.accept(origin(cluster, id, List.copyOf(rows.values())));
              } catch (RuntimeException | AssertionError e) {
                promises.broken("invariant", id, e.toString());
              }
            });
  }

  @SuppressWarnings("unchecked") // what is no event of ours is one of theirs
  private SimulatedOrigin<E, S> origin(
      SimulatedCluster cluster, String id, List<PersistentRepr> rows) {
    var payloads = rows.stream().map(PersistentRepr::payload).toList();
    var events =
        payloads.stream().filter(row -> !(row instanceof OriginEvent)).map(row -> (E) row).toList();
    var requests =
        cluster.target().ledger().stream()
            .filter(hit -> hit.key().originId().equals(id))
            .map(SimulatedTargets.Hit::request)
            .toList();
    return new SimulatedOrigin<>(
        id, OriginHost.replayed(definition, payloads), events, outcomes(payloads), requests);
  }

  private static Map<String, Outcome> outcomes(List<Object> rows) {
    var outcomes = new LinkedHashMap<String, Outcome>();
    for (var row : rows) {
      if (row instanceof OriginEvent.FetchSettled settled) {
        outcomes.put(settled.fetchId(), settled.outcome());
      }
    }
    return outcomes;
  }
}
