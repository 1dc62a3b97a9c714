package dev.retriever.origin.simulation;

import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.EventStory;
import dev.retriever.origin.simulation.trace.Trace;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs simulated clusters, one for each seed. The same seed, faults and fetches give the same run
 * on every machine. Immutable and thread-safe.
 */
public final class Simulator {
  /** The most fetches that somebody may want in one run. */
  public static final int MAX_FETCHES = 1_000;

  /** The most runs that {@link #reduce} makes. */
  public static final int MAX_REDUCING_RUNS = 200;

  private final long from;
  private final long seeds;
  private final Set<Fault> faults;
  private final int fetches;

  private Simulator(long from, long seeds, Set<Fault> faults, int fetches) {
    this.from = from;
    this.seeds = seeds;
    this.faults = faults;
    this.fetches = fetches;
  }

  /**
   * For so many seeds, with all faults, and as many fetches in each run as its seed says.
   *
   * @param from the first seed; any
   * @param seeds how many, at least 1
   * @throws IllegalArgumentException if it is less, or there are not so many from there on
   */
  public static Simulator ofSeeds(long from, long seeds) {
    if (seeds < 1 || from > Long.MAX_VALUE - seeds) {
      throw new IllegalArgumentException(seeds + " seeds from " + from);
    }
    return new Simulator(from, seeds, Fault.ALL, 0);
  }

  /** The same with these faults alone, which may be none. */
  public Simulator faults(Set<Fault> only) {
    return new Simulator(from, seeds, Set.copyOf(only), fetches);
  }

  /**
   * The same with so many fetches in each run.
   *
   * @param inEach from 1 to {@link #MAX_FETCHES}
   * @throws IllegalArgumentException if it is not
   */
  public Simulator fetches(int inEach) {
    if (inEach < 1 || inEach > MAX_FETCHES) {
      throw new IllegalArgumentException("fetches must be 1 to " + MAX_FETCHES + ": " + inEach);
    }
    return new Simulator(from, seeds, faults, inEach);
  }

  /**
   * Runs all of them, or fewer when enough of them broke a promise. Returns when all threads have
   * ended.
   *
   * @param threads how many runs go on at a time, at least 1
   * @param enough after so many runs that broke a promise no other begins; at least 1
   * @param progress is told after each run, by one thread at a time
   * @throws IllegalStateException if a run could not be run to its end, or this thread was
   *     interrupted
   */
  public Totals run(int threads, int enough, Consumer<Totals> progress) {
    var last = from + seeds - 1;
    return Campaign.run(from, last, threads, enough, seed -> SeedRun.run(plan(seed)), progress);
  }

  private SeedRun.Plan plan(long seed) {
    return new SeedRun.Plan(seed, faults, fetchesOf(seed), false);
  }

  private int fetchesOf(long seed) {
    return fetches == 0 ? SeedRun.Size.of(seed).allFetches() : fetches;
  }

  /**
   * The same promise broken with fewer fetches and fewer kinds of faults, as far as that is found
   * within {@link #MAX_REDUCING_RUNS} runs in this thread; it may be the one given.
   */
  public static Failure reduce(Failure failure) {
    var smallest =
        Reduction.of(
            plan(failure, false), failure.breach().promise(), MAX_REDUCING_RUNS, Simulator::tried);
    var breach = SeedRun.run(smallest).breach();
    return new Failure(
        smallest.seed(), smallest.faults(), smallest.fetches(), breach.orElseThrow());
  }

  /** One that fails in another way than by a promise is none of what is looked for. */
  private static Optional<SeedRun.Result> tried(SeedRun.Plan plan) {
    try {
      return Optional.of(SeedRun.run(plan));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private static SeedRun.Plan plan(Failure failure, boolean inWords) {
    return new SeedRun.Plan(failure.seed(), failure.faults(), failure.fetches(), inWords);
  }

  /**
   * What the fetch lived through whose promise was broken, line by line, and what befell the nodes
   * that had to do with it. Runs it again, in this thread.
   */
  public static List<String> story(Failure failure) {
    return EventStory.of(SeedRun.run(plan(failure, true)).lines(), failure.breach().subject());
  }

  /** All that happens with the first of these seeds, line by line. Runs it in this thread. */
  public List<String> trace() {
    return entries().stream().map(Trace.Entry::toString).toList();
  }

  /**
   * The same of what one of them lives through, and of what befalls the nodes that have to do with
   * it.
   *
   * @param subject a fetch or alarm with its origin, such as {@code o1/f2}; an origin, or a node
   */
  public List<String> trace(String subject) {
    return EventStory.of(entries(), subject);
  }

  private List<Trace.Entry> entries() {
    return SeedRun.run(new SeedRun.Plan(from, faults, fetchesOf(from), true)).lines();
  }
}
