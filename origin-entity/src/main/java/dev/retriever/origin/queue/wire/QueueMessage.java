package dev.retriever.origin.queue.wire;

import dev.retriever.origin.Serialized;

/** A message to a queue. Repeating it changes nothing. */
public interface QueueMessage extends Serialized {
  /** The name of the queue. */
  String queue();
}
