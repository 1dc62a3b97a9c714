package dev.retriever.origin.manual;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Notice;
import dev.retriever.origin.UnhandledView;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Carries out what a {@link ManualOrigin} wants once its rows are durable, in order. */
public interface ManualEffects {
  /** Begin the attempt, which holds a permit; abort it when the timeout is up. */
  void dispatch(AttemptKey key, FetchRequest request, Duration timeout);

  /** Abort the attempt, if it is under way. Its report still comes. */
  void abort(AttemptKey key);

  /** Count that. */
  void note(Notice notice);

  /**
   * A handler failed; that is counted by itself.
   *
   * @param key of what it was to handle, as {@link UnhandledView#key}
   * @param thrown empty when this code has no handler that could be run
   */
  void handlerFailed(String key, Optional<RuntimeException> thrown);

  /** Tell them. */
  void reply(ActorRef<?> to, Object message);
}
