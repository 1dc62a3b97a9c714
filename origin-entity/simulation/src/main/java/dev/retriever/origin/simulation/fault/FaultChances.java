package dev.retriever.origin.simulation.fault;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Which faults strike, and when, in the run of one seed. Each seed has a mixture of its own: some
 * faults not at all, some often. While the faults are over none strikes.
 */
public final class FaultChances {
  private static final double[] WEIGHTS = {0, 0.3, 1, 1, 3};

  /** In so many of the runs nothing is slow: what is promised soon must be there soon. */
  private static final double CALM = 0.12;

  /** What delays nothing, but for what it strikes. */
  private static final Set<Fault> QUICK =
      EnumSet.of(
          Fault.MOVE,
          Fault.PASSIVATE,
          Fault.SNAPSHOT_FAILS,
          Fault.TARGET_REFUSES,
          Fault.TARGET_BREAKS,
          Fault.TARGET_SILENT,
          Fault.TARGET_LATE,
          Fault.TARGET_BUSY);

  private static final double CALM_WEIGHT = 3;

  private final Map<Fault, RandomStreams> chances = new EnumMap<>(Fault.class);
  private final Map<Fault, Double> weights = new EnumMap<>(Fault.class);
  private final Map<Fault, Integer> struck = new EnumMap<>(Fault.class);
  private final boolean calm;
  private boolean over;

  public FaultChances(long seed, Set<Fault> allowed) {
    var mixture = new RandomStreams(seed, "mixture");
    calm = new RandomStreams(seed, "calm").happens(CALM);
    for (var fault : Fault.values()) {
      chances.put(fault, new RandomStreams(seed, fault.name()));
      var weight = WEIGHTS[mixture.below(WEIGHTS.length)];
      weights.put(fault, allowed.contains(fault) ? weight(fault, weight) : 0);
    }
  }

  private double weight(Fault fault, double drawn) {
    if (!calm) {
      return drawn;
    }
    return fault == Fault.MOVE || fault == Fault.PASSIVATE
        ? CALM_WEIGHT
        : QUICK.contains(fault) ? drawn : 0;
  }

  /** Whether no fault of this run delays what it does not strike. */
  public boolean isCalm() {
    return calm;
  }

  /** From now on nothing goes wrong. */
  public void isOver() {
    over = true;
  }

  /** From now on they strike again. */
  public void comeAgain() {
    over = false;
  }

  /** Whether it strikes here and now. */
  public boolean strikes(Fault fault) {
    return strikes(fault, fault.rate());
  }

  private boolean strikes(Fault fault, double rate) {
    var happens = chances.get(fault).happens(Math.min(0.5, rate * weights.get(fault)));
    if (happens && !over) {
      struck.merge(fault, 1, Integer::sum);
      return true;
    }
    return false;
  }

  /** How much of it there is in this run: 0 for nothing, 1 for the usual. */
  public double weight(Fault fault) {
    return weights.get(fault);
  }

  /** It comes by itself, and has come. */
  public void struck(Fault fault) {
    struck.merge(fault, 1, Integer::sum);
  }

  public RandomStreams of(Fault fault) {
    return chances.get(fault);
  }

  public Duration between(Fault fault, Duration least, Duration most) {
    return chances.get(fault).between(least, most);
  }

  public Map<Fault, Integer> all() {
    return struck;
  }
}
