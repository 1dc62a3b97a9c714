package dev.retriever.loadtest.result;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Draws plots as SVG that can be read on light and on dark backgrounds. The same plot gives the
 * same text.
 */
final class SvgPlot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 340;
  private static final int LEFT = 64;
  private static final int RIGHT = 12;
  private static final int TOP = 44;
  private static final int BOTTOM = 48;
  private static final int LETTER = 7;
  private static final List<String> COLOURS =
      List.of("#2a78c2", "#d1495b", "#2e8b57", "#b8860b", "#7b5ea7", "#5f6b76");

  private final Plot plot;
  private final Scale x;
  private final Scale y;
  private final StringBuilder svg = new StringBuilder();

  private SvgPlot(Plot plot) {
    this.plot = plot;
    x = plot.bars() ? new Scale(0, plot.labels().size(), false) : scale(true);
    y = scale(false);
  }

  private Scale scale(boolean ofX) {
    var values =
        plot.series().stream()
            .flatMap(series -> series.points().stream())
            .map(point -> ofX ? point.x() : point.y())
            .toList();
    return Scale.of(values, ofX ? plot.x().log() : plot.y().log());
  }

  static String of(Plot plot) {
    return new SvgPlot(plot).draw();
  }

  private String draw() {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    add("<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>");
    text(WIDTH / 2.0, 16, "middle", plot.title(), " font-size=\"14\"");
    axes();
    legend();
    for (var i = 0; i < plot.series().size(); i++) {
      if (plot.bars()) {
        bars(i);
      } else {
        line(i);
      }
    }
    add("</svg>");
    return svg.toString();
  }

  private void axes() {
    for (var mark : y.marks()) {
      var at = down(mark);
      add("<path d=\"M%s %sH%d\" stroke=\"#ddd\"/>", number(LEFT), number(at), WIDTH - RIGHT);
      text(LEFT - 6, at + 4, "end", mark(mark), "");
    }
    if (plot.bars()) {
      for (var i = 0; i < plot.labels().size(); i++) {
        text(across(i + 0.5), HEIGHT - BOTTOM + 16, "middle", plot.labels().get(i), "");
      }
    } else {
      for (var mark : x.marks()) {
        text(across(mark), HEIGHT - BOTTOM + 16, "middle", mark(mark), "");
      }
    }
    text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10, "middle", plot.x().label(), "");
    var middle = (TOP + HEIGHT - BOTTOM) / 2;
    text(14, middle, "middle", plot.y().label(), " transform=\"rotate(-90 14 " + middle + ")\"");
    add(
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#555\"/>",
        LEFT, TOP, HEIGHT - BOTTOM, WIDTH - RIGHT);
  }

  /** Draws the names of series in one line under the title; a single series has none. */
  private void legend() {
    if (plot.series().size() < 2) {
      return;
    }
    var at = LEFT;
    for (var i = 0; i < plot.series().size(); i++) {
      var name = plot.series().get(i).name();
      add("<rect x=\"%d\" y=\"26\" width=\"10\" height=\"10\" fill=\"%s\"/>", at, colour(i));
      text(at + 14, 35, "start", name, "");
      at += 26 + name.length() * LETTER;
    }
  }

  private void line(int series) {
    var path = new StringBuilder();
    for (var point : points(series).toList()) {
      path.append(path.isEmpty() ? 'M' : 'L')
          .append(number(across(point.x())))
          .append(' ')
          .append(number(down(point.y())));
    }
    add("<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", path, colour(series));
    if (points(series).count() <= 30) {
      points(series)
          .forEach(
              point ->
                  add(
                      "<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"%s\"/>",
                      number(across(point.x())), number(down(point.y())), colour(series)));
    }
  }

  private Stream<Plot.Point> points(int series) {
    return plot.series().get(series).points().stream()
        .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()));
  }

  private void bars(int series) {
    var room = across(1) - across(0);
    var width = room * 0.8 / plot.series().size();
    points(series)
        .forEach(
            point -> {
              var left = across(point.x()) + room * 0.1 + width * series;
              var top = down(point.y());
              add(
                  "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>",
                  number(left),
                  number(top),
                  number(width),
                  number(HEIGHT - BOTTOM - top),
                  colour(series));
            });
  }

  private double across(double value) {
    return LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double down(double value) {
    return HEIGHT - BOTTOM - y.at(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String colour(int series) {
    return COLOURS.get(series % COLOURS.size());
  }

  private void text(double x, double y, String anchor, String text, String more) {
    add(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>",
        number(x), number(y), anchor, more, escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String mark(double value) {
    if (value >= 1e6) {
      return Figure.text(value / 1e6) + " M";
    }
    return Figure.text(Math.abs(value - Math.rint(value)) < 1e-9 ? Math.rint(value) : value);
  }

  private static String number(double value) {
    var text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
