package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Figure;
import java.util.Locale;

/** Writes SVG elements. Colours are classes, so that one file serves light and dark pages. */
final class SvgText {
  /** The colours of both themes; the ground is opaque, so a plot can be read on any page. */
  static final String STYLE =
      """
      .plot .ground{fill:#fff}.plot text{fill:#24292f}.plot .faint{stroke:#e3e7eb}
      .plot .axis{stroke:#57606a}.plot .mark{stroke:#8250df}.plot .marked{fill:#8250df}
      .plot .s0{color:#0969da}.plot .s1{color:#cf222e}.plot .s2{color:#1a7f37}
      .plot .s3{color:#9a6700}.plot .s4{color:#8250df}.plot .s5{color:#57606a}
      @media (prefers-color-scheme:dark){
      .plot .ground{fill:#0d1117}.plot text{fill:#e6edf3}.plot .faint{stroke:#2b3138}
      .plot .axis{stroke:#8d96a0}.plot .mark{stroke:#d2a8ff}.plot .marked{fill:#d2a8ff}
      .plot .s0{color:#58a6ff}.plot .s1{color:#ff7b72}.plot .s2{color:#56d364}
      .plot .s3{color:#e3b341}.plot .s4{color:#d2a8ff}.plot .s5{color:#8d96a0}}
      """;

  private static final int COLOURS = 6;

  private final StringBuilder svg = new StringBuilder();

  void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  void text(double x, double y, String anchor, String text, String more) {
    add(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>",
        number(x), number(y), anchor, more, escaped(text));
  }

  /** A point, of another shape for each series, so that equal values can be told apart. */
  void point(int series, double x, double y) {
    switch (series % 3) {
      case 0 ->
          add(
              "<circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"currentColor\"/>",
              colour(series), number(x), number(y));
      case 1 -> outline(series, "M%s %sl6 6l-6 6l-6 -6z", x, y - 6);
      default -> outline(series, "M%s %sh10v10h-10z", x - 5, y - 5);
    }
  }

  private void outline(int series, String path, double x, double y) {
    add(
        "<path class=\"%s\" d=\"%s\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>",
        colour(series), path.formatted(number(x), number(y)));
  }

  static String colour(int series) {
    return "s" + series % COLOURS;
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  /** The value at an axis, without trailing zeros. */
  static String mark(double value) {
    if (value >= 1e6) {
      return plain(value / 1e6) + " M";
    }
    return value >= 1e4 ? plain(value / 1e3) + " k" : plain(value);
  }

  private static String plain(double value) {
    var whole = Math.rint(value);
    if (Math.abs(value - whole) < 1e-9) {
      return Figure.text(whole);
    }
    return new java.math.BigDecimal(value)
        .round(new java.math.MathContext(3))
        .stripTrailingZeros()
        .toPlainString();
  }

  static String number(double value) {
    var text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  @Override
  public String toString() {
    return svg.toString();
  }
}
