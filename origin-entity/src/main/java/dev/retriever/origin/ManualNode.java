package dev.retriever.origin;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pools;
import java.util.function.DoubleSupplier;

/**
 * What a {@link ManualOrigin} runs on.
 *
 * @param originType the first part of its attempts' keys
 * @param random numbers evenly from [0, 1)
 */
public record ManualNode(
    String originType,
    String originId,
    OriginSettings settings,
    Pools executors,
    Storage storage,
    DoubleSupplier random) {
  /** What writing and reading again makes of things. Throws when they cannot be. */
  public interface Storage {
    /** A row as it will be read from the journal. */
    Object row(Object row);

    /**
     * A row that was written, as it is read from the journal.
     *
     * @param number counted from 1
     */
    Object written(long number);

    /** The users' state as it would come out of a snapshot. */
    Object state(Object state);

    /** Called for each context that is persisted, with what is read of it again. */
    void context(Object context, Object readAgain);
  }

  AttemptKey key(String fetchId, int attempt) {
    return new AttemptKey(originType, originId, fetchId, attempt);
  }

  ManualEffect effect(Decision.Effect effect) {
    if (effect instanceof Decision.Effect.Dispatch it) {
      var key = key(it.fetchId(), it.attempt());
      return new ManualEffect.Dispatch(key, request(it), it.timeout());
    } else if (effect instanceof Decision.Effect.Abort it) {
      return new ManualEffect.Abort(key(it.fetchId(), it.attempt()));
    } else if (effect instanceof Decision.Effect.Note it) {
      return new ManualEffect.Note(it.notice());
    } else if (effect instanceof Decision.Effect.HandlerFailed it) {
      var parked = it.event().retryAt().isEmpty();
      var notice = parked ? Notice.PARKED : Notice.HANDLING_FAILED;
      return new ManualEffect.HandlerFailed(notice, it.event().cause(), it.thrown());
    }
    throw new AssertionError(effect);
  }

  /** A shell that has its journal at hand need not wait for a body. */
  private FetchRequest request(Decision.Effect.Dispatch dispatch) {
    return dispatch
        .body()
        .map(body -> (OriginEvent.FetchAccepted) storage.written(body.row()))
        .flatMap(accepted -> accepted.spec().request().body())
        .map(dispatch.request()::body)
        .orElse(dispatch.request());
  }
}
