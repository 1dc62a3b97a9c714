package dev.retriever.origin.queue.wire;

import dev.retriever.origin.Serialized;

/** A message of a queue to an origin. Repeating it changes nothing. */
public sealed interface OriginMessage extends Serialized
    permits Heard, Granted, Revoke, Restate, PurgeUpTo {
  /** The name of the queue that sends it. */
  String queue();
}
