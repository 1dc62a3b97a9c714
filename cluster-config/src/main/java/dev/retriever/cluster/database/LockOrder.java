package dev.retriever.cluster.database;

import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/** Rows in the order in which all writers take their locks, so that none waits in a circle. */
public final class LockOrder {
  private LockOrder() {}

  /**
   * The last of the rows of each key, sorted by it.
   *
   * @param byKey finds rows of one key equal
   */
  public static <T> List<T> lastOfEach(List<T> rows, Comparator<T> byKey) {
    if (rows.size() < 2) {
      return List.copyOf(rows);
    }
    var kept = new TreeMap<T, T>(byKey);
    rows.forEach(row -> kept.put(row, row));
    return List.copyOf(kept.values());
  }
}
