package dev.retriever.cluster;

import dev.retriever.executor.ByteAccount;
import dev.retriever.executor.ByteGrant;
import dev.retriever.executor.MemoryBudget;
import dev.retriever.executor.MemoryBudget.Share;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The bytes of outcomes that are on their way to those who read them, on this node. Who cannot be
 * refused waits for room, in order. Thread-safe; one for each actor system.
 */
final class OutcomeMemory {
  private final ByteAccount account;
  private final Set<Waiting> waiting = new LinkedHashSet<>();

  OutcomeMemory(MemoryBudget budget) {
    account = budget.account(Share.OUTCOMES);
    account.whenFreed(this::goOn);
  }

  private static final class Waiting {
    private final long bytes;
    private final CompletableFuture<ByteGrant> result = new CompletableFuture<>();

    private Waiting(long bytes) {
      this.bytes = bytes;
    }
  }

  /** What a text takes that is sent: as it is, and as the server writes it. */
  static long of(String text) {
    var latin1 = text.chars().allMatch(c -> c < 256);
    return (latin1 ? 2L : 4L) * text.length();
  }

  /** Takes so many bytes, unless others wait for theirs. */
  synchronized Optional<ByteGrant> now(long bytes) {
    return waiting.isEmpty() ? account.acquire(bytes) : Optional.empty();
  }

  /** Takes so many bytes when they fit, and those before have theirs. To complete it gives up. */
  CompletableFuture<ByteGrant> later(long bytes) {
    var mine = new Waiting(bytes);
    synchronized (this) {
      waiting.add(mine);
    }
    mine.result.whenComplete((grant, failure) -> gone(mine));
    goOn();
    return mine.result;
  }

  /** In bytes. */
  long limit() {
    return account.limit();
  }

  /** Whether anybody has to wait. */
  synchronized boolean isWaitedFor() {
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
