package dev.retriever.executor.memory;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A queue of callers that wait for bytes of a {@link ByteAccount}, in the order of arrival. It is
 * for requests that cannot be refused. Thread-safe.
 */
public final class ByteQueue {
  private final ByteAccount account;
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /**
   * @param account runs this queue when bytes were given back; it can serve one queue only
   */
  public ByteQueue(ByteAccount account) {
    this.account = account;
    account.whenFreed(this::goOn);
  }

  private static final class Waiting {
    private final long bytes;
    private final CompletableFuture<ByteGrant> result = new CompletableFuture<>();

    private Waiting(long bytes) {
      this.bytes = bytes;
    }
  }

  /** Takes bytes at once; empty if they do not fit or others wait. */
  public synchronized Optional<ByteGrant> now(long bytes) {
    return waiting.isEmpty() ? account.acquire(bytes) : Optional.empty();
  }

  /**
   * Takes bytes as soon as they fit and all earlier callers have theirs. Complete the future to
   * leave the queue.
   */
  public CompletableFuture<ByteGrant> later(long bytes) {
    var mine = new Waiting(bytes);
    synchronized (this) {
      waiting.add(mine);
    }
    mine.result.whenComplete((grant, failure) -> removed(mine));
    goOn();
    return mine.result;
  }

  /** Whether callers wait. */
  public synchronized boolean isWaitedFor() {
    return !waiting.isEmpty();
  }

  /** Serves the next callers, for whom there may be room when an earlier one has left the queue. */
  private void removed(Waiting mine) {
    boolean gaveUp;
    synchronized (this) {
      gaveUp = waiting.remove(mine);
    }
    if (gaveUp) {
      goOn();
    }
  }

  private void goOn() {
    for (var next = next(); next.isPresent(); next = next()) {
      next.get().run();
    }
  }

  private synchronized Optional<Runnable> next() {
    Iterator<Waiting> all = waiting.iterator();
    if (!all.hasNext()) {
      return Optional.empty();
    }
    var first = all.next();
    var grant = account.acquire(first.bytes);
    if (grant.isPresent()) {
      all.remove();
    }
    return grant.map(
        it ->
            () -> {
              if (!first.result.complete(it)) {
                it.close();
              }
            });
  }
}
