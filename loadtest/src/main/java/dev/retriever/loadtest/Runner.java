package dev.retriever.loadtest;

import dev.retriever.client.problem.RetrieverException;
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
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs scenarios one after the other, or several at once. Prints and writes the result of each. */
final class Runner {
  private Context.RunOptions runOptions;
  private final PrintStream out;
  private final boolean terminal;
  private final List<Result> earlier;
  private final List<Result> results = new ArrayList<>();
  private final long from = System.nanoTime();
  private Ending ending;

  Runner(Context.RunOptions runOptions, PrintStream out, boolean terminal) {
    this(runOptions, out, terminal, List.of());
  }

  /**
   * @param earlier results by which to tell how long it will take
   */
  Runner(Context.RunOptions runOptions, PrintStream out, boolean terminal, List<Result> earlier) {
    this.runOptions = runOptions;
    this.out = out;
    this.terminal = terminal;
    this.earlier = List.copyOf(earlier);
  }

  /** The last line that is printed for a scenario. */
  private record End(String line, boolean kept) {}

  /** The databases, files and output that a scenario uses. */
  private record Place(Map<Database.Kind, Databases> databases, PrintStream out, boolean terminal) {
    /** The same with an output of its own, so that lines of several scenarios do not mix. */
    Place telling(PrintStream later) {
      return new Place(databases, later, false);
    }
  }

  /** The results so far, in the order in which the runs ended. */
  synchronized List<Result> results() {
    return List.copyOf(results);
  }

  /** Runs all of them on one kind of database; true when all were kept. */
  boolean run(List<Scenario> scenarios, Database.Kind kind, Optional<Path> file)
      throws IOException, InterruptedException {
    return run(scenarios.stream().map(it -> new Job(it, kind, file)).toList());
  }

  /**
   * Runs all of them; true when all were kept. A scenario that cannot be run is reported, and the
   * others go on.
   */
  boolean run(List<Job> jobs) throws IOException, InterruptedException {
    if (runOptions.quick()) {
      runOptions = runOptions.with(NodeArchive.options());
    }
    var databases = new EnumMap<Database.Kind, Databases>(Database.Kind.class);
    jobs.forEach(job -> databases.computeIfAbsent(job.kind(), Databases::new));
    try (var told = new Ending()) {
      ending = told;
      var place = new Place(databases, out, terminal);
      if (jobs.size() == 1) {
        return run(jobs.get(0), place).kept();
      }
      var ends = runOptions.atOnce() > 1 ? together(jobs, place) : inTurn(jobs, place);
      out.println();
      ends.forEach(end -> out.println(end.line()));
      return ends.stream().allMatch(End::kept);
    } finally {
      databases.values().forEach(Databases::close);
    }
  }

  private List<End> inTurn(List<Job> jobs, Place place) throws InterruptedException {
    var ends = new ArrayList<End>();
    for (var i = 0; i < jobs.size() && !ending.hasBegun(); i++) {
      out.printf("%n[%d of %d] %s%n", i + 1, jobs.size(), ahead(jobs.subList(i, jobs.size())));
      ends.add(end(jobs.get(i), place));
    }
    return ends;
  }

  /** The run that begins, and the time that passed and is left. */
  private String ahead(List<Job> left) {
    var estimate = new Estimate(earlier, runOptions);
    var own = estimate.seconds(left.get(0));
    return "%s%s; %s since the start, %s"
        .formatted(
            left.get(0).title(),
            own.isPresent() ? ", about " + Estimate.time(own.getAsDouble()) : "",
            Estimate.time((System.nanoTime() - from) / 1e9),
            estimate.words(left));
  }

  private List<End> together(List<Job> jobs, Place place) throws IOException, InterruptedException {
    out.printf(
        "%d scenarios at once, each printed at its end; each alone would be faster%n%s%n",
        runOptions.atOnce(), new Estimate(earlier, runOptions).words(jobs));
    var threads = Executors.newFixedThreadPool(runOptions.atOnce());
    try {
      var running = new IdentityHashMap<Job, Future<End>>();
      var longestFirst = new Estimate(earlier, runOptions).longestFirst(jobs);
      for (var i = 0; i < longestFirst.size(); i++) {
        var job = longestFirst.get(i);
        var left = longestFirst.subList(i, jobs.size());
        running.put(job, threads.submit(() -> beside(job, left, place)));
      }
      var ends = new ArrayList<End>();
      for (var job : jobs) {
        ends.add(running.get(job).get());
      }
      return ends;
    } catch (ExecutionException e) {
      throw new IOException("a scenario could not be run: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private End beside(Job job, List<Job> left, Place place) throws InterruptedException {
    if (ending.hasBegun()) {
      return new End("%-18s not begun".formatted(job.scenario().name()), false);
    }
    out.printf(
        "-- %s begins, %s%n", job.scenario().name(), new Estimate(earlier, runOptions).words(left));
    var text = new ByteArrayOutputStream();
    var later = new PrintStream(text, true, StandardCharsets.UTF_8);
    try {
      return end(job, place.telling(later));
    } finally {
      synchronized (this) {
        out.print(text.toString(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  private End end(Job job, Place place) throws InterruptedException {
    var name = job.scenario().name();
    place.out().printf("%n== %s: %s%n", name, job.scenario().summary());
    try {
      var result = run(job, place);
      return new End(
          "%-18s %6.1f s  %s".formatted(name, result.seconds(), result.grade().words()),
          result.kept());
    } catch (IOException | IllegalStateException e) {
      if (ending.hasBegun()) {
        place.out().println("  interrupted: it has no result");
        return new End("%-18s interrupted".formatted(name), false);
      }
      if (e instanceof IllegalStateException bug) {
        throw bug;
      }
      place.out().println("  it could not be run: " + e.getMessage());
      return new End("%-18s could not be run".formatted(name), false);
    }
  }

  private Result run(Job job, Place place) throws IOException, InterruptedException {
    var databases = place.databases().get(job.kind());
    try (var context =
        new Context(job.scenario(), runOptions, databases, place.out(), place.terminal())) {
      var kept = false;
      try {
        var result = job.scenario().run(context);
        ResultText.print(result, place.out());
        place.out().println("result: " + Results.write(job.file(), result));
        kept = result.kept();
        synchronized (this) {
          results.add(result);
        }
        return result;
      } catch (RetrieverException | CompletionException e) {
        throw new IOException("a call failed: " + e.getMessage(), e);
      } finally {
        if (!kept || runOptions.keepLogs()) {
          context.keepLogs();
        }
      }
    }
  }
}
