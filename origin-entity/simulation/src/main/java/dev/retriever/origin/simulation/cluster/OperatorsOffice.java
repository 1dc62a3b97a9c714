package dev.retriever.origin.simulation.cluster;

import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.simulation.fault.RandomStreams;
import dev.retriever.origin.simulation.queue.SimulatedOperators;
import dev.retriever.origin.simulation.trace.TraceLine;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** How the operators of queues reach the nodes of a simulated cluster. */
public final class OperatorsOffice implements SimulatedOperators.Office {
  /** An operator waits no longer for an answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private final SimulatedCluster cluster;
  private final RandomStreams chance;

  private OperatorsOffice(SimulatedCluster cluster) {
    this.cluster = cluster;
    this.chance = new RandomStreams(cluster.seed(), "operators");
  }

  /** The operators of that cluster's queues. */
  public static SimulatedOperators operators(SimulatedCluster cluster) {
    return new SimulatedOperators(
        cluster.queues(), new OperatorsOffice(cluster), cluster.feed().queues(), cluster.seed());
  }

  @Override
  public void after(Duration delay, Runnable action) {
    cluster.world().after(delay, action);
  }

  @Override
  public <T> void ask(
      Function<QueueOperations, CompletionStage<T>> call, BiConsumer<T, Throwable> heard) {
    var once = new Once<>(heard);
    after(PATIENCE, () -> once.accept(null, new TimeoutException("nobody answers")));
    var nodes = cluster.nodes();
    if (!nodes.isEmpty()) {
      var node = chance.oneOf(nodes);
      node.process().run(() -> call.apply(node.queues().operations()).whenComplete(once));
    }
  }

  /** Whoever comes first is heard. */
  private static final class Once<T> implements BiConsumer<T, Throwable> {
    private final BiConsumer<T, Throwable> heard;
    private boolean isOver;

    private Once(BiConsumer<T, Throwable> heard) {
      this.heard = heard;
    }

    @Override
    public void accept(T answer, Throwable failure) {
      if (!isOver) {
        isOver = true;
        heard.accept(answer, failure);
      }
    }
  }

  @Override
  public Instant now() {
    return cluster.world().now();
  }

  @Override
  public Instant wall() {
    return cluster.wall();
  }

  @Override
  public void note(String queue, String what) {
    cluster.note(
        what.hashCode(),
        () ->
            new TraceLine(java.util.List.of(), queue, "", "an operator of " + queue + ": " + what));
  }
}
