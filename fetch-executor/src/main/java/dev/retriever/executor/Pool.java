package dev.retriever.executor;

import dev.retriever.executor.pool.Reports;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A pool of executors, on this node or another, as those see it that have attempts to be made.
 * Thread-safe.
 */
public interface Pool {
  /** Names this pool, in this run of its node. Goes into the journal with each attempt. */
  String id();

  /**
   * Takes a permit for that attempt, and room for its target with it, to be followed soon by its
   * dispatch or {@link #release}; it lapses after the {@code reservation} setting.
   */
  Room reserve(AttemptKey key, Target target);

  /** Gives back a permit that will not be used; does nothing for an attempt that has begun. */
  void release(AttemptKey key);

  /**
   * Starts an attempt that holds a permit. Its report comes to the pool's {@link Reports}. Without
   * a permit, or a second time, nothing is sent.
   *
   * @param timeout when it is up, from the moment an executor begins, the connection is closed
   */
  void dispatch(AttemptKey key, FetchRequest request, Duration timeout);

  /** Closes the attempt's connection if it is under way; its report still comes. */
  void abort(AttemptKey key);

  /**
   * Asks what became of an attempt that was reserved then.
   *
   * @return complete already when the pool is on this node. Fails when the pool's node does not
   *     answer: then nothing is known yet
   */
  CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt);

  /**
   * Calls {@code tryAgain} once, on any thread, when there may be room again. A hint: it may come
   * in vain, and is dropped when more origins wait than the setting {@code waiting-origins}, so a
   * caller also looks again by itself.
   *
   * @param full the target that there was no room for; empty when it was the pool that had none
   * @param waiter who waits; a second call replaces the first
   */
  void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain);
}
