package dev.retriever.origin.storage;

import dev.retriever.executor.Body;
import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.ByteQueue;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.origin.OriginEvent.FetchAccepted;
import dev.retriever.origin.core.specs.StoredBody;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;

/**
 * Reads request bodies from the journal for all origins of a node, as far as {@link
 * MemoryBudget.Share#BULK} has room. Other reads wait in a queue. Thread-safe.
 *
 * <p>Only attempts with a permit of a pool wait here, so they are bounded, and each gives up after
 * its limit.
 */
public final class BodyReads implements Extension {
  private static final ExtensionId<BodyReads> ID = new Id();

  private final ActorSystem<?> system;
  private final ByteQueue bulk;
  private final ByteAccount sending;

  /** Bytes of the waiting reads and of those under way. */
  private long asked;

  private BodyReads(ActorSystem<?> system) {
    this.system = system;
    this.bulk = new ByteQueue(MemoryBudget.get(system).account(MemoryBudget.Share.BULK));
    this.sending = MemoryBudget.get(system).account(MemoryBudget.Share.SENDING);
  }

  private static final class Id extends ExtensionId<BodyReads> {
    @Override
    public BodyReads createExtension(ActorSystem<?> system) {
      return new BodyReads(system);
    }
  }

  /** The reads of that actor system. */
  public static BodyReads get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /**
   * Whether executors of this node may send a body of that many bytes, in addition to those that
   * are being read. A body alone may be larger than the limit for all together.
   */
  synchronized boolean fits(long bytes) {
    return asked == 0 ? sending.fits(bytes) : asked + bytes <= sending.limit() - sending.held();
  }

  private record Read(
      JournalRows rows, String persistenceId, StoredBody body, CompletableFuture<Body> result) {}

  /**
   * Reads a body.
   *
   * @param limit from now on
   * @return fails when the body cannot be read in time. Completing it gives up the read
   */
  CompletableFuture<Body> read(
      JournalRows rows, String persistenceId, StoredBody body, Duration limit) {
    var result = new CompletableFuture<Body>();
    var timer =
        system
            .scheduler()
            .scheduleOnce(
                limit,
                () -> result.completeExceptionally(new TimeoutException("not within " + limit)),
                system.executionContext());
    synchronized (this) {
      asked += body.size();
    }
    result.whenComplete((done, failure) -> over(timer, body));
    // A body that is larger than the queue's limit is read alone.
    var turn = bulk.later(body.size());
    result.whenComplete((done, failure) -> turn.cancel(false));
    turn.thenAccept(memory -> begin(new Read(rows, persistenceId, body, result), memory));
    return result;
  }

  private synchronized void over(Cancellable timer, StoredBody body) {
    timer.cancel();
    asked -= body.size();
  }

  private static void begin(Read read, ByteGrant memory) {
    row(read)
        .whenComplete(
            (row, failure) -> {
              try {
                complete(read, row, failure);
              } finally {
                memory.close();
              }
            });
  }

  private static CompletableFuture<Optional<Object>> row(Read read) {
    try {
      return read.rows().row(read.persistenceId(), read.body().row()).toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void complete(Read read, Optional<Object> row, Throwable failure) {
    if (failure != null) {
      read.result().completeExceptionally(failure);
      return;
    }
    row.filter(FetchAccepted.class::isInstance)
        .flatMap(accepted -> ((FetchAccepted) accepted).spec().request().body())
        .ifPresentOrElse(
            read.result()::complete, () -> read.result().completeExceptionally(missing(read)));
  }

  private static NoSuchElementException missing(Read read) {
    return new NoSuchElementException(
        "row %d of the journal of %s has no request body; it was purged or changed by something else"
            .formatted(read.body().row(), read.persistenceId()));
  }
}
