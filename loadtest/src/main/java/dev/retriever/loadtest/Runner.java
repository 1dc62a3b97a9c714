package dev.retriever.loadtest;

import dev.retriever.loadtest.process.Database;
import dev.retriever.loadtest.process.Databases;
import dev.retriever.loadtest.result.Result;
import dev.retriever.loadtest.result.ResultText;
import dev.retriever.loadtest.run.Context;
import dev.retriever.loadtest.run.Scenario;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs scenarios one after the other, or several at once. Prints and writes the result of each. */
final class Runner {
  private Context.RunOptions runOptions;
  private final PrintStream out;
  private final boolean terminal;

  Runner(Context.RunOptions runOptions, PrintStream out, boolean terminal) {
    this.runOptions = runOptions;
    this.out = out;
    this.terminal = terminal;
  }

  /** The last line that is printed for a scenario. */
  private record End(String line, boolean kept) {}

  /** The databases, files and output that a scenario uses. */
  private record Place(
      Databases databases, Optional<Path> file, PrintStream out, boolean terminal) {
    /** The same with an output of its own, so that lines of several scenarios do not mix. */
    Place telling(PrintStream later) {
      return new Place(databases, file, later, false);
    }
  }

  /**
   * Runs all of them; true when all were kept. A scenario that cannot be run is reported, and the
   * others go on.
   */
  boolean run(List<Scenario> scenarios, Database.Kind kind, Optional<Path> file)
      throws IOException, InterruptedException {
    if (runOptions.quick()) {
      runOptions = runOptions.with(NodeArchive.options());
    }
    try (var databases = new Databases(kind)) {
      var place = new Place(databases, file, out, terminal);
      if (scenarios.size() == 1) {
        return run(scenarios.get(0), place).kept();
      }
      var ends = runOptions.atOnce() > 1 ? together(scenarios, place) : inTurn(scenarios, place);
      out.println();
      ends.forEach(end -> out.println(end.line()));
      return ends.stream().allMatch(End::kept);
    }
  }

  private List<End> inTurn(List<Scenario> scenarios, Place place) throws InterruptedException {
    var ends = new ArrayList<End>();
    for (var scenario : scenarios) {
      ends.add(end(scenario, place));
    }
    return ends;
  }

  private List<End> together(List<Scenario> scenarios, Place place)
      throws IOException, InterruptedException {
    out.printf(
        "%d scenarios at once, each printed at its end; each alone would be faster%n",
        runOptions.atOnce());
    var threads = Executors.newFixedThreadPool(runOptions.atOnce());
    try {
      var running = new ArrayList<Future<End>>();
      for (var scenario : scenarios) {
        running.add(threads.submit(() -> beside(scenario, place)));
      }
      var ends = new ArrayList<End>();
      for (var each : running) {
        ends.add(each.get());
      }
      return ends;
    } catch (ExecutionException e) {
      throw new IOException("a scenario could not be run: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private End beside(Scenario scenario, Place place) throws InterruptedException {
    out.println("-- " + scenario.name() + " begins");
    var text = new ByteArrayOutputStream();
    var later = new PrintStream(text, true, StandardCharsets.UTF_8);
    try {
      return end(scenario, place.telling(later));
    } finally {
      synchronized (this) {
        out.print(text.toString(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  private End end(Scenario scenario, Place place) throws InterruptedException {
    place.out().printf("%n== %s: %s%n", scenario.name(), scenario.summary());
    try {
      var result = run(scenario, place);
      return new End(
          "%-18s %6.1f s  %s".formatted(scenario.name(), result.seconds(), result.grade().words()),
          result.kept());
    } catch (IOException e) {
      place.out().println("  it could not be run: " + e.getMessage());
      return new End("%-18s could not be run".formatted(scenario.name()), false);
    }
  }

  private Result run(Scenario scenario, Place place) throws IOException, InterruptedException {
    try (var context =
        new Context(scenario, runOptions, place.databases(), place.out(), place.terminal())) {
      var kept = false;
      try {
        var result = scenario.run(context);
        ResultText.print(result, place.out());
        place.out().println("result: " + Results.write(place.file(), result));
        kept = result.kept();
        return result;
      } finally {
        if (!kept || runOptions.keepLogs()) {
          context.keepLogs();
        }
      }
    }
  }
}
