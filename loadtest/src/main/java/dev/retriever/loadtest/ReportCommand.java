package dev.retriever.loadtest;

import dev.retriever.loadtest.report.ReportFiles;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (!Files.exists(results)) {
      throw new IOException(
          "there is no %s; run scenarios first, or name a directory with --results"
              .formatted(results));
    }
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
    var file = out != null ? out : html ? Path.of("loadtest/target/report.html") : REPORT;
    if (html) {
      ReportFiles.writeHtml(latest, file);
    } else {
      ReportFiles.write(latest, file);
    }
    spec.commandLine().getOut().printf("%s: %d results%n", file, latest.size());
    spec.commandLine().getOut().flush();
    return latest.stream().allMatch(Result::kept) ? LoadTest.KEPT : LoadTest.BROKEN;
  }

  private static final Path REPORT = Path.of("loadtest", "RESULTS.md");
}
