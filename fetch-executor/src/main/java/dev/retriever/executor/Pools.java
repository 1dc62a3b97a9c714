package dev.retriever.executor;

import java.util.Optional;
import java.util.Set;

/** The pools that the origins of a node can have attempts made by. Thread-safe. */
public interface Pools {
  /** The pool of that name, or the default one when there is no name. */
  Optional<? extends Pool> find(Optional<String> name);

  /** The pool that made, or makes, attempts journaled with that id; empty if it was another's. */
  Optional<? extends Pool> withId(String id);

  /**
   * Whether the node that makes attempts journaled with that id still lives, this one or another:
   * then its report comes, or the attempt's backstop alarm rings. If not, no report will come.
   */
  boolean lives(String id);

  /** Those a fetch can name, sorted; the default one is not among them. */
  Set<String> names();
}
