package dev.retriever.origin.delivery;

import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Futures;
import dev.retriever.executor.Response;
import dev.retriever.executor.Tenant;
import dev.retriever.origin.OriginEvent.FetchSettled;
import dev.retriever.origin.callback.Callback;
import dev.retriever.origin.callback.Callback.Payload;
import dev.retriever.origin.callback.CallbackBody;
import dev.retriever.origin.callback.CallbackFacts;
import dev.retriever.origin.callback.WebhookId;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.storage.JournalRows;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The requests of the callbacks of one origin. Thread-safe.
 *
 * @param type of the origin
 * @param id of the origin, as it is journaled
 */
public record Deliveries(String type, String id) {
  /** Whether the body needs the row of the outcome. */
  public static boolean readsRow(Effect.Delivery delivery) {
    var callback = delivery.callback();
    return callback.payload() == Payload.FULL
        && !delivery.erased()
        && callback.facts().status().isPresent()
        && callback.facts().size() <= CallbackBody.MOST;
  }

  /**
   * The complete request.
   *
   * @param request without a body, and not signed
   * @param rows of the journal; not read for most callbacks
   */
  public CompletionStage<FetchRequest> complete(
      FetchRequest request, Effect.Delivery delivery, String persistenceId, JournalRows rows) {
    return readsRow(delivery)
        ? Futures.sameThread(
            rows.row(persistenceId, delivery.callback().facts().sequence())
                .thenApply(row -> complete(request, delivery, row)))
        : CompletableFuture.completedFuture(complete(request, delivery, Optional.empty()));
  }

  /**
   * The same with the row that was read.
   *
   * @param row of the outcome, or what is there now; empty when it is gone, or was not needed
   */
  public FetchRequest complete(
      FetchRequest request, Effect.Delivery delivery, Optional<Object> row) {
    var callback = delivery.callback();
    return request
        .body(body(delivery, row))
        .signed(delivery.endpoint().signing(WebhookId.of(type, id, callback.facts())));
  }

  private Body body(Effect.Delivery delivery, Optional<Object> row) {
    var callback = delivery.callback();
    var origin = Tenant.outerId(type, id);
    if (callback.payload() == Payload.THIN) {
      return CallbackBody.thin(origin, callback);
    }
    if (callback.facts().status().isEmpty()) {
      return CallbackBody.full(origin, callback, Optional.empty());
    }
    if (callback.facts().size() > CallbackBody.MOST) {
      return CallbackBody.tooLarge(origin, callback);
    }
    if (delivery.erased()) {
      return CallbackBody.erased(origin, callback);
    }
    return row.flatMap(it -> settled(it, callback.facts()))
        .map(it -> full(origin, callback, answer(it)))
        .orElseGet(() -> CallbackBody.withoutRow(origin, callback));
  }

  /** An answer that was erased is shorter than it was. */
  private static Body full(String origin, Callback callback, Optional<Response> answer) {
    return answer.filter(it -> it.body().size() != callback.facts().size()).isPresent()
        ? CallbackBody.erased(origin, callback)
        : CallbackBody.full(origin, callback, answer);
  }

  /** In a later life of the origin, another fetch may have settled in the row of that number. */
  private static Optional<FetchSettled> settled(Object row, CallbackFacts facts) {
    return Optional.of(row)
        .filter(FetchSettled.class::isInstance)
        .map(FetchSettled.class::cast)
        .filter(it -> it.fetchId().equals(facts.fetchId()) && it.at().equals(facts.at()));
  }

  private static Optional<Response> answer(FetchSettled settled) {
    return settled.outcome().received();
  }
}
