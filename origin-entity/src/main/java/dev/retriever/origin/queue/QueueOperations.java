package dev.retriever.origin.queue;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
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

  /**
   * What waits, by key, most first.
   *
   * @param after the {@code next} of the page before
   * @param limit 1 to 1,000
   * @throws IllegalArgumentException if {@code after} is not of such a page
   */
  CompletionStage<Page<KeyView>> keys(String name, Optional<String> after, int limit);

  /**
   * The lines of origins, that of the oldest fetch first. Otherwise as {@link #keys}.
   *
   * @throws IllegalArgumentException if {@code after} is not of such a page
   */
  CompletionStage<Page<LineView>> waiting(String name, Optional<String> after, int limit);

  /**
   * In how many seconds a place of that queue may be free, as this node knows it; empty when it is
   * not full. Asks nothing.
   */
  Optional<Integer> retryAfterSeconds(String name);

  /**
   * Why a fetch with that line waits; empty when the queue does not know the line.
   *
   * @param originId that the origin is journaled under
   * @param key that the fetch chose; empty for that of its origin
   */
  CompletionStage<Optional<Explanation>> explain(
      String name, String originType, String originId, Optional<String> key, int priority);

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
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Pause.class, name = "pause"),
    @JsonSubTypes.Type(value = Resume.class, name = "resume"),
    @JsonSubTypes.Type(value = Drain.class, name = "drain"),
    @JsonSubTypes.Type(value = Hold.class, name = "hold"),
    @JsonSubTypes.Type(value = Release.class, name = "release"),
    @JsonSubTypes.Type(value = Purge.class, name = "purge"),
    @JsonSubTypes.Type(value = SetBreaker.class, name = "breaker"),
    @JsonSubTypes.Type(value = FreeSlot.class, name = "free-slot")
  })
  sealed interface Operation {
    /** Calls the method for this kind of operation. */
    <R> R fold(Fold<R> fold);

    /** One method for each kind of operation. */
    interface Fold<R> {
      /** Nothing begins. */
      R pause(Pause it);

      /** A pause and a drain end. */
      R resume();

      /** New fetches are refused. */
      R drain();

      /** Nothing begins until a time. */
      R hold(Hold it);

      /** A hold ends. */
      R release();

      /** Fetches are cancelled. */
      R purge(Purge it);

      /** The breaker is set. */
      R breaker(BreakerMode mode);

      /** A slot is freed. */
      R freeSlot(int slot);
    }
  }

  /**
   * Nothing begins until then, or until it is resumed.
   *
   * @param until in the future
   */
  record Pause(Optional<Instant> until, String reason) implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.pause(this);
    }
  }

  /** Ends a pause and a drain. */
  record Resume() implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.resume();
    }
  }

  /** New fetches are refused, and those that wait go on. */
  record Drain() implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.drain();
    }
  }

  /**
   * Nothing begins until then, as if a target had asked for it.
   *
   * @param until in the future; one that ends before a hold that stands changes nothing
   */
  record Hold(Instant until, String reason) implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.hold(this);
    }
  }

  /** Ends all holds, those of keys too. */
  record Release() implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.release();
    }
  }

  /**
   * Cancels fetches that were accepted before then, and provably not sent. It replaces a purge that
   * is under way with another time or key.
   *
   * @param before not later than now counts
   */
  record Purge(Instant before, Optional<String> key) implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.purge(this);
    }
  }

  /** Opens or closes the breaker until {@code AUTO}. */
  record SetBreaker(BreakerMode mode) implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.breaker(mode);
    }
  }

  /** Who decides about the breaker. */
  enum BreakerMode {
    OPEN,
    CLOSE,
    AUTO
  }

  /** Frees a slot whose attempt was given up: the operator knows that it no longer runs. */
  record FreeSlot(int slot) implements Operation {
    @Override
    public <R> R fold(Fold<R> fold) {
      return fold.freeSlot(slot);
    }
  }
}
