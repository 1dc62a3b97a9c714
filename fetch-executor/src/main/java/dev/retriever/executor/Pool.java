package dev.retriever.executor;

import dev.retriever.executor.pool.Reports;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A pool of executors on this node or another, as origins use it. An attempt is reserved, then
 * dispatched or released. Thread-safe.
 */
public interface Pool {
  /** The id of this pool in this run of its node. It is journaled with each attempt. */
  String id();

  /**
   * Takes a permit for an attempt, together with room at its target. Dispatch or {@link #release}
   * it soon: the permit lapses after the {@code reservation} setting.
   */
  Room reserve(AttemptKey key, Target target);

  /** Gives back an unused permit; does nothing if the attempt has begun. */
  void release(AttemptKey key);

  /**
   * Starts an attempt that holds a permit. The pool delivers its report through {@link Reports}. An
   * attempt without a permit, or one that has begun before, sends nothing.
   *
   * @param timeout the connection is closed this long after an executor has begun the attempt
   */
  void dispatch(AttemptKey key, FetchRequest request, Duration timeout);

  /** Closes the connection of an attempt under way; its report still comes. */
  void abort(AttemptKey key);

  /**
   * Asks for the status of an attempt that was reserved at that time.
   *
   * @return already complete when the pool is on this node. Another node is asked until it answers;
   *     fails when it has left the cluster before
   */
  CompletionStage<AttemptStatus> whatBecameOf(AttemptKey key, Instant reservedAt);

  /**
   * Calls {@code tryAgain} once, on any thread, when the pool may have room again. The call may
   * come in vain. It is dropped when more origins wait than {@code waiting-origins} allows, so a
   * caller also looks again by itself.
   *
   * @param full the target that had no room, here or in another pool of that name; empty when no
   *     pool had room. A pool that has none itself calls when it has
   * @param waiter the name of the waiter; a second call replaces the first
   */
  void awaitRoom(Optional<Target> full, String waiter, Runnable tryAgain);
}
