package dev.retriever.origin.simulation;

import dev.retriever.executor.FetchRequest;
import dev.retriever.executor.Response;
import dev.retriever.origin.Origin;
import dev.retriever.origin.simulation.fault.Fault;
import dev.retriever.origin.simulation.trace.EventStory;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Your origins in a cluster that crashes, hangs, forgets and loses, once for each seed, with an
 * invariant that has to hold in the end.
 *
 * <pre>{@code
 * Simulation.of(new Checkout())
 *     .told(3, (random, nobody) -> new Place("book", 1299, nobody.narrow()))
 *     .seeds(1000)
 *     .faults(Fault.ALL)
 *     .check(order -> assertThat(order.events()).…);
 * }</pre>
 *
 * <p>Commands come to a few origins, each to all of them and at any time of a run; those that are
 * told while their origin cannot be reached are lost, as in production. What Retriever promises is
 * checked as well. Everything happens in virtual time; a run takes about a tenth of a second. It
 * ends when nothing is left to be done, or after eight minutes of its time: a retry that comes
 * later, or an alarm of tomorrow, is still pending then.
 *
 * <p>Handlers must be pure, as always. Switch the loggers of {@code dev.retriever} and {@code
 * org.apache.pekko} off: what fails in a simulation is meant to. Immutable and thread-safe.
 *
 * @param <C> the root of the commands
 * @param <E> the root of the events
 * @param <S> the state
 */
public final class Simulation<C, E, S> {
  private static final int THREADS = 2;

  private final Origin<C, E, S> definition;
  private final Telling<C> telling;
  private final Function<FetchRequest, Response> target;
  private final long from;
  private final long seeds;
  private final Set<Fault> faults;

  /** What origins are told. */
  @FunctionalInterface
  public interface Command<C> {
    /**
     * The next one.
     *
     * @param random of this run: drawing from anything else, a seed would not repeat it
     * @param nobody an address for answers, which nobody reads
     */
    C next(RandomGenerator random, ActorRef<Object> nobody);
  }

  /** So many commands to each origin. */
  record Telling<C>(int times, Command<C> command) {}

  private Simulation(
      Origin<C, E, S> definition,
      Telling<C> telling,
      Function<FetchRequest, Response> target,
      long from,
      long seeds,
      Set<Fault> faults) {
    this.definition = definition;
    this.telling = telling;
    this.target = target;
    this.from = from;
    this.seeds = seeds;
    this.faults = faults;
  }

  /**
   * Of origins of that definition, which are told nothing yet: with all faults, a hundred seeds,
   * and targets that answer 200 with an empty body.
   */
  public static <C, E, S> Simulation<C, E, S> of(Origin<C, E, S> definition) {
    return new Simulation<>(
        definition,
        new Telling<>(0, (random, nobody) -> null),
        request -> new Response(200, java.util.List.of(), dev.retriever.executor.Body.EMPTY),
        1,
        100,
        Fault.ALL);
  }

  /** The same, with so many commands to each origin of a run. */
  public Simulation<C, E, S> told(int times, Command<C> command) {
    return new Simulation<>(definition, new Telling<>(times, command), target, from, seeds, faults);
  }

  /** The same, with targets that answer so where no fault strikes. */
  public Simulation<C, E, S> answers(Function<FetchRequest, Response> byRequest) {
    return new Simulation<>(definition, telling, byRequest, from, seeds, faults);
  }

  /**
   * The same, for so many seeds.
   *
   * @throws IllegalArgumentException if there is not at least one
   */
  public Simulation<C, E, S> seeds(long many) {
    if (many < 1) {
      throw new IllegalArgumentException("seeds must be at least 1, but are " + many);
    }
    return new Simulation<>(definition, telling, target, from, many, faults);
  }

  /** The same from that seed on: with one seed, that of a failure, to look into it. */
  public Simulation<C, E, S> from(long seed) {
    return new Simulation<>(definition, telling, target, seed, seeds, faults);
  }

  /** The same with these faults only. */
  public Simulation<C, E, S> faults(Set<Fault> only) {
    return new Simulation<>(definition, telling, target, from, seeds, Set.copyOf(only));
  }

  /**
   * Runs all seeds, two at a time.
   *
   * @param invariant throws when it does not hold for an origin; called in several threads
   * @throws AssertionError of the first run in which it did not hold, or a promise was broken: with
   *     its seed, what was found, and the life of the origin or fetch
   * @throws IllegalStateException if a run could not be run to its end
   */
  public void check(Consumer<SimulatedOrigin<E, S>> invariant) {
    var totals =
        Campaign.run(
            from,
            from + seeds - 1,
            THREADS,
            1,
            seed -> SeedRun.run(plan(seed, false), scenario(invariant)),
            progress -> {});
    totals.failures().stream()
        .findFirst()
        .ifPresent(
            broken -> {
              throw failure(broken, invariant);
            });
  }

  private SeedRun.Plan plan(long seed, boolean inWords) {
    return new SeedRun.Plan(seed, faults, 0, inWords);
  }

  private SimulationPlan scenario(Consumer<SimulatedOrigin<E, S>> invariant) {
    return new UserPlan<>(definition, telling, target, invariant);
  }

  private AssertionError failure(Failure broken, Consumer<SimulatedOrigin<E, S>> invariant) {
    var again = SeedRun.run(plan(broken.seed(), true), scenario(invariant));
    var breach = again.breach().orElse(broken.breach());
    return new AssertionError(
        "seed %d: %s; repeat it with .from(%d).seeds(1)%n%n%s"
            .formatted(
                broken.seed(),
                breach,
                broken.seed(),
                String.join(
                    System.lineSeparator(), EventStory.of(again.lines(), breach.subject()))));
  }
}
