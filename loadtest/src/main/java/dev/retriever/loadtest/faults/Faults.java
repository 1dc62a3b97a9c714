package dev.retriever.loadtest.faults;

import dev.retriever.loadtest.faults.InjectedFault.Kind;
import dev.retriever.loadtest.faults.InjectedFault.Moment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The faults of a run, and its seed. They decide what fails and how long it takes; the seed makes
 * that repeatable, and known beforehand. What carries a fault out asks here.
 */
public record Faults(List<InjectedFault> all, long seed) {
  public static final Faults NONE = of();

  public Faults {
    all = List.copyOf(all);
  }

  public static Faults of(InjectedFault... faults) {
    return new Faults(List.of(faults), 0);
  }

  /** The same faults, decided by that seed. */
  public Faults seeded(long by) {
    return new Faults(all, by);
  }

  private Stream<InjectedFault> at(Kind kind, Moment moment) {
    return all.stream().filter(it -> it.kind() == kind && it.at().contains(moment));
  }

  public boolean has(Kind kind, Moment moment) {
    return at(kind, moment).findAny().isPresent();
  }

  /** Whether it has faults of that kind at any moment. */
  public boolean has(Kind kind) {
    return all.stream().anyMatch(it -> it.kind() == kind);
  }

  /** Whether that one is struck. The same one is struck at every moment, by the same rate. */
  public boolean strikes(Kind kind, Moment moment, String what) {
    return at(kind, moment).anyMatch(it -> strikes(it.rate(), seed, what));
  }

  /** The delay, each way that the moment has: latency and jitter together. */
  public Latency latency(Moment moment) {
    return Stream.of(Kind.LATENCY, Kind.JITTER)
        .flatMap(kind -> at(kind, moment))
        .map(it -> Latency.between(it.leastMs(), it.mostMs(), seed))
        .reduce(Latency.NONE, Latency::plus);
  }

  /** How long readers rest after each read, in milliseconds; 0 for not. */
  public int restMs() {
    return at(Kind.SLOW_READER, Moment.RECEIVE).mapToInt(InjectedFault::mostMs).sum();
  }

  public String words() {
    return all.isEmpty()
        ? "none"
        : all.stream().map(InjectedFault::words).collect(Collectors.joining("; "))
            + "; seed "
            + seed;
  }

  /**
   * Whether that one fails. The same seed always gives the same answer.
   *
   * @param rate the part that fails, 0 to 1
   */
  static boolean strikes(double rate, long seed, String what) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + what.hashCode()).nextDouble() < rate;
  }
}
