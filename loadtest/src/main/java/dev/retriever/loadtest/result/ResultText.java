package dev.retriever.loadtest.result;

import dev.retriever.loadtest.result.Result.Check;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A result for the terminal. */
public final class ResultText {
  private ResultText() {}

  public static void print(Result result, PrintStream out) {
    out.printf("%n%s (%s), seed %d%n", result.scenario(), result.size(), result.seed());
    out.println("  " + said(result));
    for (var table : result.tables()) {
      out.printf("%n%s%n", table.title());
      print(table.heads(), table.rows(), out);
    }
    if (!result.accounts().isEmpty()) {
      out.printf("%nledger%n");
      var accounts = result.accountTable();
      print(accounts.heads(), accounts.rows(), out);
    }
    out.println();
    print(CHECK, result.checks().stream().map(ResultText::cells).toList(), out);
    result.complaints().forEach(complaint -> out.println("  ! " + complaint));
    result.findings().forEach(finding -> out.println("- " + finding));
    out.printf("verdict: %s%n", result.grade().words());
  }

  /** Settings and the database, in words. */
  public static String said(Result result) {
    var sizes =
        result.settings().entrySet().stream()
            .map(size -> size.getKey() + " " + size.getValue())
            .collect(Collectors.joining(", "));
    return result.database() + (sizes.isEmpty() ? "" : "; " + sizes);
  }

  public static final List<String> CHECK = List.of("check", "measured", "threshold", "verdict");

  public static List<Object> cells(Check check) {
    return List.of(
        check.name(),
        Figure.text(check.measured()) + (check.unit().isEmpty() ? "" : " " + check.unit()),
        check.threshold(),
        check.grade().words());
  }

  /** Texts to the left, numbers to the right. */
  private static void print(List<String> heads, List<List<Object>> rows, PrintStream out) {
    var texts = new ArrayList<List<String>>();
    texts.add(heads);
    rows.forEach(row -> texts.add(row.stream().map(Figure::text).toList()));
    var columns = IntStream.range(0, heads.size()).boxed().toList();
    var widths =
        columns.stream()
            .map(i -> texts.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toList();
    for (var row : texts) {
      var line =
          columns.stream()
              .map(i -> padded(row.get(i), widths.get(i), isText(rows, i)))
              .collect(Collectors.joining("  "));
      out.println("  " + line.stripTrailing());
    }
  }

  public static boolean isText(List<List<Object>> rows, int column) {
    return rows.stream().anyMatch(row -> row.get(column) instanceof String);
  }

  private static String padded(String text, int width, boolean left) {
    var space = " ".repeat(width - text.length());
    return left ? text + space : space + text;
  }
}
