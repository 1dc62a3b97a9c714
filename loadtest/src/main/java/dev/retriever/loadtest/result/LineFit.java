package dev.retriever.loadtest.result;

import java.util.List;

/**
 * The straight line that fits points best, by least squares.
 *
 * @param slope NaN when all points have one x
 * @param error the standard error of the slope; NaN for fewer than three points
 */
public record LineFit(double slope, double error) {
  public static LineFit of(List<Plot.Point> points) {
    var x = points.stream().mapToDouble(Plot.Point::x).average().orElse(0);
    var y = points.stream().mapToDouble(Plot.Point::y).average().orElse(0);
    var both = points.stream().mapToDouble(p -> (p.x() - x) * (p.y() - y)).sum();
    var square = points.stream().mapToDouble(p -> (p.x() - x) * (p.x() - x)).sum();
    var slope = square == 0 ? Double.NaN : both / square;
    var off =
        points.stream().mapToDouble(p -> p.y() - y - slope * (p.x() - x)).map(d -> d * d).sum();
    var error = points.size() < 3 ? Double.NaN : Math.sqrt(off / (points.size() - 2) / square);
    return new LineFit(slope, error);
  }
}
