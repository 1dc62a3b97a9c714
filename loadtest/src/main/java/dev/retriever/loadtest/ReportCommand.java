package dev.retriever.loadtest;

import dev.retriever.loadtest.report.Comparison;
import dev.retriever.loadtest.report.ReportFiles;
import dev.retriever.loadtest.report.Summary;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "report",
    description = "Makes the report from recorded results; measures nothing.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  private static final Path REPORT = Path.of("loadtest", "RESULTS.md");
  private static final Path HTML = Path.of("loadtest", "target", "report.html");

  @Option(
      names = "--results",
      paramLabel = "DIRECTORY",
      description = "Where the results are (default: loadtest/record).")
  private Path results = Results.RECORD;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where the report goes, with its plots in plots/ beside it (default: loadtest/RESULTS.md, "
              + "with --html loadtest/target/report.html).")
  private Path out;

  @Option(
      names = "--html",
      description = "One HTML file with every table and plot, and without scripts.")
  private boolean html;

  @Option(
      names = "--compare",
      paramLabel = "OLD",
      description =
          "Writes no report, but prints what moved beyond noise since the results in a file or "
              + "directory.")
  private Path compare;

  @Option(
      names = "--json",
      description = "Writes no report, but prints answers, verdicts and gaps as JSON.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    var latest = latest();
    if (compare != null) {
      there(compare);
      Comparison.of(Results.all(compare), compared()).lines().forEach(this::say);
    } else if (json) {
      spec.commandLine().getOut().print(Results.text(Summary.of(latest)));
    } else {
      write(latest);
    }
    spec.commandLine().getOut().flush();
    return latest.stream().allMatch(Result::kept) ? LoadTest.KEPT : LoadTest.BROKEN;
  }

  /** All runs of a scenario count in a comparison, not the latest only. */
  private List<Result> compared() throws IOException {
    return Results.all(results);
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
  }

  private static void there(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw new IOException(
          "there is no %s; run scenarios first, or name a file or directory of results"
              .formatted(directory));
    }
  }

  private List<Result> latest() throws IOException {
    there(results);
    var all = Results.latest(results);
    var outdated = Results.outdated(all);
    outdated.forEach(
        it ->
            spec.commandLine()
                .getErr()
                .printf(
                    "left out: %s on %s; there is no such scenario any more, so delete its file%n",
                    it.scenario(), it.database()));
    var latest = all.stream().filter(it -> !outdated.contains(it)).toList();
    if (latest.isEmpty()) {
      throw new IOException("there is no result in " + results + "; run scenarios first");
    }
    return latest;
  }

  private void write(List<Result> latest) throws IOException {
    var file = out != null ? out : html ? HTML : REPORT;
    if (html) {
      ReportFiles.writeHtml(latest, file);
    } else {
      ReportFiles.write(latest, file);
    }
    say("%s: %d results".formatted(file, latest.size()));
  }
}
