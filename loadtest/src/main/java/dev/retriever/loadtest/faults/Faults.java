package dev.retriever.loadtest.faults;

import java.util.SplittableRandom;

/**
 * Injects failures: which of a number of things fail follows from a seed, so that a run can be
 * repeated and its failures be counted beforehand.
 *
 * @param rate of those that fail, 0 to 1
 */
public record Faults(double rate, Kind kind, long seed) {
  /** What becomes of a connection that is struck. */
  enum Kind {
    /** It is closed when it is opened. */
    REFUSE,
    /** It is closed when the first byte of an answer comes. */
    CUT,
    /** Nothing comes through any more. */
    HANG
  }

  public static final Faults NONE = new Faults(0, Kind.REFUSE, 0);

  public boolean strikes(String what) {
    return strikes(rate, seed, what);
  }

  /** Whether that one fails: always the same for the same seed. */
  public static boolean strikes(double rate, long seed, String what) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + what.hashCode()).nextDouble() < rate;
  }
}
