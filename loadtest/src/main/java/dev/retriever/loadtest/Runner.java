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

/** Runs scenarios, one after the other or some at once, and tells and writes what each came to. */
final class Runner {
  private Context.Wish wish;
  private final PrintStream out;
  private final boolean terminal;

  Runner(Context.Wish wish, PrintStream out, boolean terminal) {
    this.wish = wish;
    this.out = out;
    this.terminal = terminal;
  }

  /** What one came to, in a line for the end. */
  private record End(String line, boolean kept) {}

  /** Where a scenario runs, and whom it tells. */
  private record Place(
      Databases databases, Optional<Path> file, PrintStream out, boolean terminal) {
    /** Told at its end, so that what several say does not run into each other. */
    Place telling(PrintStream later) {
      return new Place(databases, file, later, false);
    }
  }

  /** Whether all were kept. One that cannot be run is told at its place, and the others go on. */
  boolean run(List<Scenario> scenarios, Database.Kind kind, Optional<Path> file)
      throws IOException, InterruptedException {
    if (wish.quick()) {
      wish = wish.with(NodeArchive.options());
    }
    try (var databases = new Databases(kind)) {
      var place = new Place(databases, file, out, terminal);
      if (scenarios.size() == 1) {
        return run(scenarios.get(0), place).kept();
      }
      var ends = wish.atOnce() > 1 ? together(scenarios, place) : inTurn(scenarios, place);
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
        "%d at once, each told at its end; what they measure is not what they do alone%n",
        wish.atOnce());
    var threads = Executors.newFixedThreadPool(wish.atOnce());
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
        new Context(scenario, wish, place.databases(), place.out(), place.terminal())) {
      var kept = false;
      try {
        var result = scenario.run(context);
        ResultText.print(result, place.out());
        place.out().println("result: " + Results.write(place.file(), result));
        kept = result.kept();
        return result;
      } finally {
        if (!kept || wish.keepLogs()) {
          context.keepLogs();
        }
      }
    }
  }
}
