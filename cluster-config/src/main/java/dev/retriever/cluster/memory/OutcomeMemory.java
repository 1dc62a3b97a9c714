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
 * The bytes of outcomes on their way to readers, on this node. Readers that cannot be refused wait
 * for room, in order. Thread-safe; one for each actor system.
 */
public final class OutcomeMemory {
  /** How long a reader may take nothing while others wait for its memory. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final char LATIN1 = 255;

  private final ByteAccount account;
  private final ByteQueue queue;

  public OutcomeMemory(MemoryBudget budget) {
    account = budget.account(Share.OUTCOMES);
    queue = new ByteQueue(account);
  }

  /** The memory of a text that is sent: the text, and the bytes that the server writes. */
  public static long of(String text) {
    return (isLatin1(text) ? 2L : 4L) * text.length();
  }

  /** A loop, because a stream takes ten times as long, and texts may have a million characters. */
  private static boolean isLatin1(String text) {
    for (var n = 0; n < text.length(); n++) {
      if (text.charAt(n) > LATIN1) {
        return false;
      }
    }
    return true;
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

  /** Whether a reader waits. */
  boolean isWaitedFor() {
    return queue.isWaitedFor();
  }
}
