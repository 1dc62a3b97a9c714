package dev.retriever.loadtest;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs scenarios one after the other, and tells and writes what each came to. */
final class Runner {
  /** From so many on it pays to spend a node's start on making the others quicker. */
  private static final int MANY = 4;

  private Context.Wish wish;
  private final PrintStream out;
  private final boolean terminal;

  Runner(Context.Wish wish, PrintStream out, boolean terminal) {
    this.wish = wish;
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether all were kept. One that cannot be run is told at its place, and the others go on. */
  boolean run(List<Scenario> scenarios, Database.Kind kind, Optional<Path> file)
      throws IOException, InterruptedException {
    var verdicts = new ArrayList<String>();
    var kept = true;
    if (wish.quick() && scenarios.size() >= MANY) {
      wish = wish.with(NodeArchive.options());
    }
    try (var databases = new Databases(kind)) {
      for (var scenario : scenarios) {
        if (scenarios.size() > 1) {
          out.printf("%n== %s: %s%n", scenario.name(), scenario.summary());
        }
        try {
          var result = run(scenario, databases, file);
          verdicts.add(
              "%-18s %6.1f s  %s"
                  .formatted(scenario.name(), result.seconds(), result.grade().words()));
          kept &= result.kept();
        } catch (IOException e) {
          if (scenarios.size() == 1) {
            throw e;
          }
          out.println("  it could not be run: " + e.getMessage());
          verdicts.add("%-18s could not be run".formatted(scenario.name()));
          kept = false;
        }
      }
    }
    if (verdicts.size() > 1) {
      out.println();
      verdicts.forEach(out::println);
    }
    return kept;
  }

  private Result run(Scenario scenario, Databases databases, Optional<Path> file)
      throws IOException, InterruptedException {
    try (var context = new Context(scenario, wish, databases, out, terminal)) {
      var kept = false;
      try {
        var result = scenario.run(context);
        ResultText.print(result, out);
        out.println("result: " + Results.write(file, result));
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
