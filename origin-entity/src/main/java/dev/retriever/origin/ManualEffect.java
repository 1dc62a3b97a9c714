package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** What a {@link ManualOrigin} wants to be carried out once its rows are durable, in order. */
public sealed interface ManualEffect {
  /** Begin the attempt, which holds a permit; abort it when the timeout is up. */
  record Dispatch(AttemptKey key, FetchRequest request, Duration timeout) implements ManualEffect {}

  /** Abort the attempt, if it is under way. Its report still comes. */
  record Abort(AttemptKey key) implements ManualEffect {}

  /** Count that. */
  record Note(Notice notice) implements ManualEffect {}

  /**
   * A handler failed; count that.
   *
   * @param key of what it was to handle, as {@link UnhandledView#key}
   * @param thrown empty when this code has no handler that could be run
   */
  record HandlerFailed(Notice notice, String key, Optional<RuntimeException> thrown)
      implements ManualEffect {}

  /** Tell them. */
  record Reply(ActorRef<?> to, Object message) implements ManualEffect {}
}
