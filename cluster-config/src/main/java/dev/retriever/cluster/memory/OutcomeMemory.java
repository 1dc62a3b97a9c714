package dev.retriever.cluster.memory;

import dev.retriever.executor.memory.ByteAccount;
import dev.retriever.executor.memory.ByteGrant;
import dev.retriever.executor.memory.ByteQueue;
import dev.retriever.executor.memory.MemoryBudget;
import dev.retriever.executor.memory.MemoryBudget.Share;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The bytes of outcomes that are on their way to those who read them, on this node. Who cannot be
 * refused waits for room, in order. Thread-safe; one for each actor system.
 */
public final class OutcomeMemory {
  /** How long a reader may take nothing while others wait for the memory that it has. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private final ByteAccount account;
  private final ByteQueue queue;

  public OutcomeMemory(MemoryBudget budget) {
    account = budget.account(Share.OUTCOMES);
    queue = new ByteQueue(account);
  }

  /** What a text takes that is sent: as it is, and as the server writes it. */
  public static long of(String text) {
    var latin1 = text.chars().allMatch(c -> c < 256);
    return (latin1 ? 2L : 4L) * text.length();
  }

  /** As {@link ByteQueue#now}. */
  Optional<ByteGrant> now(long bytes) {
    return queue.now(bytes);
  }

  /** As {@link ByteQueue#later}. */
  CompletableFuture<ByteGrant> later(long bytes) {
    return queue.later(bytes);
  }

  /** In bytes. */
  public long limit() {
    return account.limit();
  }

  /** Whether anybody has to wait. */
  boolean isWaitedFor() {
    return queue.isWaitedFor();
  }
}
