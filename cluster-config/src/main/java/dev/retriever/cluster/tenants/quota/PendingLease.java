package dev.retriever.cluster.tenants.quota;

/**
 * Pending fetches that a node may accept for a tenant without asking the database. Each unit is
 * free, taken by a submission under way, or in doubt: its submission got no answer, and may still
 * be recorded for a while. What is held is the sum. The database holds a number that is never
 * smaller, so that fetches pending and units of all nodes are never more than the limit. Not
 * thread-safe.
 */
final class PendingLease {
  /** Looks that a unit in doubt stays held. After these no write of its submission can come. */
  static final int DOUBTS = 8;

  private final long[] inDoubt = new long[DOUBTS];
  private int look;
  private long free;
  private long taken;
  private boolean usedSinceLook;

  boolean take() {
    usedSinceLook = true;
    if (free == 0) {
      return false;
    }
    free--;
    taken++;
    return true;
  }

  /** The submission has been recorded: its fetch is counted in the database from now on. */
  void recorded() {
    taken--;
  }

  /** Nothing was recorded. */
  void returned() {
    taken--;
    free++;
  }

  /** Whether it was recorded is not known. */
  void doubtful() {
    taken--;
    inDoubt[look]++;
  }

  void granted(long units) {
    free += units;
  }

  /** The lease has lapsed: other nodes may have been granted the free units. */
  void lapsed() {
    free = 0;
  }

  /** To be told to the database, before it is asked for pending fetches. */
  long held() {
    var doubtful = 0L;
    for (var each : inDoubt) {
      doubtful += each;
    }
    return free + taken + doubtful;
  }

  long free() {
    return free;
  }

  /**
   * At intervals. The oldest doubts end. Without a submission since the last look, free units are
   * given back.
   */
  void look() {
    look = (look + 1) % DOUBTS;
    inDoubt[look] = 0;
    if (!usedSinceLook) {
      free = 0;
    }
    usedSinceLook = false;
  }
}
