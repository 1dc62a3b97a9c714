package dev.retriever.origin.manual;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pools;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.core.Decision;
import dev.retriever.origin.entity.Permits;
import java.util.function.DoubleSupplier;

/**
 * The surroundings of a {@link ManualOrigin}.
 *
 * @param originType the first part of its attempts' keys
 * @param random numbers evenly from [0, 1)
 */
public record ManualNode(
    String originType,
    String originId,
    OriginSettings settings,
    Pools pools,
    Storage storage,
    DoubleSupplier random) {
  /** Serializes and reads again what an origin stores. Throws if that fails. */
  public interface Storage {
    /** A row as it will be read from the journal. */
    Object row(Object row);

    /**
     * A row that was written, as it is read from the journal.
     *
     * @param number counted from 1
     */
    Object written(long number);

    /** The users' state as it is read from a snapshot. */
    Object state(Object state);

    /** Called for each persisted context, with the copy that is read again. */
    void context(Object context, Object readAgain);
  }

  AttemptKey key(String fetchId, int attempt) {
    return new AttemptKey(originType, originId, fetchId, attempt);
  }

  /** Translates effects to {@link ManualEffects}; a dispatched attempt uses its permit. */
  Decision.Carrier carrier(ManualEffects effects, Permits permits) {
    return new Decision.Carrier() {
      @Override
      public void dispatch(Decision.Effect.Dispatch it) {
        var key = key(it.fetchId(), it.attempt());
        permits.used(key);
        effects.dispatch(key, request(it), it.timeout());
      }

      @Override
      public void abort(Decision.Effect.Abort it) {
        effects.abort(key(it.fetchId(), it.attempt()));
      }

      @Override
      public void note(Decision.Effect.Note it) {
        effects.note(it.notice());
      }

      @Override
      public void handlerFailed(Decision.Effect.HandlerFailed it) {
        effects.note(it.notice());
        effects.handlerFailed(it.event().cause(), it.thrown());
      }
    };
  }

  /** This shell reads a stored body from its journal at once. */
  private FetchRequest request(Decision.Effect.Dispatch dispatch) {
    return dispatch
        .body()
        .map(body -> (OriginEvent.FetchAccepted) storage.written(body.row()))
        .flatMap(accepted -> accepted.spec().request().body())
        .map(dispatch.request()::body)
        .orElse(dispatch.request());
  }
}
