package dev.retriever.loadtest.result;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Writes the report, and its plots into {@code plots} beside it. */
public final class ReportFiles {
  private ReportFiles() {}

  public static void write(List<Result> results, Path report) throws IOException {
    var plots = report.toAbsolutePath().resolveSibling("plots");
    Files.createDirectories(plots);
    var written = new TreeSet<String>();
    for (var result : results) {
      for (var plot : result.plots()) {
        var name = MarkdownReport.file(result, plot);
        Files.writeString(plots.resolve(name), SvgPlot.of(plot), StandardCharsets.UTF_8);
        written.add(name);
      }
    }
    deleteOthers(plots, written);
    Files.writeString(report, MarkdownReport.of(results), StandardCharsets.UTF_8);
  }

  /** Deletes plots that the report no longer has. */
  private static void deleteOthers(Path plots, Set<String> written) throws IOException {
    try (var files = Files.newDirectoryStream(plots, "*.svg")) {
      for (var file : files) {
        if (!written.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }
}
