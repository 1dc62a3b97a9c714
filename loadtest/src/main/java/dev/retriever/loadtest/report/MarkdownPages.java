package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Figure;
import dev.retriever.loadtest.result.Plot;
import dev.retriever.loadtest.result.ResultText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes a report in Markdown, with its plots in files of their own. */
final class MarkdownPages implements Pages {
  private final StringBuilder text = new StringBuilder();

  @Override
  public void heading(int level, String heading) {
    line((text.isEmpty() ? "" : "\n") + "#".repeat(level) + " " + heading);
  }

  @Override
  public void paragraph(String paragraph) {
    line("\n" + paragraph);
  }

  @Override
  public void small(String words) {
    line("\n<sub>" + words + "</sub>");
  }

  @Override
  public void bullets(List<String> texts) {
    if (!texts.isEmpty()) {
      line("");
      texts.forEach(each -> line("- " + each));
    }
  }

  @Override
  public void table(List<String> heads, List<List<Object>> rows) {
    line("");
    line(row(heads));
    line(
        row(
            IntStream.range(0, heads.size())
                .mapToObj(i -> ResultText.isText(rows, i) ? "---" : "---:")
                .toList()));
    rows.forEach(cells -> line(row(cells.stream().map(Figure::text).toList())));
  }

  @Override
  public void picture(String file, List<Plot> plots) {
    line("\n![%s](plots/%s)".formatted(plots.get(0).title(), file));
  }

  private static String row(List<String> cells) {
    return cells.stream()
        .map(cell -> cell.replace("|", "\\|"))
        .collect(Collectors.joining(" | ", "| ", " |"));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
