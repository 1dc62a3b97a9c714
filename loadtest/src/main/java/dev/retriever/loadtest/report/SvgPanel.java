package dev.retriever.loadtest.report;

import static dev.retriever.loadtest.report.SvgText.number;

import dev.retriever.loadtest.result.Plot;
import java.util.List;
import java.util.stream.Stream;

/** Draws one plot into its part of a picture. */
final class SvgPanel {
  static final int WIDTH = 700;
  private static final int LEFT = 70;
  private static final int RIGHT = 16;
  private static final int UNDER_AXIS = 48;

  /** Below the plots of a stack but the last, whose axis has a label. */
  private static final int UNDER_MARKS = 28;

  private static final int LETTER = 7;
  private static final int LINE = 18;

  /** So many points and fewer are shown one by one. */
  private static final int FEW = 30;

  private final Plot plot;
  private final SvgText svg;
  private final Scale x;
  private final Scale y;
  private final int top;
  private final int bottom;
  private final boolean last;

  /**
   * @param x the axis that it shares with others of its stack
   * @param from the first line of the picture that it may use
   * @param height of the plot itself, without its head and axis
   * @param last whether none of the stack is below it
   */
  SvgPanel(Plot plot, SvgText svg, Scale x, int from, int height, boolean last) {
    this.last = last;
    this.plot = plot;
    this.svg = svg;
    this.x = x;
    y = Scale.of(shown(plot).map(Plot.Point::y).toList(), plot.y().log());
    top = from + head(plot);
    bottom = top + height;
  }

  /** The points that the axes have a place for. */
  static Stream<Plot.Point> shown(Plot plot) {
    return plot.series().stream().flatMap(series -> shown(plot, series));
  }

  private static Stream<Plot.Point> shown(Plot plot, Plot.Series series) {
    return series.points().stream()
        .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
        .filter(point -> !plot.x().log() || point.x() > 0)
        .filter(point -> !plot.y().log() || point.y() > 0);
  }

  /** The room for the title, the legend and the texts of marks. */
  private static int head(Plot plot) {
    var legend = plot.series().size() < 2 ? 0 : legendLines(plot) * LINE;
    return 26 + legend + 6 + 14 * markLines(plot);
  }

  /** Texts of marks stand on lines of their own, since their places may be close. */
  private static int markLines(Plot plot) {
    return (int) plot.marks().stream().filter(mark -> !mark.text().isEmpty()).count();
  }

  private static int legendLines(Plot plot) {
    var lines = 1;
    var at = LEFT;
    for (var series : plot.series()) {
      var room = room(series);
      if (at > LEFT && at + room > WIDTH - RIGHT) {
        lines++;
        at = LEFT;
      }
      at += room;
    }
    return lines;
  }

  private static int room(Plot.Series series) {
    return 40 + series.name().length() * LETTER;
  }

  /** The first line below it. */
  int end() {
    return bottom + (last ? UNDER_AXIS : UNDER_MARKS);
  }

  void draw(int from) {
    svg.text(LEFT, from + 18, "start", plot.title(), " font-size=\"15\" font-weight=\"600\"");
    axes();
    marks();
    legend(from + 40);
    for (var i = 0; i < plot.series().size(); i++) {
      if (plot.bars()) {
        bars(i);
      } else {
        line(i);
      }
    }
  }

