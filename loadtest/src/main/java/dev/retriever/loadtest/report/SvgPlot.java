package dev.retriever.loadtest.report;

import dev.retriever.loadtest.result.Plot;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Draws plots as SVG, 700 px wide, in light or dark colours as the reader's system asks. The same
 * plots give the same text.
 */
final class SvgPlot {
  private static final int HEIGHT = 250;
  private static final int HEIGHT_IN_STACK = 130;

  private SvgPlot() {}

  /** One plot. */
  static String of(Plot plot) {
    return of(List.of(plot));
  }

  /** At least one plot; several are drawn below each other over one x axis. */
  static String of(List<Plot> plots) {
    var body = new SvgText();
    var x = x(plots);
    var from = 0;
    var height = plots.size() == 1 ? HEIGHT : HEIGHT_IN_STACK;
    for (var i = 0; i < plots.size(); i++) {
      var panel = new SvgPanel(plots.get(i), body, x, from, height, i == plots.size() - 1);
      panel.draw(from);
      from = panel.end();
    }
    var svg = new SvgText();
    svg.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %d\" width=\"%d\""
            + " height=\"%d\" role=\"img\" aria-label=\"%s\" font-family=\"sans-serif\" font-size=\"13\">",
        SvgPanel.WIDTH,
        from,
        SvgPanel.WIDTH,
        from,
        SvgText.escaped(plots.get(0).title()).replace("\"", "&quot;"));
    svg.add("<style>%n%s</style>", SvgText.STYLE);
    svg.add("<rect class=\"ground\" width=\"100%%\" height=\"100%%\"/>");
    return svg + body.toString() + "</svg>\n";
  }

  /** The x axis that covers all of them, and their marks. */
  private static Scale x(List<Plot> plots) {
    var first = plots.get(0);
    if (first.bars()) {
      return new Scale(0, Math.max(1, first.labels().size()), false);
    }
    var values = new ArrayList<Double>();
    for (var plot : plots) {
      Stream.concat(
              SvgPanel.shown(plot).map(Plot.Point::x), plot.marks().stream().map(Plot.Mark::x))
          .forEach(values::add);
    }
    return Scale.of(values, first.x().log());
  }
}
