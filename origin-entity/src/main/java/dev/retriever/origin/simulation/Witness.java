package dev.retriever.origin.simulation;

import dev.retriever.executor.AttemptKey;
import java.time.Instant;
import java.util.List;
import org.apache.pekko.persistence.PersistentRepr;

/** Sees what happens, and says what must not. */
interface Witness {
  /**
   * Rows were written.
   *
   * @param replaced by a node that has been replaced, and does not know it yet
   */
  void journaled(String persistenceId, List<PersistentRepr> rows, Instant now, boolean replaced);

  void refused(String persistenceId);

  void hit(Target.Hit hit);

  /** An origin has left memory, with something pending that it is to be woken for. */
  void sleeps(String originId);

  /** An executor begins that attempt. */
  void begun(AttemptKey key);

  /** An executor of that node knows how the attempt ended. */
  void reported(AttemptKey key, String node);
}
