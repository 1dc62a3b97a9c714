package dev.retriever.origin.queue.entity;

import dev.retriever.origin.Serialized;
import dev.retriever.origin.queue.QueueMeasure;
import dev.retriever.origin.queue.QueueOperations.Result;
import dev.retriever.origin.queue.QueueView;
import java.util.Optional;

/** Answers of a queue. */
sealed interface QueueReply extends Serialized {
  /**
   * @param queue after the change; empty when there is none
   */
  record Changed(Result result, Optional<QueueView> queue) implements QueueReply {}

  /**
   * @param queue empty when it has no settings
   */
  record Read(Optional<QueueView> queue) implements QueueReply {}

  /**
   * @param measure empty when it has no settings
   */
  record Measured(Optional<QueueMeasure> measure) implements QueueReply {}

  /**
   * @param page empty when it was not asked for as a page is
   */
  record Keys(Optional<QueueView.Page<QueueView.KeyView>> page) implements QueueReply {}

  /**
   * @param page empty when it was not asked for as a page is
   */
  record Lines(Optional<QueueView.Page<QueueView.LineView>> page) implements QueueReply {}

  /**
   * @param explanation empty when the queue does not know the line
   */
  record Explained(Optional<QueueView.Explanation> explanation) implements QueueReply {}
}
