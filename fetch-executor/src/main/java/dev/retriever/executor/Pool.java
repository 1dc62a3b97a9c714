package dev.retriever.executor;

import java.time.Instant;

/** A pool of executors, as those see it that have attempts to be made. Thread-safe. */
public interface Pool {
  /** Names this pool, in this run of its node. Goes into the journal with each attempt. */
  String id();

  /**
   * Takes a permit for that attempt, to be followed soon by its dispatch or {@link #release}; it
   * lapses after the {@code reservation} setting. False when there is no room.
   */
  boolean reserve(AttemptKey key);

  /** Gives back a permit that will not be used; does nothing for an attempt that has begun. */
  void release(AttemptKey key);

  /**
   * Whether a report on that attempt has come or will come. If not, the attempt has not begun and,
   * having been asked for, never will: proof that nothing was sent by this pool, provided that it
   * {@link #remembers} that far back and that no report on the attempt was acknowledged.
   */
  boolean willReport(AttemptKey key);

  /** False when a report on an attempt that was reserved then may have been dropped by now. */
  boolean remembers(Instant reservedAt);

  /**
   * Calls {@code tryAgain} once, on any thread, when there may be room again. A hint: it may come
   * in vain, and is dropped when more origins wait than the setting {@code waiting-origins}, so a
   * caller also looks again by itself.
   *
   * @param waiter who waits; a second call replaces the first
   */
  void awaitRoom(String waiter, Runnable tryAgain);
}
