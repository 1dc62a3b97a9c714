package dev.retriever.origin.queue;

import dev.retriever.origin.queue.QueueView.Explanation;
import dev.retriever.origin.queue.QueueView.KeyView;
import dev.retriever.origin.queue.QueueView.LineView;
import dev.retriever.origin.queue.QueueView.Page;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The operators' door to queues. Everything may be repeated. A stage fails with a {@link
 * java.util.concurrent.TimeoutException} when the queue does not answer; then ask again.
 * Thread-safe.
 */
public interface QueueOperations {
  /** The names of all queues and templates that have settings, sorted. At most 10,000. */
  CompletionStage<List<String>> names();

  /** The queue; empty when there is none of that name. */
  CompletionStage<Optional<QueueView>> read(String name);

  /**
   * Gives the queue these settings. Makes it if there is none.
   *
   * @param ifVersion only if its settings have that version; 0 for only if there is none
   */
  CompletionStage<Answer> configure(String name, QueueSettings settings, Optional<Long> ifVersion);

  /** Removes the queue, if nothing waits or runs in it. */
  CompletionStage<Answer> remove(String name, Optional<Long> ifVersion);

  /** Changes what the queue does. Answers when the change is effective, or after a few seconds. */
  CompletionStage<Answer> operate(String name, Operation operation);

  /** What waits, by key, most first. */
  CompletionStage<Page<KeyView>> keys(String name, Optional<String> after, int limit);

  /** The lines of origins. */
  CompletionStage<Page<LineView>> waiting(String name, Optional<String> after, int limit);

  /** Why a fetch with that line waits; empty when the queue does not know the line. */
  CompletionStage<Optional<Explanation>> explain(
      String name, String originType, String originId, String key, int priority);

  /** The result of a change, and the queue after it. */
  record Answer(Result result, Optional<QueueView> queue) {}

  /** What became of a change. */
  enum Result {
    DONE,
    CREATED,
    NO_SUCH_QUEUE,
    WRONG_VERSION,
    NOT_EMPTY,
    /** It is not possible for this queue now, such as to free a slot that is free. */
    NOT_POSSIBLE
  }

  /** A change of what a queue does. */
  sealed interface Operation {}

  /** Nothing begins until then, or until it is resumed. */
  record Pause(Optional<Instant> until, String reason) implements Operation {}

  /** Ends a pause and a drain. */
  record Resume() implements Operation {}

  /** New fetches are refused, and those that wait go on. */
  record Drain() implements Operation {}

  /** Nothing begins until then, as if a target had asked for it. */
  record Hold(Instant until, String reason) implements Operation {}

  /** Ends a hold. */
  record Release() implements Operation {}

  /** Cancels fetches that were accepted before then, and provably not sent. */
  record Purge(Instant before, Optional<String> key) implements Operation {}

  /** Opens or closes the breaker until {@code AUTO}. */
  record SetBreaker(BreakerMode mode) implements Operation {}

  /** Who decides about the breaker. */
  enum BreakerMode {
    OPEN,
    CLOSE,
    AUTO
  }

  /** Frees a slot whose attempt was given up: the operator knows that it no longer runs. */
  record FreeSlot(int slot) implements Operation {}
}
