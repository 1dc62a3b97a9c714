package dev.retriever.origin.entity;

import dev.retriever.executor.Futures;
import dev.retriever.executor.Utf8;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Sends messages to the origins of one type by their ids, wherever they live. A message loads its
 * origin into memory. Thread-safe.
 */
public interface Region {
  /** How often to check for callers that wait for an unreachable node. */
  Duration LOOK = Duration.ofMillis(500);

  /**
   * Sends a message, which may be lost.
   *
   * @throws IllegalArgumentException if the id has an unpaired surrogate, for which there are no
   *     bytes
   */
  void tell(String originId, Object message);

  /**
   * Sends a message, and hands on the answer to it.
   *
   * @param message makes the message of the address that the answer is to go to
   * @return fails with a {@link java.util.concurrent.TimeoutException} without an answer by then
   */
  <R> CompletionStage<R> ask(
      String originId, Function<ActorRef<R>, Object> message, Duration timeout);

  /** The same for a message that is answered only when something has happened. */
  default <R> CompletionStage<R> await(
      String originId, Function<ActorRef<R>, Object> message, Duration timeout) {
    return ask(originId, message, timeout);
  }

  /**
   * Reaches the origins of a cluster.
   *
   * @param role of the nodes that hold them; empty for all
   */
  static Region sharded(ActorSystem<?> system, String originType, Optional<String> role) {
    var typeKey = EntityTypeKey.create(Object.class, originType);
    var silent =
        new SilentShards(
            system.settings().config().getInt("pekko.cluster.sharding.number-of-shards"),
            () -> LastNode.isSomeUnreachable(Cluster.get(system), role),
            System::nanoTime);
    system.scheduler().scheduleWithFixedDelay(LOOK, LOOK, silent::look, system.executionContext());
    return new Sharded(ClusterSharding.get(system), typeKey, LastNode.of(system, role), silent);
  }

  /** By cluster sharding. */
  record Sharded(
      ClusterSharding sharding, EntityTypeKey<Object> typeKey, LastNode last, SilentShards silent)
      implements Region {
    @Override
    public void tell(String originId, Object message) {
      if (!last.stops()) {
        origin(originId).tell(message);
      }
    }

    @Override
    public <R> CompletionStage<R> ask(
        String originId, Function<ActorRef<R>, Object> message, Duration timeout) {
      var origin = origin(originId);
      return silent.ask(originId, () -> ask(origin, message, timeout));
    }

    @Override
    public <R> CompletionStage<R> await(
        String originId, Function<ActorRef<R>, Object> message, Duration timeout) {
      var origin = origin(originId);
      return silent.await(originId, () -> ask(origin, message, timeout));
    }

    private <R> CompletionStage<R> ask(
        EntityRef<Object> origin, Function<ActorRef<R>, Object> message, Duration timeout) {
      return last.stops()
          ? CompletableFuture.failedFuture(
              new TimeoutException("no node is left for " + origin.getEntityId() + ": ask again"))
          : Futures.sameThread(origin.ask(message::apply, timeout));
    }

    private EntityRef<Object> origin(String id) {
      return sharding.entityRefFor(typeKey, Utf8.checked("an origin's id", id));
    }
  }
}
