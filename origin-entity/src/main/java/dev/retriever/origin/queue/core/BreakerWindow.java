package dev.retriever.origin.queue.core;

import java.util.Arrays;

/** Ends of the last while, in ten parts. */
final class BreakerWindow {
  private static final int PARTS = 10;

  private final int[] ends = new int[PARTS];
  private final int[] bad = new int[PARTS];
  private long length = 1;
  private long part;
  private int allEnds;
  private int allBad;

  /** It is empty, and as long as that from now on. */
  void clear(long micros) {
    length = Math.max(1, micros / PARTS);
    Arrays.fill(ends, 0);
    Arrays.fill(bad, 0);
    allEnds = 0;
    allBad = 0;
  }

  void add(boolean isBad, long now) {
    pass(now);
    int at = Math.floorMod(part, PARTS);
    ends[at]++;
    allEnds++;
    if (isBad) {
      bad[at]++;
      allBad++;
    }
  }

  int ends(long now) {
    pass(now);
    return allEnds;
  }

  int bad(long now) {
    pass(now);
    return allBad;
  }

  private void pass(long now) {
    long to = Math.floorDiv(now, length);
    for (long at = Math.max(part + 1, to - PARTS + 1); at <= to; at++) {
      int index = Math.floorMod(at, PARTS);
      allEnds -= ends[index];
      allBad -= bad[index];
      ends[index] = 0;
      bad[index] = 0;
    }
    part = to;
  }
}
