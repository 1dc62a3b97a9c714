package dev.retriever.origin.entity;

import dev.retriever.executor.AttemptKey;
import dev.retriever.executor.Body;
import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Futures;
import dev.retriever.executor.Pool;
import dev.retriever.executor.Report;
import dev.retriever.executor.Stage;
import dev.retriever.origin.core.Decision.Effect;
import dev.retriever.origin.core.OriginCore;
import dev.retriever.origin.core.specs.StoredBody;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Dispatches the attempts of one incarnation of an origin. An attempt whose body is in the journal,
 * or is made of a row, is dispatched when that has been read, in the thread that read it. An
 * attempt either goes to its pool or is reported as unread, never both.
 */
final class DelayedDispatches {
  /** A pool refuses a dispatch later than its setting {@code reservation}, 15 s by default. */
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** Reads a body, or fails, within that time. */
  @FunctionalInterface
  interface Bodies {
    CompletableFuture<Body> read(StoredBody body, Duration limit);
  }

  /** Completes the request of a callback. */
  @FunctionalInterface
  interface Completions {
    CompletionStage<FetchRequest> complete(FetchRequest request, Effect.Delivery delivery);
  }

  private final Bodies bodies;
  private final Completions completions;
  private final LongSupplier nanos;
  private final Consumer<OriginCore.Finding> unread;
  private final Logger log;
  private final Map<AttemptKey, CompletableFuture<?>> reading = new ConcurrentHashMap<>();

  /**
   * @param unread called, in any thread, for attempts that will not be made
   */
  DelayedDispatches(
      Bodies bodies,
      Completions completions,
      LongSupplier nanos,
      Consumer<OriginCore.Finding> unread,
      Logger log) {
    this.bodies = bodies;
    this.completions = completions;
    this.nanos = nanos;
    this.unread = unread;
    this.log = log;
  }

  /** Dispatches at once, or when the body has been read. */
  void dispatch(Pool pool, AttemptKey key, Effect.Dispatch dispatch) {
    if (dispatch.delivery().isPresent()) {
      var complete = completions.complete(dispatch.request(), dispatch.delivery().get());
      dispatch(pool, key, dispatch.timeout(), complete.toCompletableFuture());
    } else if (dispatch.body().isPresent()) {
      var limit = dispatch.timeout().compareTo(LONGEST) < 0 ? dispatch.timeout() : LONGEST;
      var body = bodies.read(dispatch.body().get(), limit);
      dispatch(pool, key, dispatch.timeout(), read(body, dispatch.request()));
    } else {
      pool.dispatch(key, dispatch.request(), dispatch.timeout());
    }
  }

  /** A cancel of the result gives up the read. */
  private static CompletableFuture<FetchRequest> read(
      CompletableFuture<Body> body, FetchRequest request) {
    var complete = body.thenApply(request::body);
    complete.whenComplete((done, failure) -> body.cancel(false));
    return complete;
  }

  private void dispatch(
      Pool pool, AttemptKey key, Duration timeout, CompletableFuture<FetchRequest> request) {
    var since = nanos.getAsLong();
    reading.put(key, request);
    request.whenComplete(
        (complete, failure) -> {
          reading.remove(key, request);
          if (failure == null) {
            pool.dispatch(key, complete, left(timeout, since));
          } else {
            unread(pool, key, Futures.cause(failure));
          }
        });
  }

  /** The timeout less the time of the read: the backstop does not wait for a body. */
  private Duration left(Duration timeout, long since) {
    var took = Duration.ofNanos(nanos.getAsLong() - since);
    return took.compareTo(timeout) >= 0 ? timeout : timeout.minus(took);
  }

  private void unread(Pool pool, AttemptKey key, Throwable failure) {
    pool.release(key);
    if (!(failure instanceof CancellationException)) {
      log.warn(
          "attempt {} not made: what its body is made of was not read in time ({}); another attempt follows",
          key,
          "" + failure);
      var report = new Report.NotSent(Stage.QUEUED, OriginCore.BODY_UNREAD);
      unread.accept(new OriginCore.Finding(key.fetchId(), key.attempt(), report));
    }
  }

  /** The attempt is of no more use. */
  void abort(AttemptKey key) {
    var body = reading.get(key);
    if (body != null) {
      body.cancel(false);
    }
  }

  boolean isEmpty() {
    return reading.isEmpty();
  }

  /** Gives up all reads; the next incarnation asks the pools about these attempts. */
  void letGo() {
    reading.values().forEach(body -> body.cancel(false));
  }
}
