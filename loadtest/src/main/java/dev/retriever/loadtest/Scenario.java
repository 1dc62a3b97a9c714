package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A way to load a node that ends in a verdict. */
interface Scenario {
  /**
   * How hard to load.
   *
   * @param out where the result is written as JSON, if not to the usual place
   * @param kills what is done by the kill tests, which have sizes of their own
   */
  record Load(
      int fetches,
      int concurrency,
      int origins,
      Sleeping sleeping,
      Kills.Options kills,
      Optional<Path> out) {
    Load(int fetches, int concurrency, int origins, Optional<Path> out) {
      this(fetches, concurrency, origins, Sleeping.DEFAULT, Kills.Options.DEFAULT, out);
    }
  }

  /**
   * What is asked of origins that sleep.
   *
   * @param alarms in all
   * @param window in which they are due, evenly; 0 for all at one instant
   * @param delay of the target's answers
   * @param postgres whether they are kept there, instead of in the embedded database
   */
  record Sleeping(int alarms, Duration window, Duration delay, boolean postgres) {
    static final Sleeping DEFAULT =
        new Sleeping(10_000, Duration.ofSeconds(10), Duration.ofSeconds(30), false);
  }

  String name();

  /** One line for the list of scenarios. */
  String summary();

  /** Starts what it needs, loads it, reports; whether every promise was kept. */
  boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException;

  static List<Scenario> all() {
    return List.of(
        new Throughput(),
        new Crowd(),
        new Waiting(),
        new AlarmsDue(),
        new AlarmsPending(),
        new Kills());
  }
}
