package dev.retriever.cluster.metrics;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Bounds the label sets of one metric. The first sets that come get their own series. Later sets
 * are counted with a coarser set, and when there are too many of those, with one set for all the
 * rest. A set that has a series keeps it. A set that is coarse from the start takes no place of a
 * finer one. Thread-safe.
 */
final class LabelBudget {
  /** The value of a label that stands for all values without a series of their own. */
  static final String OTHER = "_other";

  private final int fine;
  private final int coarse;
  private final UnaryOperator<List<String>> coarser;
  private final UnaryOperator<List<String>> coarsest;
  private final Set<List<String>> fineSets = ConcurrentHashMap.newKeySet();
  private final Set<List<String>> coarseSets = ConcurrentHashMap.newKeySet();

  /**
   * @param fine how many sets get a series as they are
   * @param coarse how many coarser sets get a series
   * @param coarser makes the coarser set of a set
   * @param coarsest makes the set for all the rest; must have few results
   */
  LabelBudget(
      int fine,
      int coarse,
      UnaryOperator<List<String>> coarser,
      UnaryOperator<List<String>> coarsest) {
    this.fine = fine;
    this.coarse = coarse;
    this.coarser = coarser;
    this.coarsest = coarsest;
  }

  /** A budget whose coarser set is {@link #OTHER} in each label. */
  static LabelBudget of(int sets) {
    return new LabelBudget(sets, 0, LabelBudget::other, LabelBudget::other);
  }

  private static List<String> other(List<String> set) {
    return set.stream().map(any -> OTHER).toList();
  }

  /** Whether this set has a series of its own. */
  boolean has(String... set) {
    return fineSets.contains(List.of(set));
  }

  /** The labels that this set is counted under. */
  String[] labels(String... wanted) {
    var set = List.of(wanted);
    var rough = coarser.apply(set);
    if (!rough.equals(set) && admits(fineSets, fine, set)) {
      return wanted;
    }
    if (admits(coarseSets, coarse, rough)) {
      return rough.toArray(String[]::new);
    }
    return coarsest.apply(set).toArray(String[]::new);
  }

  private static boolean admits(Set<List<String>> sets, int most, List<String> set) {
    if (sets.contains(set)) {
      return true;
    }
    if (sets.size() >= most) {
      return false;
    }
    synchronized (sets) {
      return sets.contains(set) || sets.size() < most && sets.add(set);
    }
  }
}
