package dev.retriever.executor.memory;

import java.util.Optional;

/**
 * The bytes that are held for one purpose, and their limit. Whoever would be alone may hold more
 * than that: a limit that is below the largest body must not stop the node. Thread-safe.
 */
public final class ByteAccount {
  private final long limit;
  private long held;
  private long refused;
  private volatile Runnable freed = () -> {};

  /**
   * @param limit in bytes, inclusive; at least 1
   */
  public ByteAccount(long limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("the limit must be at least 1 byte, but is " + limit);
    }
    this.limit = limit;
  }

  /**
   * Takes so many bytes, to be given back with the grant.
   *
   * @return empty when they do not fit; then nothing is taken
   * @throws IllegalArgumentException if it is less than 0
   */
  public Optional<ByteGrant> acquire(long bytes) {
    return take(bytes) ? Optional.of(new ByteGrant(this, bytes)) : Optional.empty();
  }

  /** As {@link #acquire}; whoever takes gives back by {@link #give}, exactly once. */
  synchronized boolean take(long bytes) {
    check(bytes);
    if (!fits(bytes)) {
      refused++;
      return false;
    }
    held += bytes;
    return true;
  }

  /** Counts what is there already, whether it fits or not. */
  public synchronized void add(long bytes) {
    check(bytes);
    held += bytes;
  }

  /**
   * Gives back what was taken or added.
   *
   * @throws IllegalStateException if it is more than is held: somebody gives back twice
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
   * Has somebody told, in any thread, whenever something was given back.
   *
   * @param told takes the place of who was told before; must not block
   */
  public void whenFreed(Runnable told) {
    freed = told;
  }

  private static void check(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must be 0 or more, but are " + bytes);
    }
  }

  /** Whether nothing more can be taken. */
  public synchronized boolean isFull() {
    return held >= limit;
  }

  /** Whether so many bytes could be taken now. */
  public synchronized boolean fits(long bytes) {
    return held == 0 || bytes == 0 || bytes <= limit - held;
  }

  /** Bytes that are held now; 0 when nothing is under way. */
  public synchronized long held() {
    return held;
  }

  /** In bytes. */
  public long limit() {
    return limit;
  }

  /** How often something did not fit. */
  public synchronized long refused() {
    return refused;
  }
}
