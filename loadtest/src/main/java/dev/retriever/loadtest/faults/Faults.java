package dev.retriever.loadtest.faults;

import java.util.SplittableRandom;

/**
 * Decides by a seed which of many things fail, so that runs can be repeated and failures are known
 * beforehand.
 */
public final class Faults {
  private Faults() {}

  /**
   * Whether that one fails. The same seed always gives the same answer.
   *
   * @param rate the part that fails, 0 to 1
   */
  public static boolean strikes(double rate, long seed, String what) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + what.hashCode()).nextDouble() < rate;
  }
}
