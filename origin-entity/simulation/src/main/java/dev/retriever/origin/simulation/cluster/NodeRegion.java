package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.entity.Region;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * How a simulated node reaches origins or queues.
 *
 * @param ids under which they are known in the cluster
 */
record NodeRegion(SimulatedNode node, UnaryOperator<String> ids) implements Region {
  @Override
  public void tell(String id, Object message) {
    node.tell(ids.apply(id), message);
  }

  @Override
  public <R> CompletionStage<R> ask(
      String id, Function<ActorRef<R>, Object> message, Duration timeout) {
    return node.ask(ids.apply(id), message, timeout);
  }
}
