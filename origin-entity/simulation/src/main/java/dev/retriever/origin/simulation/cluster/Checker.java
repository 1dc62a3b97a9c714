package dev.retriever.origin.simulation.cluster;

import dev.retriever.executor.AttemptKey;
import java.time.Instant;
import java.util.List;
import org.apache.pekko.persistence.PersistentRepr;

/** Sees what happens, and says what must not. */
interface Checker {
  /** Rows were written. */
  void journaled(String persistenceId, List<PersistentRepr> rows, Instant now, Writer by);

  /**
   * The writer of rows.
   *
   * @param now when that is
   * @param wall what its clock says
   * @param uncertain its clock was set while it may have been writing them
   * @param replaced it has been replaced, and does not know it yet
   */
  record Writer(String node, Instant now, Instant wall, boolean uncertain, boolean replaced) {}

  void refused(String persistenceId);

  void hit(SimulatedTargets.Hit hit);

  /** An origin has left memory, with something pending that it is to be woken for. */
  void sleeps(String originId);

  /** An executor of that node begins that attempt. */
  void begun(AttemptKey key, String node);

  /** An attempt goes on though its fetch has settled, and its origin is on the same node. */
  void goesOn(AttemptKey key);

  /** An attempt has begun that must not, and why. */
  void mustNotBegin(AttemptKey key, String why);

  /** An executor of that node knows how the attempt ended. */
  void reported(AttemptKey key, String node);
}