  private void axes() {
    Stream.concat(y.marks().stream(), y.between().stream())
        .forEach(
            mark ->
                svg.add(
                    "<path class=\"faint\" d=\"M%d %sH%d\"/>",
                    LEFT, number(down(mark)), WIDTH - RIGHT));
    for (var mark : y.marks()) {
      svg.text(LEFT - 8, down(mark) + 4, "end", SvgText.mark(mark), "");
    }
    if (plot.bars()) {
      for (var i = 0; i < plot.labels().size(); i++) {
        label(i);
      }
    } else {
      for (var mark : x.marks()) {
        svg.add("<path class=\"axis\" d=\"M%s %dv5\"/>", number(across(mark)), bottom);
        svg.text(across(mark), bottom + 18, "middle", SvgText.mark(mark), "");
      }
    }
    if (last) {
      svg.text((LEFT + WIDTH - RIGHT) / 2.0, bottom + 38, "middle", plot.x().label(), "");
    }
    var middle = (top + bottom) / 2;
    svg.text(
        16, middle, "middle", plot.y().label(), " transform=\"rotate(-90 16 " + middle + ")\"");
    svg.add(
        "<path class=\"axis\" d=\"M%d %dV%dH%d\" fill=\"none\"/>",
        LEFT, top, bottom, WIDTH - RIGHT);
  }

  /** The label of a bar, in as many lines as its room asks for. */
  private void label(int bar) {
    var letters = (int) ((across(1) - across(0)) / LETTER);
    var line = new StringBuilder();
    var at = bottom + 16;
    for (var word : plot.labels().get(bar).split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > letters) {
        svg.text(across(bar + 0.5), at, "middle", line.toString(), "");
        line.setLength(0);
        at += 14;
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    svg.text(across(bar + 0.5), at, "middle", line.toString(), "");
  }

  private void marks() {
    var line = top - 6 - 14 * (markLines(plot) - 1);
    for (var mark : plot.marks()) {
      var at = across(mark.x());
      svg.add(
          "<path class=\"mark\" d=\"M%s %dV%d\" stroke-dasharray=\"2 3\"/>",
          number(at), mark.text().isEmpty() ? top : line + 3, bottom);
      if (!mark.text().isEmpty()) {
        var anchor = at < WIDTH * 0.25 ? "start" : at > WIDTH * 0.75 ? "end" : "middle";
        svg.text(at, line, anchor, mark.text(), " class=\"marked\"");
        line += 14;
      }
    }
  }

  /** Draws the names of series under the title; a single series has none. */
  private void legend(int from) {
    if (plot.series().size() < 2) {
      return;
    }
    var at = LEFT;
    var line = from;
    for (var i = 0; i < plot.series().size(); i++) {
      var series = plot.series().get(i);
      if (at > LEFT && at + room(series) > WIDTH - RIGHT) {
        line += LINE;
        at = LEFT;
      }
      svg.add(
          "<path class=\"%s\" d=\"M%d %dh20\" stroke=\"currentColor\" stroke-width=\"%d\"%s/>",
          SvgText.colour(i), at, line - 4, plot.bars() ? 10 : 3, dashes(series));
      svg.text(at + 26, line, "start", series.name(), "");
      at += room(series);
    }
  }

  private static String dashes(Plot.Series series) {
    return series.ideal() ? " stroke-dasharray=\"6 4\"" : "";
  }

  private void line(int series) {
    var points = points(series);
    var path = new StringBuilder();
    for (var point : points) {
      path.append(path.isEmpty() ? 'M' : 'L')
          .append(number(across(point.x())))
          .append(' ')
          .append(number(down(point.y())));
    }
    svg.add(
        "<path class=\"%s\" d=\"%s\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"%s/>",
        SvgText.colour(series), path, dashes(plot.series().get(series)));
    if (points.size() <= FEW && !plot.series().get(series).ideal()) {
      points.forEach(point -> svg.point(series, across(point.x()), down(point.y())));
    }
  }

  private List<Plot.Point> points(int series) {
    return shown(plot, plot.series().get(series)).toList();
  }

  private void bars(int series) {
    var room = across(1) - across(0);
    var width = room * 0.8 / plot.series().size();
    for (var point : points(series)) {
      var left = across(point.x()) + room * 0.1 + width * series;
      var up = down(point.y());
      svg.add(
          "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"currentColor\"/>",
          SvgText.colour(series), number(left), number(up), number(width), number(bottom - up));
    }
  }

  private double across(double value) {
    return LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double down(double value) {
    return bottom - y.at(value) * (bottom - top);
  }
}
