package dev.retriever.executor.memory;

import java.util.Optional;

/**
 * Counts the bytes that are held for one purpose, up to a limit. A sole holder may exceed the
 * limit, so that a limit below the largest body does not stop the node. Thread-safe.
 */
public final class ByteAccount {
  private final long limit;
  private long held;
  private long refused;
  private volatile Runnable freed = () -> {};

  /**
   * @param limit the most bytes, inclusive; at least 1
   */
  public ByteAccount(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("the limit must be at least 1 byte, but is " + limit);
    }
    this.limit = limit;
  }

  /**
   * Takes bytes; closing the grant gives them back.
   *
   * @return empty if the bytes do not fit; then nothing is taken
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public Optional<ByteGrant> acquire(long bytes) {
    return take(bytes) ? Optional.of(new ByteGrant(this, bytes)) : Optional.empty();
  }

  /** Like {@link #acquire}; the caller must {@link #give} the bytes back exactly once. */
  synchronized boolean take(long bytes) {
    check(bytes);
    if (!fits(bytes)) {
      refused++;
      return false;
    }
    held += bytes;
    return true;
  }

  /** Counts bytes that are held already, even beyond the limit. */
  public synchronized void add(long bytes) {
    check(bytes);
    held += bytes;
  }

  /**
   * Gives back bytes that were taken or added.
   *
   * @throws IllegalStateException if fewer bytes are held, because a caller gave back twice
   */
  public void give(long bytes) {
    check(bytes);
    synchronized (this) {
      if (bytes > held) {
        throw new IllegalStateException(bytes + " bytes are given back, but " + held + " are held");
      }
      held -= bytes;
    }
    freed.run();
  }

  /**
   * Sets the task that runs after bytes were given back, in the thread that gave them.
   *
   * @param task replaces the one before; must not block
   */
  public void whenFreed(Runnable task) {
    freed = task;
  }

  private static void check(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must be 0 or more, but are " + bytes);
    }
  }

  /** Whether the limit is reached. */
  public synchronized boolean isFull() {
    return held >= limit;
  }

  /** Whether that many bytes could be taken now. */
  public synchronized boolean fits(long bytes) {
    return held == 0 || bytes == 0 || bytes <= limit - held;
  }

  /** The bytes that are held now. */
  public synchronized long held() {
    return held;
  }

  /** The limit in bytes. */
  public long limit() {
    return limit;
  }

  /** How often bytes were refused because they did not fit. */
  public synchronized long refused() {
    return refused;
  }
}
