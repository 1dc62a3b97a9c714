package dev.retriever.loadtest.faults;

import java.util.SplittableRandom;

/**
 * Decides by a seed which of many things fail, so that runs can be repeated and failures are known
 * beforehand.
 *
 * @param rate the part that fails, 0 to 1
 */
public record Faults(double rate, Kind kind, long seed) {
  /** The failure of a connection. */
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

  /** Whether that one fails. The same seed always gives the same answer. */
  public static boolean strikes(double rate, long seed, String what) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + what.hashCode()).nextDouble() < rate;
  }
}
