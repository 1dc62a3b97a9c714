package dev.retriever.executor;

import java.util.Optional;
import java.util.Set;

/** The pools that the origins of a node may use. Thread-safe. */
public interface Pools {
  /** Stands for a pool name: the origin makes the attempt itself. It is no valid name of a pool. */
  String DIRECT = "~direct";

  /**
   * Takes a permit in a pool of that name, as {@link Pool#reserve} does.
   *
   * @param name the name of the pool; empty for the default pool
   * @return the id of the pool that gave the permit, or the reason why none did
   */
  Reservation reserve(Optional<String> name, AttemptKey key, Target target);

  /** Waits for room in the pools of that name, as {@link Pool#awaitRoom} does. */
  void awaitRoom(Optional<String> name, Optional<Target> full, String waiter, Runnable tryAgain);

  /**
   * The pool of the attempts that were journaled with that id; empty if the pool or its node is
   * gone.
   */
  Optional<? extends Pool> withId(String id);

  /**
   * Whether the node of the pool with that id is alive. If so, the report of an attempt comes, or
   * the backstop alarm of the attempt fires. If not, no report will come.
   */
  boolean lives(String id);

  /** The id of some pool of this node. */
  String here();

  /** The names that a fetch may ask for, sorted; the default pool is not among them. */
  Set<String> names();

  /** Whether this node has a pool of that name; without a name, it always has one. */
  default boolean has(Optional<String> name) {
    return name.isEmpty() || name.get().equals(DIRECT) || names().contains(name.get());
  }
}
