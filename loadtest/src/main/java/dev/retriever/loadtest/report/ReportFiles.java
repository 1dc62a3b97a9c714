package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Writes the report, and its plots into {@code plots} beside it. */
public final class ReportFiles {
  private ReportFiles() {}

  public static void write(List<Result> results, Path report) throws IOException {
    var plots = report.toAbsolutePath().resolveSibling("plots");
    Files.createDirectories(plots);
    var written = new TreeSet<String>();
    for (var result : results) {
      for (var drawn : drawings(result).entrySet()) {
        Files.writeString(
            plots.resolve(drawn.getKey()), SvgPlot.of(drawn.getValue()), StandardCharsets.UTF_8);
        written.add(drawn.getKey());
      }
    }
    deleteOthers(plots, written);
    Files.writeString(report, MarkdownReport.of(results), StandardCharsets.UTF_8);
  }

  /** The plots of each file, in the order of the result. */
  static Map<String, List<Plot>> drawings(Result result) {
    return result.plots().stream()
        .collect(
            Collectors.groupingBy(
                plot -> MarkdownReport.file(result, plot),
                LinkedHashMap::new,
                Collectors.toList()));
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
