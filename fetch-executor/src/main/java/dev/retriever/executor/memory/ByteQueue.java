package dev.retriever.executor.memory;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Who waits for bytes of a {@link ByteAccount}, in order: those that cannot be refused.
 * Thread-safe.
 */
public final class ByteQueue {
  private final ByteAccount account;
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  /**
   * @param account tells this queue, and nobody else, when something was given back
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

  /** Takes so many bytes, unless others wait for theirs. */
  public synchronized Optional<ByteGrant> now(long bytes) {
    return waiting.isEmpty() ? account.acquire(bytes) : Optional.empty();
  }

  /** Takes so many bytes when they fit, and those before have theirs. To complete it gives up. */
  public CompletableFuture<ByteGrant> later(long bytes) {
    var mine = new Waiting(bytes);
    synchronized (this) {
      waiting.add(mine);
    }
    mine.result.whenComplete((grant, failure) -> gone(mine));
    goOn();
    return mine.result;
  }

  /** Whether anybody has to wait. */
  public synchronized boolean isWaitedFor() {
    return !waiting.isEmpty();
  }

  /** Who gives up may have stood before others for whom there is room. */
  private void gone(Waiting mine) {
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
