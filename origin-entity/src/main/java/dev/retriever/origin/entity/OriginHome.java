package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.persistence.typed.PersistenceId;

/** The address of an origin: its type, id and shard. */
record OriginHome(String type, String id, ActorRef<ClusterSharding.ShardCommand> shard) {
  AttemptKey key(String fetchId, int attempt) {
    return new AttemptKey(type, id, fetchId, attempt);
  }

  String persistenceId() {
    return PersistenceId.of(type, id).id();
  }

  @Override
  public String toString() {
    return type + "/" + id;
  }
}
