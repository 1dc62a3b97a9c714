package dev.retriever.loadtest.result;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The report in Markdown. The same results always give the same text. */
final class MarkdownReport {
  private final StringBuilder text = new StringBuilder();

  private MarkdownReport() {}

  static String of(List<Result> results) {
    var report = new MarkdownReport();
    report.head();
    report.overview(results);
    for (var group : Group.values()) {
      var of = results.stream().filter(each -> each.group().equals(group.name())).toList();
      if (!of.isEmpty()) {
        report.line("\n## %s. %s".formatted(group, group.title()));
        of.forEach(report::scenario);
      }
    }
    return report.text.toString();
  }

  /** The name of the file of a plot. */
  static String file(Result result, Plot plot) {
    return "%s-%s-%s.svg"
        .formatted(result.scenario(), result.database().toLowerCase(Locale.ROOT), plot.name());
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void head() {
    line("# What the load tests have measured");
    line("");
    line(
        "Made by `./retriever loadtest report` from the latest result of each scenario on each"
            + " database; [README.md](README.md) says what each does and how to read it.");
  }

  private void overview(List<Result> results) {
    line("");
    table(
        List.of("scenario", "on", "size", "verdict", "took, s", "commit"),
        results.stream()
            .map(
                each ->
                    List.<Object>of(
                        "[%s](#%s)".formatted(each.scenario(), anchor(each)),
                        each.database(),
                        each.size(),
                        each.grade().words(),
                        each.seconds(),
                        each.machine().commit()))
            .toList());
  }

  private static String title(Result result) {
    return result.scenario() + " on " + result.database();
  }

  private static String anchor(Result result) {
    return title(result).toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  private void scenario(Result result) {
    line("\n### %s\n".formatted(title(result)));
    line(
        "%s. **%s**, %s%n"
            .formatted(capital(result.summary()), result.grade().words(), result.size())
            .stripTrailing());
    line("");
    result.findings().forEach(finding -> line("- " + finding));
    result.tables().forEach(this::table);
    for (var plot : result.plots()) {
      line("\n![%s](plots/%s)".formatted(plot.title(), file(result, plot)));
    }
    line("");
    table(ResultText.CHECK, result.checks().stream().map(ResultText::cells).toList());
    if (!result.accounts().isEmpty()) {
      line("\nLedger:\n");
      var accounts = result.accountTable();
      table(accounts.heads(), accounts.rows());
    }
    result.complaints().forEach(complaint -> line("\n> " + complaint));
    line("");
    line(circumstances(result));
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static String circumstances(Result result) {
    var machine = result.machine();
    return "<sub>%s; seed %d; %s UTC; commit %s; %d cores, %d MiB, Java %s, %s</sub>"
        .formatted(
            ResultText.said(result),
            result.seed(),
            result.startedAt().replace('T', ' ').replace("Z", ""),
            machine.commit().isEmpty() ? "unknown" : machine.commit(),
            machine.cores(),
            machine.memoryMib(),
            machine.java(),
            machine.os());
  }

  private void table(Result.Table table) {
    line("\n%s:\n".formatted(table.title()));
    table(table.heads(), table.rows());
  }

  private void table(List<String> heads, List<List<Object>> rows) {
    line(row(heads));
    line(
        row(
            IntStream.range(0, heads.size())
                .mapToObj(i -> ResultText.isText(rows, i) ? "---" : "---:")
                .toList()));
    rows.forEach(cells -> line(row(cells.stream().map(Figure::text).toList())));
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }
}
