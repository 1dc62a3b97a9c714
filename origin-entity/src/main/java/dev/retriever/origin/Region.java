package dev.retriever.origin;

import dev.retriever.executor.Stages;
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

/**
 * How the origins of one type are reached: by their ids, wherever each of them lives. It comes into
 * memory for what it is told. Thread-safe.
 */
public interface Region {
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

  /**
   * Those of a cluster.
   *
   * @param role of the nodes that hold them; empty for all
   */
  static Region sharded(ActorSystem<?> system, String originType, Optional<String> role) {
    var typeKey = EntityTypeKey.create(Object.class, originType);
    return new Sharded(ClusterSharding.get(system), typeKey, LastNode.of(system, role));
  }

  /** By cluster sharding. */
  record Sharded(ClusterSharding sharding, EntityTypeKey<Object> typeKey, LastNode last)
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
      return last.stops()
          ? CompletableFuture.failedFuture(
              new TimeoutException("no node is left for " + originId + ": ask again"))
          : Stages.sameThread(origin(originId).ask(message::apply, timeout));
    }

    private EntityRef<Object> origin(String id) {
      return sharding.entityRefFor(typeKey, Utf8.checked("an origin's id", id));
    }
  }
}
