package dev.retriever.origin.manual;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Pools;
import dev.retriever.origin.FetchSpec;
import dev.retriever.origin.OriginEvent;
import dev.retriever.origin.OriginSettings;
import dev.retriever.origin.QueueChoice;
import dev.retriever.origin.Verdict;
import dev.retriever.origin.callback.Endpoints;
import dev.retriever.origin.core.AttemptRoom;
import dev.retriever.origin.core.Decision;
import dev.retriever.origin.core.OriginState;
import dev.retriever.origin.core.PendingFetch;
import dev.retriever.origin.delivery.Deliveries;
import dev.retriever.origin.entity.OriginHost;
import dev.retriever.origin.entity.Permits;
import dev.retriever.origin.queue.wire.Queues;
import dev.retriever.origin.queued.QueueVoice;
import dev.retriever.origin.queued.QueuedOrigin;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * The surroundings of a {@link ManualOrigin}.
 *
 * @param originType the first part of its attempts' keys
 * @param queues that fetches may wait in. Each message to them counts as heard
 * @param endpoints that may be told outcomes
 * @param random numbers evenly from [0, 1)
 */
public record ManualNode(
    String originType,
    String originId,
    OriginSettings settings,
    Pools pools,
    Storage storage,
    Queues queues,
    Endpoints endpoints,
    DoubleSupplier random) {
  /** Surroundings without endpoints. */
  public ManualNode(
      String originType,
      String originId,
      OriginSettings settings,
      Pools pools,
      Storage storage,
      Queues queues,
      DoubleSupplier random) {
    this(originType, originId, settings, pools, storage, queues, Endpoints.none(), random);
  }

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

  private String ownKey() {
    return OriginHost.persistenceId(originType, originId);
  }

  private QueuedOrigin queued() {
    return new QueuedOrigin(originType, originId, ownKey());
  }

  QueueVoice voice() {
    return new QueueVoice(queued(), queues);
  }

  /** Room in the pools and in queues. */
  AttemptRoom room(Permits permits) {
    return new AttemptRoom() {
      @Override
      public Optional<Verdict> refusal(QueueChoice choice) {
        return queues.refusal(queued().tenant(), ownKey(), choice);
      }

      @Override
      public Endpoints endpoints() {
        return endpoints;
      }

      @Override
      public String tenant() {
        return queued().tenant();
      }

      @Override
      public String ownKey() {
        return ManualNode.this.ownKey();
      }

      @Override
      public Optional<String> granted(PendingFetch fetch) {
        return permits.granted(fetch);
      }

      @Override
      public Optional<String> first(String fetchId, FetchSpec spec) {
        return permits.first(fetchId, spec);
      }

      @Override
      public Map<String, String> next(OriginState state, Instant until, int limit) {
        return permits.next(state, until, limit);
      }
    };
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
      public void endpointGone(Decision.Effect.EndpointGone it) {
        endpoints.gone(queued().tenant(), it.endpoint());
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
        .delivery()
        .map(delivery -> complete(dispatch.request(), delivery))
        .orElseGet(() -> withBody(dispatch));
  }

  private FetchRequest complete(FetchRequest request, Decision.Effect.Delivery delivery) {
    var row =
        Deliveries.readsRow(delivery)
            ? Optional.of(storage.written(delivery.callback().facts().sequence()))
            : Optional.empty();
    return new Deliveries(originType, originId).complete(request, delivery, row);
  }

  private FetchRequest withBody(Decision.Effect.Dispatch dispatch) {
    return dispatch
        .body()
        .map(body -> (OriginEvent.FetchAccepted) storage.written(body.row()))
        .flatMap(accepted -> accepted.spec().request().body())
        .map(dispatch.request()::body)
        .orElse(dispatch.request());
  }
}
