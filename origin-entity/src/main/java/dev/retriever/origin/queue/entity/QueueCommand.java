package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Serialized;
import dev.retriever.origin.queue.QueueOperations;
import dev.retriever.origin.queue.QueueOperations.Operation;
import dev.retriever.origin.queue.QueueSettings;
import java.util.Optional;
import org.apache.pekko.actor.NotInfluenceReceiveTimeout;
import org.apache.pekko.actor.typed.ActorRef;

/** Messages to a queue beside those of origins. Callers use {@link QueueOperations}. */
sealed interface QueueCommand extends Serialized {
  record Configure(
      QueueSettings settings, Optional<Long> ifVersion, ActorRef<QueueReply.Changed> replyTo)
      implements QueueCommand {}

  record Remove(Optional<Long> ifVersion, ActorRef<QueueReply.Changed> replyTo)
      implements QueueCommand {}

  record Operate(Operation operation, ActorRef<QueueReply.Changed> replyTo)
      implements QueueCommand {}

  record ReadQueue(ActorRef<QueueReply.Read> replyTo) implements QueueCommand {}

  /** From its own node, and no use of the queue. */
  record Measure(ActorRef<QueueReply.Measured> replyTo)
      implements QueueCommand, NotInfluenceReceiveTimeout {}

  record ReadKeys(Optional<String> after, int limit, ActorRef<QueueReply.Keys> replyTo)
      implements QueueCommand {}

  record ReadLines(Optional<String> after, int limit, ActorRef<QueueReply.Lines> replyTo)
      implements QueueCommand {}

  record Explain(
      String originType,
      String originId,
      String key,
      int priority,
      ActorRef<QueueReply.Explained> replyTo)
      implements QueueCommand {}

  /** The timer for the next look fired, or a turn has left something to decide. */
  record LookAgain() implements QueueCommand, NotInfluenceReceiveTimeout {}

  /** A node has left the cluster: messages may have been lost with it. */
  record MemberLeft() implements QueueCommand, NotInfluenceReceiveTimeout {}

  /** From sharding: leave memory. */
  record Leave() implements QueueCommand {}
}
