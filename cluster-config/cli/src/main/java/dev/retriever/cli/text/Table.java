package dev.retriever.cli.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows under headings, no line wider than it may be: the widest columns give way first. Control
 * characters are shown as a dot, so that no text of others moves the cursor.
 */
public final class Table {
  private static final int LEAST = 6;
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** Under these headings. */
  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  /** A further row, with as many cells as there are headings. */
  public Table row(Object... cells) {
    var row = new ArrayList<String>();
    for (var cell : cells) {
      row.add(plain(String.valueOf(cell)));
    }
    rows.add(row);
    return this;
  }

  /** Whether there are only headings. */
  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Without control characters. */
  public static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}|[\\u202a-\\u202e\\u2066-\\u2069]", "·");
  }

  /**
   * The lines, headings first.
   *
   * @param width in characters; narrower columns than 6 are not made
   */
  public List<String> lines(int width) {
    var widths = fitted(width);
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private int[] fitted(int width) {
    var columns = rows.get(0).size();
    var widths =
        IntStream.range(0, columns)
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    var room = width - GAP.length() * (columns - 1);
    while (IntStream.of(widths).sum() > room) {
      var widest = 0;
      for (var i = 1; i < columns; i++) {
        widest = widths[i] > widths[widest] ? i : widest;
      }
      if (widths[widest] <= LEAST) {
        break;
      }
      widths[widest]--;
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (var i = 0; i < row.size(); i++) {
      var cell = cut(row.get(i), widths[i]);
      line.append(i == 0 ? "" : GAP).append(cell).append(" ".repeat(widths[i] - cell.length()));
    }
    return line.toString().stripTrailing();
  }

  /** At most so long; what is longer ends with {@code …}. */
  static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 1) + "…";
  }
}
