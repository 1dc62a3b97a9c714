package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
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
  record Load(int fetches, int concurrency, int origins, Optional<Path> out, Kills.Options kills) {}

  String name();

  /** One line for the list of scenarios. */
  String summary();

  /** Starts what it needs, loads it, reports; whether every promise was kept. */
  boolean run(Load load, PrintStream out, boolean terminal)
      throws IOException, InterruptedException;

  static List<Scenario> all() {
    return List.of(new Throughput(), new Crowd(), new Kills());
  }
}
