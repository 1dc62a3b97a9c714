package dev.retriever.loadtest.report;

import dev.retriever.loadtest.report.ScenarioPages.Extent;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes the report: in Markdown with plots beside it, or as one HTML file. The same results give
 * the same files.
 */
public final class ReportFiles {
  private ReportFiles() {}

  /**
   * Writes the report in Markdown, and its plots into {@code plots} beside it. Other plots there
   * are deleted.
   *
   * @param results at least one; in the order of the report
   * @throws IOException also if two scenarios answer the same question of the first page
   */
  public static void write(List<Result> results, Path report) throws IOException {
    oneSource(results);
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
    Files.writeString(report, markdown(results), StandardCharsets.UTF_8);
  }

  /** Writes the report with every table of every run, and its plots, as one file. */
  public static void writeHtml(List<Result> results, Path report) throws IOException {
    oneSource(results);
    var pages = new HtmlPages();
    pages(results, Extent.ALL, pages);
    if (report.toAbsolutePath().getParent() != null) {
      Files.createDirectories(report.toAbsolutePath().getParent());
    }
    Files.writeString(report, pages.toString(), StandardCharsets.UTF_8);
  }

  static String markdown(List<Result> results) {
    var pages = new MarkdownPages();
    pages(results, Extent.SCREEN, pages);
    return pages.toString();
  }

  private static void pages(List<Result> results, Extent extent, Pages pages) {
    new FirstPage(results, pages).write();
    new ScenarioPages(results, extent, pages).write();
  }

  /** A figure of a commit has one source, so that a report does not contradict itself. */
  private static void oneSource(List<Result> results) throws IOException {
    var sources = new HashMap<String, String>();
    for (var result : results) {
      for (var answer : result.answers()) {
        // Runs of older commits may be from before another scenario answered.
        var key = answer.headline() + " " + result.machine().commit();
        var other = sources.putIfAbsent(key, result.scenario());
        if (other != null && !other.equals(result.scenario())) {
          throw new IOException(
              "%s and %s both answer \"%s\"; one scenario answers each question, so take the answer out"
                      .formatted(other, result.scenario(), answer.headline().question())
                  + " of one of them, and record it again");
        }
      }
    }
  }

  /** The plots of each file, in the order of the result. */
  static Map<String, List<Plot>> drawings(Result result) {
    return result.plots().stream()
        .collect(
            Collectors.groupingBy(
                plot -> ScenarioPages.file(result) + "-" + plot.file() + ".svg",
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
