package dev.retriever.origin.manual;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.origin.Notice;
import dev.retriever.origin.UnhandledView;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Carries out the effects of a {@link ManualOrigin} once its rows are durable, in order. */
public interface ManualEffects {
  /** Begins the attempt, which holds a permit; aborts it after the timeout. */
  void dispatch(AttemptKey key, FetchRequest request, Duration timeout);

  /** Aborts the attempt, if it is under way. Its report still comes. */
  void abort(AttemptKey key);

  /** Counts the notice. */
  void note(Notice notice);

  /**
   * A handler failed. The notice of it comes too.
   *
   * @param key of the cause, as {@link UnhandledView#key}
   * @param thrown empty when this code has no handler that could be run
   */
  void handlerFailed(String key, Optional<RuntimeException> thrown);

  /** Sends the reply. */
  void reply(ActorRef<?> to, Object message);
}
