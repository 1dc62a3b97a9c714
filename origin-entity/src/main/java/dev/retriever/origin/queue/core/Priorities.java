package dev.retriever.origin.queue.core;

/**
 * Which priority goes next in one tenant: the highest, but each lower one at least once in 20
 * grants.
 */
final class Priorities {
  /** Priorities are 1 to 5; here they are 0 to 4. */
  static final int LEVELS = 5;

  private static final int EARNED = 5;
  private static final int PRICE = 100;
  private static final int MOST = 200;

  private final int[] credit = new int[LEVELS];

  /**
   * The level whose turn it is.
   *
   * @param mayGo a bit for each level that may go; not 0
   */
  int next(int mayGo) {
    int best = Integer.numberOfTrailingZeros(mayGo);
    // With what it earns at this very grant, it has the price.
    for (int level = best + 1, most = PRICE - EARNED - 1; level < LEVELS; level++) {
      if ((mayGo >> level & 1) == 1 && credit[level] > most) {
        best = level;
        most = credit[level];
      }
    }
    return best;
  }

  /**
   * A level gets a grant. All lower ones earn at each grant, also at each other's: else they get
   * one of 21.
   *
   * @return what it paid
   */
  int granted(int level, int mayGo) {
    int highest = Integer.numberOfTrailingZeros(mayGo);
    for (int lower = highest + 1; lower < LEVELS; lower++) {
      if ((mayGo >> lower & 1) == 1) {
        credit[lower] = Math.min(MOST, credit[lower] + EARNED);
      }
    }
    if (level == highest) {
      return 0;
    }
    credit[level] -= PRICE;
    return PRICE;
  }

  /** A grant was not used. */
  void refund(int level, int paid) {
    credit[level] = Math.min(MOST, credit[level] + paid);
  }

  /** Nothing waits there any more: what it earned is gone. */
  void emptied(int level) {
    credit[level] = 0;
  }
}
