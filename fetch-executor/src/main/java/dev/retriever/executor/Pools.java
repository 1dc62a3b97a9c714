package dev.retriever.executor;

import java.util.Optional;
import java.util.Set;

/** The pools that the origins of a node can have attempts made by. Thread-safe. */
public interface Pools {
  /** In place of a pool's name: the origin makes the attempt itself. No pool can be called so. */
  String DIRECT = "~direct";

  /**
   * Takes a permit for that attempt where one is to be had, as {@link Pool#reserve}.
   *
   * @param name of the pool, or of none for the default one
   * @return the id of the pool that has it; without room, or when there is no such pool, why not
   */
  Reservation reserve(Optional<String> name, AttemptKey key, Target target);

  /** As {@link Pool#awaitRoom}, in the pool of that name, wherever it stands. */
  void awaitRoom(Optional<String> name, Optional<Target> full, String waiter, Runnable tryAgain);

  /**
   * The pool that made, or makes, attempts journaled with that id; empty if it is gone, or its node
   * is.
   */
  Optional<? extends Pool> withId(String id);

  /**
   * Whether the node that makes attempts journaled with that id still lives, this one or another:
   * then its report comes, or the attempt's backstop alarm rings. If not, no report will come.
   */
  boolean lives(String id);

  /** The id of a pool of this node, whichever. */
  String here();

  /** Those a fetch can name, sorted; the default one is not among them. */
  Set<String> names();

  /** Whether a fetch that asks for that pool, or for none in particular, can be made here. */
  default boolean has(Optional<String> name) {
    return name.isEmpty() || name.get().equals(DIRECT) || names().contains(name.get());
  }
}
